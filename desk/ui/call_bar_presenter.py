"""A call as the bar shows it: domain values in, view values (text and choices) out. No Qt; pure functions."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from desk.domain.calls import Call, Phase, RecordingState
from desk.domain.party import Direction
from desk.i18n import _
from desk.ui import words
from desk.ui.caller_card_presenter import name_of, place_of
from desk.ui.seat_state import Agent, Pop

MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True, slots=True)
class StripView:
    """`tone`: idle, ringing, dialling, up, held, ended (colour and icon follow it). `who` is the largest text;
    `detail` what stands beside it. `recording` "" while there is nothing to say; `recording_failed` is alarming."""

    tone: str
    state: str
    who: str
    detail: str
    recording: str = ""
    recording_failed: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Which buttons of the bar mean something now, and what they say."""

    answer: bool = False
    hang_up: bool = False
    hang_up_words: str = ""
    mute: bool = False
    muted: bool = False
    hold: bool = False
    held: bool = False
    keypad: bool = False


def clean(untrusted_text: str, limit: int = 40) -> str:
    """Text from signalling, in one line of bounded length."""
    text = " ".join(untrusted_text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def who_of(call: Call, pop: Pop) -> str:
    """The best name there is: the chosen candidate's, else the display name, else the number, else that it is
    withheld."""
    profile = pop.profile
    if profile and profile.candidates:
        return name_of(profile.candidates[pop.chosen])
    if call.party.display_name and call.party.display_name != call.party.number:
        return clean(call.party.display_name)
    return number_of(call, pop)


def number_of(call: Call, pop: Pop) -> str:
    if call.party.withheld or not call.party.number:
        return _("Number withheld")
    shown = pop.profile.number_shown if pop.profile else ""
    return clean(shown or call.party.number, 32)


def detail_of(call: Call, pop: Pop) -> str:
    """Number, place and whence it was diverted, as far as they are not the name already."""
    parts = []
    if number_of(call, pop) != who_of(call, pop):
        parts.append(number_of(call, pop))
    profile = pop.profile
    if profile and profile.candidates:
        chosen = profile.candidates[pop.chosen]
        parts.append(place_of(chosen))
        if chosen.role:
            parts.append(words.role(chosen.role))
    elif profile:
        parts.append(_("Not in the register"))
    if call.party.diversion:
        parts.append(_("forwarded from {number}").format(number=clean(call.party.diversion, 32)))
    return " · ".join(part for part in parts if part)


def present(call: Call, pop: Pop) -> StripView:
    """One call as a strip."""
    recording, failed = _recording(call)
    state = words.phase(call.phase, incoming=call.direction is Direction.INCOMING)
    if call.phase is Phase.ENDED:
        state = _ended(call, state)
    elif call.muted and call.phase is Phase.UP:
        state = _("On the call, muted: the caller cannot hear you")
    return StripView(call.phase.value, state, who_of(call, pop), detail_of(call, pop), recording, failed)


def idle(agent: Agent | None, line_label: str) -> StripView:
    """No call at all."""
    if agent is None:
        return StripView("idle", _("Nobody is signed in"), _("Calls still ring here"), line_label)
    who = f"{agent.number} {agent.name}".strip()
    return StripView("idle", _("Ready"), _("Waiting for calls"), " · ".join(p for p in (line_label, who) if p))


def choices(front: Call | None, ringing: Call | None) -> Choices:
    """What the buttons may do: answering means the call that rings, the rest the one in front."""
    phase = front.phase if front else None
    talking = phase in (Phase.UP, Phase.HELD)
    return Choices(
        answer=ringing is not None,
        hang_up=phase in (Phase.UP, Phase.HELD, Phase.DIALLING, Phase.RINGING),
        hang_up_words=_("Reject") if phase is Phase.RINGING else _("Hang up"),
        mute=talking,
        muted=bool(front and front.muted and talking),
        hold=talking,
        held=phase is Phase.HELD,
        keypad=phase is Phase.UP,
    )


def elapsed(call: Call, now: datetime) -> str:
    """How long it rings or is talked on ("0:07", "12:03", "1:02:03"); of an ended call, how long it was talked on."""
    until = call.ended_at or now
    since = call.answered_at or (None if call.phase is Phase.ENDED else call.offered_at)
    if since is None:
        return ""
    seconds = max(0, int((until - since).total_seconds()))
    hours, rest = divmod(seconds, HOUR_S)
    minutes, seconds = divmod(rest, MINUTE_S)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _recording(call: Call) -> tuple[str, bool]:
    match call.recording:
        case RecordingState.RUNNING:
            return (_("Recording") if call.phase is not Phase.ENDED else "", False)
        case RecordingState.FAILED:
            return (_("Not recorded"), True)
        case RecordingState.NONE:
            return ("", False)
        case _:
            assert_never(call.recording)


_BUSY = {486, 600}
_NOT_THERE = {404, 484, 604}


def _ended(call: Call, plain: str) -> str:
    if call.interrupted:
        return _("Call interrupted: the telephone part failed")
    if call.answered_at is not None:
        return plain
    if call.direction is Direction.INCOMING:
        return _("Missed call")
    if call.cause in _BUSY:
        return _("Busy")
    if call.cause in _NOT_THERE:
        return _("No such number")
    return _("Not answered")

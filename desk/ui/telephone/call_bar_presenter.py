"""A call as the bar shows it: domain values in, view values (text and choices) out. No Qt; pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from desk.domain.agent_state import PAUSED, AgentState
from desk.domain.calls import Call, Phase, RecordingState
from desk.domain.party import Direction
from desk.i18n import _
from desk.ui import words
from desk.ui.caller.card_presenter import name_of, place_of
from desk.ui.seat_state import Agent, Pop
from desk.ui.telephone import phone_words

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
    recording_paused: bool = False
    alarming: bool = False  # the state is one to act upon


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may be on hold or ring before it is told, in seconds."""

    hold_s: int = 60
    ring_s: int = 12


@dataclass(frozen=True, slots=True)
class Timing:
    """`time` as it counts, `note` what follows from it ("" nothing), `late` that it is too long."""

    time: str
    note: str = ""
    late: bool = False


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
    pause: bool = False
    paused: bool = False
    keypad: bool = False
    transfer: bool = False


def clean(untrusted_text: str, limit: int = 40) -> str:
    """Text from signalling, in one line of bounded length."""
    text = " ".join(untrusted_text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def who_of(call: Call, pop: Pop) -> str:
    """The best name there is: the chosen candidate's, a colleague's, else the display name, else the number, else that
    it is withheld."""
    profile = pop.profile
    if profile and profile.candidates:
        return name_of(profile.candidates[pop.chosen])
    if pop.staff is not None:
        return clean(pop.staff.name)
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
    elif pop.staff is not None:
        parts.append(words.duty(pop.staff.duty))
    elif profile:
        parts.append(_("Not in the register"))
    if call.party.diversion:
        parts.append(_("forwarded from {number}").format(number=clean(call.party.diversion, 32)))
    return " · ".join(part for part in parts if part)


def present(call: Call, pop: Pop) -> StripView:
    """One call as a strip."""
    recording, failed = _recording(call)
    state, alarming = _state(call)
    return StripView(
        call.phase.value,
        state,
        who_of(call, pop),
        detail_of(call, pop),
        recording,
        recording_failed=failed,
        recording_paused=call.recording_paused and not failed,
        alarming=alarming,
    )


def masked(view: StripView) -> StripView:
    """Whom it is about is nobody's to read now."""
    return replace(view, who=view.who if view.tone in ("idle", "paused") else _("A call"), detail="")


def present_conference(view: StripView, others: Sequence[str]) -> StripView:
    """The call in front and whoever is in the conference with it, as one."""
    names = _(", ").join((view.who, *others))
    return replace(view, who=names, detail="", state=_("Three-way call"))


def _state(call: Call) -> tuple[str, bool]:
    """Its state in words, and whether it is alarming."""
    if call.phase is Phase.ENDED:
        return _ended(call, words.phase(call.phase, incoming=call.direction is Direction.INCOMING)), False
    if call.transferring:
        return _("Being transferred to {target}").format(target=clean(call.transferring, 32)), False
    if call.muted and call.phase is Phase.UP:
        return _("On the call, muted: the caller cannot hear you"), True
    if call.far_held:
        return _("The other side has put you on hold"), False
    if call.consults and call.phase is not Phase.HELD:
        asked = _("Consulting") if call.phase is Phase.UP else _("Calling")
        return asked, False
    return words.phase(call.phase, incoming=call.direction is Direction.INCOMING), False


def timing(call: Call, now: datetime, limits: Limits) -> Timing:
    """What the clock says of a call: how long it rings, is talked on, or is held."""
    if call.phase is Phase.HELD and call.held_at is not None:
        seconds = _seconds(call.held_at, now)
        late = seconds >= limits.hold_s
        return Timing(spoken(seconds), _("on hold too long: take it back") if late else "", late)
    if call.phase is Phase.RINGING:
        seconds = _seconds(call.offered_at, now)
        if call.answers_in_s is not None:
            left = max(0, math.ceil(call.answers_in_s - (now - call.offered_at).total_seconds()))
            return Timing(spoken(seconds), _("answered by itself in {n} s").format(n=left))
        late = seconds >= limits.ring_s
        return Timing(spoken(seconds), _("ringing too long: answer it") if late else "", late)
    return Timing(elapsed(call, now))


def idle(agent: Agent | None, line_label: str, state: AgentState = AgentState.READY) -> StripView:
    """No call at all."""
    if agent is None:
        return StripView("idle", _("Nobody is signed in"), _("Calls still ring here"), line_label)
    who = f"{agent.number} {agent.name}".strip()
    detail = " · ".join(p for p in (line_label, who) if p)
    if state in PAUSED:
        return StripView("paused", phone_words.agent_state(state), _("No calls wanted now"), detail)
    return StripView("idle", _("Ready"), _("Waiting for calls"), detail)


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
        pause=talking,
        paused=bool(front and front.recording_paused and talking),
        keypad=phase is Phase.UP,
        transfer=talking and front is not None and not front.transferring,
    )


def elapsed(call: Call, now: datetime) -> str:
    """How long it rings or is talked on ("0:07", "12:03", "1:02:03"); of an ended call, how long it was talked on."""
    until = call.ended_at or now
    since = call.answered_at or (None if call.phase is Phase.ENDED else call.offered_at)
    if since is None:
        return ""
    return spoken(_seconds(since, until))


def spoken(seconds: int) -> str:
    """A length of time as it is read: "0:07", "12:03", "1:02:03"."""
    hours, rest = divmod(seconds, HOUR_S)
    minutes, seconds = divmod(rest, MINUTE_S)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _seconds(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds()))


def _recording(call: Call) -> tuple[str, bool]:
    match call.recording:
        case RecordingState.RUNNING:
            if call.phase is Phase.ENDED:
                return ("", False)
            return (_("REC paused") if call.recording_paused else _("REC"), False)
        case RecordingState.FAILED:
            return (_("Not recorded"), True)
        case RecordingState.NONE:
            return ("", False)
        case _:
            assert_never(call.recording)


def _ended(call: Call, plain: str) -> str:
    if call.interrupted:
        return _("Call interrupted: the telephone part failed")
    if call.answered_at is not None:
        return plain
    if call.direction is Direction.INCOMING:
        return _("Missed call")
    return phone_words.unreached(call.cause)

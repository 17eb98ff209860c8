"""A call that was found as text: two lines in the list, and its facts in the call page. No Qt; pure functions; time and
zone come in as arguments."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.call_fits import length_s
from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.diagnosis import POOR_MOS
from desk.domain.journal import WhyMissing, why_missing
from desk.i18n import _
from desk.ui.beside import call_log_presenter
from desk.ui.beside.call_log_presenter import Fact
from desk.ui.rows_presenter import CategoryName, short_time
from desk.ui.score.presenter import points_text
from desk.ui.ticket.presenter import duration
from desk.usecases.read_call_log import CallRow
from desk.usecases.search_calls import FoundCall

LONG_HOLD_MS = 30_000
LONG_SILENCE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Sign:
    """A small picture with its words."""

    icon: str
    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """`icon` and `tone` tell direction and outcome; `score` "" where there is none, with its own tone."""

    icon: str
    tone: str
    who: str
    when: str
    text: str
    score: str = ""
    score_tone: str = ""
    signs: tuple[Sign, ...] = ()

    @property
    def spoken(self) -> str:
        """What a screen reader reads."""
        said = (self.who, self.when, self.text, self.score, *(sign.words for sign in self.signs))
        return ", ".join(part for part in said if part)


def line(found: FoundCall, category: CategoryName, now: datetime, zone: tzinfo) -> ReplayLine:
    hit = found.hit
    call, recording, ticket = hit.call, hit.recording, hit.ticket
    plain = call_log_presenter.line(as_row(found), now, zone)
    talked = length_s(call)
    parts = (
        call.agent,
        duration(talked * 1000) if talked is not None else plain.lead,
        category(ticket.category) if ticket else "",
        ticket.number if ticket else "",
    )
    return ReplayLine(
        plain.icon,
        plain.tone,
        who(found),
        plain.when,
        " · ".join(part for part in parts if part),
        _score(found),
        "" if found.unswayed else _score_tone(hit.points_x10),
        (*signs(call, recording), *(() if found.opens_here else (no_key_sign(),))),
    )


def who(found: FoundCall) -> str:
    """The number, too: it is what disputes are about."""
    known = " · ".join(part for part in (found.place, found.name) if part)
    number = found.number_shown or found.hit.call.number or _("Number withheld")
    return f"{known} · {number}" if known else number


def title(found: FoundCall, now: datetime, zone: tzinfo) -> str:
    """What the player says it plays."""
    return f"{short_time(found.hit.call.offered_at, now, zone)} · {who(found)}"


def signs(call: CallEntry, recording: RecordingEntry | None) -> tuple[Sign, ...]:
    """What is worth a look, the gravest last: it stands at the edge."""
    shown = []
    if recording is not None:
        if (recording.hold_ms or 0) >= LONG_HOLD_MS:
            shown.append(Sign("pause-circle", _("held for {time}").format(time=duration(recording.hold_ms or 0))))
        if (recording.longest_silence_ms or 0) >= LONG_SILENCE_MS:
            words = _("silent for {time}").format(time=duration(recording.longest_silence_ms or 0))
            shown.append(Sign("speaker-simple-none", words))
        if recording.legal_hold:
            shown.append(Sign("lock-simple-fill", _("legal hold"), "accent"))
    if call.mos_worst is not None and call.mos_worst < POOR_MOS:
        shown.append(Sign("cell-signal-low", _("poor sound"), "warn"))
    missing = missing_sign(recording, answered=call.answered_at is not None)
    return (*shown, missing) if missing is not None else tuple(shown)


def missing_sign(recording: RecordingEntry | None, *, answered: bool) -> Sign | None:
    if recording is None:
        return Sign("hourglass-medium", _("recording not ready yet")) if answered else None
    if recording.deleted_at is not None:
        return Sign("trash", _("recording deleted"))
    if recording.kept is RecordingKept.KEPT:
        return Sign("warning", _("recording broken off"), "warn") if recording.interrupted else None
    if why_missing(recording.why)[0] is WhyMissing.NOT_ANSWERED:
        return None
    return Sign("warning-circle", _("no recording"), "danger")


def no_key_sign() -> Sign:
    """It is there, and cannot be heard where whoever looks sits."""
    return Sign("key", _("no key at this seat: it can be heard where it was recorded, or by a supervisor"), "warn")


def facts(found: FoundCall, zone: tzinfo) -> tuple[Fact, ...]:
    """All that is kept of the call and its recording."""
    told = list(call_log_presenter.facts(as_row(found), zone))
    recording = found.hit.recording
    known = " · ".join(part for part in (found.place, found.name) if part)
    if known:
        told.insert(1, Fact(_("Caller"), known))
    if found.hit.points_x10 is not None:
        told.append(Fact(_("Score"), _score(found)))
    if recording is not None and recording.kept is RecordingKept.KEPT:
        if not found.opens_here:
            told.append(Fact(_("Recording"), no_key_sign().words, "warn", wide=True))
        told += _heard(recording)
        told += _kept(recording, zone)
    return tuple(told)


def _heard(recording: RecordingEntry) -> list[Fact]:
    """What the machine made out in the two channels."""
    told = []
    talk = (recording.caller_talk_ms, recording.agent_talk_ms, recording.both_talk_ms)
    if talk[0] is not None and talk[1] is not None:
        said = _("caller {caller}, agent {agent}, both at once {both}")
        words = said.format(caller=duration(talk[0]), agent=duration(talk[1]), both=duration(talk[2] or 0))
        told.append(Fact(_("Spoke"), words, wide=True))
    if recording.hold_count:
        words = _("{count} times, {time} in all").format(
            count=recording.hold_count, time=duration(recording.hold_ms or 0)
        )
        told.append(Fact(_("On hold"), words))
    if recording.longest_silence_ms is not None:
        warn = "warn" if recording.longest_silence_ms >= LONG_SILENCE_MS else ""
        told.append(Fact(_("Longest silence"), duration(recording.longest_silence_ms), warn))
    if recording.paused_ms:
        told.append(Fact(_("Recording paused"), duration(recording.paused_ms)))
    silent = [
        words
        for words, is_silent in ((_("caller"), recording.caller_silent), (_("agent"), recording.agent_silent))
        if is_silent
    ]
    if silent:
        told.append(Fact(_("Silent throughout"), "、".join(silent), "warn"))
    return told


def _kept(recording: RecordingEntry, zone: tzinfo) -> list[Fact]:
    told = []
    if recording.deleted_at is not None:
        said = _("{time} by {who}: {why}")
        words = said.format(
            time=call_log_presenter.precise(recording.deleted_at, zone),
            who=recording.deleted_by or "-",
            why=recording.deleted_why or "-",
        )
        told.append(Fact(_("Deleted"), words, "warn", wide=True))
    elif recording.vaulted_at is not None:
        told.append(Fact(_("In the vault since"), call_log_presenter.precise(recording.vaulted_at, zone)))
    elif recording.chain:
        told.append(Fact(_("In the vault since"), _("not yet: it waits at its seat")))
    if recording.legal_hold:
        words = " · ".join(part for part in (recording.legal_hold_by, recording.legal_hold_why) if part)
        told.append(Fact(_("Legal hold"), words, wide=True))
    if recording.chain_place is not None:
        seal = f"{recording.chain} / {recording.chain_place} · {recording.seal_hash[:16]}"
        told.append(Fact(_("Seal"), seal, wide=True))
    return told


def as_row(found: FoundCall) -> CallRow:
    """As the call log shows it."""
    hit = found.hit
    return CallRow(
        hit.call,
        found.number_shown,
        found.name,
        found.place,
        sure=True,
        recording=hit.recording,
        ticket_number=hit.ticket.number if hit.ticket else "",
    )


def _score(found: FoundCall) -> str:
    """ "" where there is none."""
    if found.hit.points_x10 is None:
        return ""
    return _("scored") if found.unswayed else points_text(found.hit.points_x10)


def _score_tone(points_x10: int | None) -> str:
    if points_x10 is None:
        return ""
    if points_x10 < 600:
        return "danger"
    return "warn" if points_x10 < 800 else "go"

"""The call log's rows as text: two lines in the list, and the whole of one call below it. No Qt; pure functions; the
time zone comes in as an argument."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.calls import TurnedAway
from desk.domain.diagnosis import FINE_MOS, Diagnosis
from desk.domain.journal import WhyMissing, why_missing
from desk.domain.party import Direction
from desk.domain.reconcile import Fault
from desk.i18n import _
from desk.ui import words
from desk.ui.beside import fault_words, quality_words
from desk.ui.rows_presenter import short_time
from desk.ui.ticket.presenter import recording_state
from desk.usecases.read_call_log import CallRow, Which


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in the list. `icon` and `tone` tell direction and outcome; `recorded` that it can be heard. `spoken` is
    what a screen reader reads."""

    icon: str
    lead: str
    tone: str
    who: str
    when: str
    text: str
    recorded: bool
    poor: bool

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.lead, self.who, self.when, self.text) if part)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the whole: what it is, and what it says. `tone` "warn" where it is worth a look. `wide`: it needs a
    line for itself."""

    name: str
    text: str
    tone: str = ""
    wide: bool = False


def which(value: Which) -> str:
    return {
        Which.ALL: _("All"),
        Which.MISSED: _("Missed"),
        Which.INCOMING: _("In"),
        Which.OUTGOING: _("Out"),
        Which.REJECTED: _("Refused"),
        Which.TRANSFERRED: _("Passed"),
        Which.FAULTY: _("Faulty"),
    }[value]


def line(row: CallRow, now: datetime, zone: tzinfo) -> CallLine:
    call = row.call
    outgoing = _("outgoing") if call.direction is Direction.OUTGOING else ""
    parts = [outgoing, number(row) if row.name or row.place else "", _waited(row), _talked(row), _sound_in_short(call)]
    if row.ticket_number:
        parts.append(_("ticket {number}").format(number=row.ticket_number))
    icon, tone = _look(call)
    if row.fault is not None:
        parts = [fault_words.said(row.fault)]
    return CallLine(
        icon,
        outcome(call),
        tone,
        who(row),
        short_time(call.offered_at, now, zone),
        " · ".join(part for part in parts if part),
        row.recording is not None and row.recording.kept is RecordingKept.KEPT,
        row.fault is not None or (call.mos_worst is not None and call.mos_worst < FINE_MOS),
    )


def outcome(call: CallEntry) -> str:
    if call.outcome is None:
        return _("Outgoing") if call.direction is Direction.OUTGOING else _("Incoming")
    return words.outcome(call.outcome)


def who(row: CallRow) -> str:
    """Name and place as far as they are known, else what signalling says, else the number."""
    known = " · ".join(part for part in (row.name, row.place) if part)
    if known:
        return known
    shown = row.call.display_name
    return f"{shown} {number(row)}" if shown and shown != row.call.number else number(row)


def number(row: CallRow) -> str:
    return row.number_shown or row.call.number or _("Number withheld")


def facts(row: CallRow, zone: tzinfo) -> tuple[Fact, ...]:
    """Everything that is kept of a call, in the order in which it happened."""
    call = row.call
    began = _("Rang") if call.direction is Direction.INCOMING else _("Dialled")
    told = [
        Fact(began, precise(call.offered_at, zone)),
        Fact(_("Number"), " · ".join(part for part in (number(row), call.display_name) if part)),
    ]
    if call.answered_at:
        told.append(Fact(_("Answered at"), _after(call.answered_at, zone, row.waited, _("after {time}"))))
    if call.ended_at:
        told.append(Fact(_("Ended"), _after(call.ended_at, zone, row.talked, _("talked {time}"))))
    told.append(Fact(_("How it ended"), cause(call), wide=True))
    if call.transferred_to:
        told.append(Fact(_("Transferred to"), call.transferred_to))
    if call.diversion:
        told.append(Fact(_("Forwarded from"), call.diversion))
    told.append(Fact(_("Line, agent"), " · ".join(part for part in (call.line, call.agent, call.seat) if part)))
    if row.ticket_number:
        told.append(Fact(_("Ticket"), row.ticket_number))
    told += _sound(call, zone)
    told.append(recording(row.recording))
    if row.fault is not None and row.fault.fault is not Fault.MISSING:  # of that the line above tells
        told.append(Fact(_("At fault"), fault_words.said(row.fault), "warn", wide=True))
    return tuple(told)


def cause(call: CallEntry) -> str:
    """In words, with the SIP code and reason behind them for IT."""
    said = _outcome_words(call)
    code = " ".join(part for part in (str(call.cause) if call.cause else "", call.reason) if part)
    return f"{said} ({code})" if code and said else said or code


def recording(entry: RecordingEntry | None) -> Fact:
    said, _can_be_heard = recording_state(entry, now_running=False)
    reason = why_missing(entry.why)[0] if entry and entry.kept is RecordingKept.MISSING else None
    expected = entry is None or entry.kept is RecordingKept.KEPT or reason is WhyMissing.NOT_ANSWERED
    return Fact(_("Recording"), said, "" if expected else "warn", wide=True)


def precise(at: datetime, zone: tzinfo) -> str:
    """2026-11-21 14:05:12.034."""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03}"


# ---- parts


def _look(call: CallEntry) -> tuple[str, str]:
    """Icon and tone."""
    incoming = call.direction is Direction.INCOMING
    match call.outcome:
        case Outcome.ABANDONED | Outcome.MISSED:
            return "phone-x", "danger"
        case Outcome.REJECTED | Outcome.FAILED | Outcome.INTERRUPTED:
            return "phone-x", "warn"
        case Outcome.TRANSFERRED | Outcome.FORWARDED:
            return "arrow-bend-up-right", "accent"
        case Outcome.UNANSWERED:
            return "phone-outgoing", "warn"
        case _:
            return ("phone-incoming", "go") if incoming else ("phone-outgoing", "")


def _outcome_words(call: CallEntry) -> str:
    if call.outcome is None:
        return ""
    if call.outcome is Outcome.UNANSWERED and call.cause in _BUSY:
        return _("busy")
    if call.outcome is Outcome.MISSED and call.reason in _TURNED_AWAY:
        return _TURNED_AWAY[call.reason]()
    if call.outcome is Outcome.FAILED and call.cause in _FAILED:
        return _FAILED[call.cause]()
    return {
        Outcome.ANSWERED: _("hung up normally"),
        Outcome.ABANDONED: _("the caller gave up"),
        Outcome.MISSED: _("nobody took it: not to be disturbed, or all lines taken"),
        Outcome.REJECTED: _("refused by the agent"),
        Outcome.UNANSWERED: _("not answered"),
        Outcome.FAILED: _("it could not be put through"),
        Outcome.INTERRUPTED: _("the telephone part failed in the middle of it"),
        Outcome.TRANSFERRED: _("transferred by the agent"),
        Outcome.FORWARDED: _("forwarded without ringing here"),
    }[call.outcome]


_TURNED_AWAY = {
    TurnedAway.ALL_LINES.value: lambda: _("all lines were taken"),
    TurnedAway.NO_CODEC.value: lambda: _("no voice coding in common"),
    TurnedAway.NOT_ENCRYPTED.value: lambda: _("it was not encrypted, as the line demands"),
}
_BUSY = frozenset({486, 600})
_FAILED = {
    404: lambda: _("no such number"),
    408: lambda: _("no answer from the exchange"),
    410: lambda: _("no such number any more"),
    480: lambda: _("cannot be reached now"),
    484: lambda: _("the number is incomplete"),
    488: lambda: _("no voice coding in common"),
    503: lambda: _("the exchange cannot do it now"),
    604: lambda: _("no such number"),
}


def _waited(row: CallRow) -> str:
    if row.call.direction is Direction.OUTGOING or row.waited is None:
        return ""
    return _("rang {time}").format(time=_length(row.waited))


def _talked(row: CallRow) -> str:
    return _("talked {time}").format(time=_length(row.talked)) if row.talked is not None else ""


def _length(length: timedelta) -> str:
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return _("{s} s").format(s=seconds)
    return _("{m} min {s} s").format(m=seconds // 60, s=seconds % 60)


def _after(at: datetime, zone: tzinfo, length: timedelta | None, said: str) -> str:
    local = at.astimezone(zone)
    time = f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
    return f"{time} · {said.format(time=_length(length))}" if length is not None else time


def _sound_in_short(call: CallEntry) -> str:
    if call.mos_worst is None or call.mos_worst >= FINE_MOS:
        return ""
    where = quality_words.short_diagnosis(call.diagnosis) if call.diagnosis else ""
    return where or _("sound {word}").format(word=quality_words.mos_word(call.mos_worst))


def _sound(call: CallEntry, zone: tzinfo) -> list[Fact]:
    if call.mos_mean is None:
        return []
    parts = [f"MOS {call.mos_mean:.1f}", quality_words.mos_word(call.mos_mean)]
    if call.mos_worst is not None and call.mos_worst < FINE_MOS and call.mos_worst_at is not None:
        at = f"{call.mos_worst_at.astimezone(zone):%H:%M:%S}"
        parts.append(_("worst {mos} at {time}").format(mos=f"{call.mos_worst:.1f}", time=at))
    if call.loss_permille is not None:
        parts.append(_("loss {percent} %").format(percent=f"{call.loss_permille / 10:.1f}"))
    if call.jitter_ms is not None:
        parts.append(_("jitter {ms} ms").format(ms=call.jitter_ms))
    if call.round_trip_ms is not None:
        parts.append(_("round trip {ms} ms").format(ms=call.round_trip_ms))
    parts.append(call.codec)
    told = [Fact(_("Sound"), " · ".join(part for part in parts if part), wide=True)]
    if call.diagnosis not in (None, Diagnosis.NONE) and call.diagnosis is not None:
        told.append(Fact(_("Why"), quality_words.diagnosis(call.diagnosis), "warn", wide=True))
    return told

"""Every call against its recording: is there one, is it as long as the call was, is anybody to be heard on each side.
What is wrong has a reason where the call's own marks give one; a call that was never answered should have none.

The audio's length is held against the call log's times. What the marks tell of is taken off: a clock that was set while
the call ran (`clock_changed`), and stops of the audio (`RecordingEntry.spans`). Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import isfinite

from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.heard import said_by_machine, total
from desk.domain.identity import CallId
from desk.domain.journal import Mark, WhyMissing, why_missing
from desk.domain.times import from_text

TOLERANCE_MS = 500
SEALED_WITHIN = timedelta(minutes=15)  # of the call's end; an hour of speech is encoded in less than one
VAULTED_WITHIN = timedelta(hours=24)  # of the call's end: a night without the vault is told by its own lamp
# It was answered; what nobody can read, somebody has to look at.
_NO_REASON = (WhyMissing.NOT_ANSWERED, WhyMissing.UNREADABLE)
TOO_SHORT_MS = 3_000  # beside what the machine said: nobody need have said anything by then


class Fault(Enum):
    NOT_SEALED = "not_sealed"  # nothing is known of a recording, long after the call
    MISSING = "missing"
    NOT_VAULTED = "not_vaulted"  # sealed, and still not in the vault: `detail` after how many hours
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CALLER_SILENT = "caller_silent"  # throughout
    AGENT_SILENT = "agent_silent"
    BOTH_SILENT = "both_silent"


class Reason(Enum):
    """Why, as far as the call's marks tell; the detail stands beside it."""

    NONE = ""
    STATED = "stated"  # `detail` is a `WhyMissing` with its own detail
    INTERRUPTED = "interrupted"  # the phone process died
    NOT_TAKEN = "not_taken"  # the disk took none: `detail` how much
    NO_AUDIO_CAME = "no_audio_came"  # from the far side, or to it
    MICROPHONE_DEAD = "microphone_dead"
    MUTED = "muted"
    ON_HOLD = "on_hold"
    PAUSED = "paused"  # for sensitive data
    CLOCK_CHANGED = "clock_changed"
    VERY_SHORT = "very_short"  # the call, or what prompts left of it: nobody need have spoken


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one call's recording. Lengths None where there is nothing to measure."""

    call_id: CallId
    offered_at: datetime
    fault: Fault
    reason: Reason = Reason.NONE
    detail: str = ""
    expected_ms: int | None = None
    found_ms: int | None = None


class Verdict(Enum):
    NOT_WANTED = "not_wanted"  # no recording is to be expected
    WAITS = "waits"  # it will be sealed yet
    RECORDED = "recorded"


def judge(call: CallEntry, recording: RecordingEntry | None, now: datetime) -> Verdict | Finding:
    """What is to be said of this call."""
    if call.answered_at is None or call.ended_at is None:
        return Verdict.NOT_WANTED
    if recording is None:
        if now - call.ended_at < SEALED_WITHIN:
            return Verdict.WAITS
        return Finding(call.call_id, call.offered_at, Fault.NOT_SEALED)
    if recording.deleted_at is not None:
        return Verdict.RECORDED  # by rule, with its tombstone
    if recording.kept is RecordingKept.MISSING:
        return _missing(call, recording)
    return _unvaulted(call, recording, now) or _length(call, recording) or _silence(call, recording) or Verdict.RECORDED


def _missing(call: CallEntry, recording: RecordingEntry) -> Finding:
    why, _detail = why_missing(recording.why)
    stated = why not in (None, *_NO_REASON)
    reason = Reason.STATED if stated else Reason.NONE
    return Finding(call.call_id, call.offered_at, Fault.MISSING, reason, recording.why)


def _unvaulted(call: CallEntry, recording: RecordingEntry, now: datetime) -> Finding | None:
    """Those from before there were seals have no vault to go to."""
    assert call.ended_at is not None  # noqa: S101 - judged only then
    waited = now - call.ended_at
    if not recording.seal_hash or recording.vaulted_at is not None or waited < VAULTED_WITHIN:
        return None
    return Finding(call.call_id, call.offered_at, Fault.NOT_VAULTED, detail=str(waited // timedelta(hours=1)))


def _length(call: CallEntry, recording: RecordingEntry) -> Finding | None:
    marks = [Mark.read(text) for text in recording.marks]
    expected_ms = _expected_ms(call, recording, marks)
    off_ms = recording.length_ms - expected_ms
    if abs(off_ms) <= TOLERANCE_MS:
        return None
    reason, detail = _why_off(call, recording, marks, off_ms)
    fault = Fault.TOO_SHORT if off_ms < 0 else Fault.TOO_LONG
    return Finding(call.call_id, call.offered_at, fault, reason, detail, expected_ms, recording.length_ms)


def _expected_ms(call: CallEntry, recording: RecordingEntry, marks: Sequence[Mark]) -> int:
    """From the first frame (which may be there before the answer is confirmed) to the end, by a clock that nobody
    set."""
    assert call.answered_at is not None  # noqa: S101 - judged only then
    assert call.ended_at is not None  # noqa: S101
    spans = sorted(found for text in recording.spans if (found := _span(text)) is not None)
    began = min(call.answered_at, spans[0][1]) if spans else call.answered_at
    whole_ms = (call.ended_at - began) / timedelta(milliseconds=1)
    for (before_ms, before), (after_ms, after) in pairwise(spans):
        stopped_ms = (after - before) / timedelta(milliseconds=1) - (after_ms - before_ms)
        whole_ms -= max(0.0, stopped_ms)
    return round(whole_ms - sum(_seconds(mark) * 1000 for mark in marks if mark.name == "clock_changed"))


def _why_off(call: CallEntry, recording: RecordingEntry, marks: Sequence[Mark], off_ms: int) -> tuple[Reason, str]:
    lost = [mark for mark in marks if mark.name == "gap" and mark.audio_ms >= recording.length_ms - TOLERANCE_MS]
    if off_ms < 0 and lost:
        return Reason.NOT_TAKEN, lost[-1].detail
    failed = [mark for mark in marks if mark.name == "failed"]
    if off_ms < 0 and failed:
        return Reason.NOT_TAKEN, failed[-1].detail
    if recording.interrupted:
        return Reason.INTERRUPTED, ""
    if call.answered_at and call.ended_at and call.ended_at < call.answered_at:
        return Reason.CLOCK_CHANGED, ""
    return Reason.NONE, ""


def _silence(call: CallEntry, recording: RecordingEntry) -> Finding | None:
    caller, agent = bool(recording.caller_silent), bool(recording.agent_silent)
    if not caller and not agent:
        return None
    fault = Fault.BOTH_SILENT if caller and agent else Fault.CALLER_SILENT if caller else Fault.AGENT_SILENT
    reason = _why_silent(fault, recording)
    return Finding(call.call_id, call.offered_at, fault, reason, found_ms=recording.length_ms)


def _why_silent(fault: Fault, recording: RecordingEntry) -> Reason:
    marks = [Mark.read(text) for text in recording.marks]
    names = {mark.name for mark in marks}
    left_ms = recording.length_ms - total(said_by_machine(marks, recording.length_ms))
    causes = [
        (Reason.VERY_SHORT, left_ms < TOO_SHORT_MS),
        (Reason.PAUSED, "recording_paused" in names),
        (Reason.NO_AUDIO_CAME, fault is not Fault.AGENT_SILENT and bool({"far_silent", "no_media"} & names)),
        (Reason.MICROPHONE_DEAD, fault is not Fault.CALLER_SILENT and "microphone_dead" in names),
        (Reason.MUTED, fault is not Fault.CALLER_SILENT and "muted" in names),
        (Reason.ON_HOLD, bool({"held", "far_held"} & names)),
    ]
    return next((reason for reason, applies in causes if applies), Reason.NONE)


def _seconds(clock_changed: Mark) -> float:
    """ "+3600.0 s"."""
    try:
        seconds = float(clock_changed.detail.partition(" ")[0])
    except ValueError:
        return 0.0
    return seconds if isfinite(seconds) else 0.0


def _span(text: str) -> tuple[int, datetime] | None:
    audio_ms, _, at = text.partition(" ")
    try:
        return int(audio_ms), from_text(at)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class DayFigure:
    """One day's calls that should be recorded: each is recorded as it should be, has a reason, has none, or waits to be
    sealed."""

    day: date
    recorded: int = 0
    with_reason: int = 0
    without_reason: int = 0
    waiting: int = 0

    @property
    def calls(self) -> int:
        return self.recorded + self.with_reason + self.without_reason + self.waiting


def figure_of(day: date, verdicts: Iterable[Verdict | Finding]) -> DayFigure:
    recorded = reasons = none = waiting = 0
    for verdict in verdicts:
        match verdict:
            case Finding(reason=Reason.NONE):
                none += 1
            case Finding():
                reasons += 1
            case Verdict.RECORDED:
                recorded += 1
            case Verdict.WAITS:
                waiting += 1
            case Verdict.NOT_WANTED:
                pass
    return DayFigure(day, recorded, reasons, none, waiting)

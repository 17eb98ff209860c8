"""The manifest: one JSON line per thing that happened in a call (`lines`), in `<call_id>.jsonl` beside its audio. The
first line says who called, the last one how it ended; a manifest without an end is a call that still runs, or one whose
phone process died.

While its file is open, zeros hold the place for lines to come. It may be cut off anywhere (the process was killed while
it wrote), so that a torn or damaged line is passed over and counted; only a manifest that does not even say who called
is refused. Bytes to values, no files; any thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from desk.domain.identity import CallId
from desk.domain.journal import Journal, Mark, Start
from desk.domain.party import Direction, Party
from desk.domain.times import from_text
from desk.recording.spool.lines import FORMAT, NOTICED, OVERFLOWED, Line, decode_line


class JournalError(Exception):
    """This is no manifest: its first line does not say whose call it is."""


def has_end(manifest: bytes) -> bool:
    """Whether this manifest is closed. Cheap, never raises."""
    for untrusted_line in reversed(manifest.split(b"\n")):
        line = decode_line(untrusted_line)
        if line is not None:
            return line.event == "ended"
    return False


_OVERFLOWED = f'"{OVERFLOWED}"'.encode()


def overflowed(manifest: bytes) -> bool:
    """Whether it tells of something that only the second folder has."""
    return _OVERFLOWED in manifest


def mirrored_until_ms(manifest: bytes) -> int:
    """How far its audio goes at least, by what only the mirror has of it; 0 where it has nothing alone."""
    lines = (decode_line(line) for line in manifest.split(b"\n") if _OVERFLOWED in line)
    return max(((line.audio_ms or 0) + line.length_ms for line in lines if line is not None), default=0)


def is_mirrored(manifest: bytes) -> bool:
    """Whether the second folder may have more of it than this: its end, for one."""
    first = decode_line(manifest.partition(b"\n")[0])
    return first is not None and first.mirrored


def read_journal(manifest: bytes) -> Journal:
    """What these lines tell. Raises `JournalError`, and nothing else, whatever the bytes are."""
    untrusted_lines = [line for line in manifest.rstrip(b"\0").split(b"\n") if line.strip()]
    first = decode_line(untrusted_lines[0]) if untrusted_lines else None
    if first is None or first.event not in _DIRECTIONS or not first.call_id or first.format != FORMAT:
        raise JournalError("the first line does not say whose call it is")
    reading = _Reading(
        Journal(
            call_id=CallId(first.call_id),
            line=first.line,
            direction=_DIRECTIONS[first.event],
            party=Party(first.number, first.display_name, first.diversion, first.withheld),
            seat=first.seat,
            agent=first.agent,
            offered_at=from_text(first.at),
            rang=first.rang,
        )
    )
    for untrusted_line in untrusted_lines[1:]:
        line = decode_line(untrusted_line)
        read = _READERS.get(line.event) if line is not None else None
        if line is None or read is None:
            reading.journal = replace(reading.journal, damaged_lines=reading.journal.damaged_lines + 1)
        else:
            read(reading, line)
    return reading.journal


_DIRECTIONS = {"offered": Direction.INCOMING, "dialled": Direction.OUTGOING}


@dataclass
class _Reading:
    journal: Journal

    def answered(self, line: Line) -> None:
        """It is the call of whoever answered it: it may have rung before they signed in."""
        agent = line.agent or self.journal.agent
        self.journal = replace(self.journal, agent=agent, answered_at=self.journal.answered_at or from_text(line.at))
        self.mark(line)

    def started(self, line: Line) -> None:
        starts = (*self.journal.starts, Start(line.audio_ms or 0, from_text(line.at)))
        self.journal = replace(self.journal, rate_hz=self.journal.rate_hz or line.rate_hz, starts=starts)

    def failed(self, line: Line) -> None:
        self.journal = replace(self.journal, failures=(*self.journal.failures, line.reason))
        self.mark(line, "failed", line.reason)

    def ended(self, line: Line) -> None:
        self.journal = replace(
            self.journal,
            ended_at=from_text(line.at),
            cause=line.code,
            reason=line.reason,
            by_us=line.by_us,
            interrupted=line.interrupted,
            transferred_to=line.target or self.journal.transferred_to,
        )

    def digits(self, line: Line) -> None:
        self.mark(line, detail=str(line.count))

    def with_reason(self, line: Line) -> None:
        self.mark(line, detail=line.reason)

    def overflowed(self, line: Line) -> None:
        self.mark(line, detail=f"{line.length_ms} ms {line.reason}" if line.length_ms else line.reason)

    def gap(self, line: Line) -> None:
        self.mark(line, detail=f"{line.length_ms} ms {line.reason}")

    def progressed(self, line: Line) -> None:
        """Of no use to anybody after the call."""

    def heard(self, line: Line) -> None:
        tally = line.heard
        if tally is None or (tally.worst_at is not None and tally.worst_at.tzinfo is None):
            self.journal = replace(self.journal, damaged_lines=self.journal.damaged_lines + 1)
        else:
            self.journal = replace(self.journal, heard=tally)

    def transferred(self, line: Line) -> None:
        self.journal = replace(self.journal, transferred_to=line.target)
        self.mark(line, detail=line.target)

    def transfer_started(self, line: Line) -> None:
        self.mark(line, detail=line.target)

    def transfer_failed(self, line: Line) -> None:
        self.mark(line, detail=f"{line.code} {line.reason}".strip())

    def prompt(self, line: Line) -> None:
        self.mark(line, detail=line.prompt)

    def mark(self, line: Line, name: str = "", detail: str = "") -> None:
        if line.audio_ms is not None:
            mark = Mark(line.audio_ms, name or line.event, detail)
            self.journal = replace(self.journal, marks=(*self.journal.marks, mark))


_READERS: dict[str, Callable[[_Reading, Line], None]] = {
    "progressed": _Reading.progressed,
    "answered": _Reading.answered,
    "held": _Reading.mark,
    "resumed": _Reading.mark,
    "muted": _Reading.mark,
    "unmuted": _Reading.mark,
    "digits_sent": _Reading.digits,
    "digits_received": _Reading.digits,
    "recording_started": _Reading.started,
    "recording_failed": _Reading.failed,
    "gap": _Reading.gap,
    "recording_paused": _Reading.mark,
    "recording_resumed": _Reading.mark,
    OVERFLOWED: _Reading.overflowed,
    "clock_changed": _Reading.with_reason,
    "ended": _Reading.ended,
    "heard": _Reading.heard,
    "transferred": _Reading.transferred,
    "transfer_started": _Reading.transfer_started,
    "transfer_failed": _Reading.transfer_failed,
    "prompt_played": _Reading.prompt,
    "prompt_ended": _Reading.prompt,
    "far_held": _Reading.mark,
    "far_resumed": _Reading.mark,
    "conference_joined": _Reading.mark,
    "conference_left": _Reading.mark,
    **dict.fromkeys(NOTICED, _Reading.mark),
}

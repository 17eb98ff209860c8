"""The manifest: one JSON line per thing that happened in a call, in `<call_id>.jsonl` beside its audio. The first line
says who called, the last one how it ended; a manifest without an end is a call that still runs, or one whose phone
process died.

While its file is open, zeros hold the place for lines to come. It may be cut off anywhere (the process was killed while
it wrote), so that a torn or damaged line is passed over and counted; only a manifest that does not even say who called
is refused. Values and bytes, no files; any thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec

from desk.domain.events import (
    CallAnswered,
    CallDialled,
    CallEnded,
    CallEvent,
    CallHeld,
    CallMuted,
    CallOffered,
    CallProgressed,
    CallResumed,
    CallTransferred,
    CallUnmuted,
    ConferenceJoined,
    ConferenceLeft,
    DigitsReceived,
    DigitsSent,
    FarHeld,
    PromptPlayed,
    RecordingPaused,
    TransferFailed,
    TransferStarted,
)
from desk.domain.identity import CallId
from desk.domain.journal import Journal, Mark, Start
from desk.domain.party import Direction, Party
from desk.domain.tally import Tally
from desk.domain.times import from_text, to_text

FORMAT = 1

Position = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class JournalError(Exception):
    """This is no manifest: its first line does not say whose call it is."""


class Line(msgspec.Struct, omit_defaults=True):
    """One line. Which fields mean something depends on `event`; `audio_ms` is the position in the recording."""

    event: str
    at: str
    audio_ms: Position | None = None
    format: int = 0
    call_id: str = ""
    line: str = ""
    number: str = ""
    display_name: str = ""
    diversion: str = ""
    withheld: bool = False
    seat: str = ""
    agent: str = ""
    rate_hz: Annotated[int, msgspec.Meta(ge=0, le=192_000)] = 0
    length_ms: Position = 0
    count: Position = 0
    code: int = 0
    reason: str = ""
    by_us: bool = False
    interrupted: bool = False
    target: str = ""
    prompt: str = ""
    rang: bool = True
    heard: Tally | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Line)


def encode_line(line: Line) -> bytes:
    """This line as bytes with its newline. Lone surrogates, which no UTF-8 can hold, become question marks."""
    try:
        return _encoder.encode(line) + b"\n"
    except UnicodeEncodeError:
        clean: dict[str, Any] = {
            name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for name, value in msgspec.structs.asdict(line).items()
        }
        return _encoder.encode(Line(**clean)) + b"\n"


def opening(event: CallOffered | CallDialled, seat: str, agent: str) -> Line:
    """The first line of a manifest."""
    party = event.party
    return Line(
        event="offered" if isinstance(event, CallOffered) else "dialled",
        at=to_text(event.at),
        format=FORMAT,
        call_id=event.call_id,
        line=event.line,
        number=party.number,
        display_name=party.display_name,
        diversion=party.diversion,
        withheld=party.withheld,
        seat=seat,
        agent=agent,
        rang=event.rings if isinstance(event, CallOffered) else True,
    )


_PLAIN: dict[type[CallEvent], str] = {
    CallProgressed: "progressed",
    CallAnswered: "answered",
    CallHeld: "held",
    CallResumed: "resumed",
    CallMuted: "muted",
    CallUnmuted: "unmuted",
    DigitsSent: "digits_sent",
    DigitsReceived: "digits_received",
    ConferenceJoined: "conference_joined",
    ConferenceLeft: "conference_left",
}


def line_of(event: CallEvent, audio_ms: int | None) -> Line | None:
    """The line for anything but the opening; None for what the recorder writes in its own words or not at all."""
    at = to_text(event.at)
    match event:
        case CallEnded():
            return Line(
                "ended",
                at,
                audio_ms,
                code=event.cause,
                reason=event.reason,
                by_us=event.by_us,
                interrupted=event.interrupted,
                target=event.forwarded_to,
            )
        case DigitsSent() | DigitsReceived():
            return Line(_PLAIN[type(event)], at, audio_ms, count=len(event.digits))
        case CallProgressed():
            return Line("progressed", at, audio_ms, code=event.code)
        case FarHeld():
            return Line("far_held" if event.on else "far_resumed", at, audio_ms)
        case RecordingPaused():
            return Line("recording_paused" if event.on else "recording_resumed", at, audio_ms)
        case TransferStarted() | CallTransferred():
            name = "transfer_started" if isinstance(event, TransferStarted) else "transferred"
            return Line(name, at, audio_ms, target=event.target)
        case TransferFailed():
            return Line("transfer_failed", at, audio_ms, code=event.code, reason=event.reason)
        case PromptPlayed():
            return Line("prompt_played", at, audio_ms, prompt=event.prompt)
        case _:
            plain = _PLAIN.get(type(event))
            return Line(plain, at, audio_ms) if plain else None


def started(at: datetime, rate_hz: int, audio_ms: int) -> Line:
    return Line("recording_started", to_text(at), audio_ms, rate_hz=rate_hz)


def gap(at: datetime, audio_ms: int, length_ms: int, reason: str) -> Line:
    """Silence that stands for audio that was not there or could not be kept."""
    return Line("gap", to_text(at), audio_ms, length_ms=length_ms, reason=reason)


def failed(at: datetime, audio_ms: int, reason: str) -> Line:
    return Line("recording_failed", to_text(at), audio_ms, reason=reason)


def clock_changed(at: datetime, audio_ms: int | None, seconds: float) -> Line:
    """Somebody set the computer's clock, so much forward: times before and after it do not fit together."""
    return Line("clock_changed", to_text(at), audio_ms, reason=f"{seconds:+.1f} s")


OVERFLOWED = "overflowed"


def overflowed(at: datetime, audio_ms: int | None, reason: str) -> Line:
    """From here on, some of this call lies in the spool's second folder."""
    return Line(OVERFLOWED, to_text(at), audio_ms, reason=reason)


def heard(at: datetime, audio_ms: int | None, tally: Tally) -> Line:
    """How the call has been heard so far: the last of these lines is the call's."""
    return Line("heard", to_text(at), audio_ms, heard=tally)


def mark(at: datetime, audio_ms: int | None, name: str) -> Line:
    """Something that the phone noticed: `NOTICED`."""
    return Line(name, to_text(at), audio_ms)


NOTICED = (
    "far_silent",
    "far_back",
    "microphone_dead",
    "microphone_back",
    "no_media",
    "media_came",
    "quality_poor",
    "quality_back",
)


def interrupted_end(at: datetime, audio_ms: int) -> Line:
    """The end that is written for a phone process which could not write it."""
    return Line("ended", to_text(at), audio_ms, reason="phone process died", interrupted=True)


def has_end(manifest: bytes) -> bool:
    """Whether this manifest is closed. Cheap, never raises."""
    for untrusted_line in reversed(manifest.split(b"\n")):
        line = _decode(untrusted_line)
        if line is not None:
            return line.event == "ended"
    return False


def read_journal(manifest: bytes) -> Journal:
    """What these lines tell. Raises `JournalError`, and nothing else, whatever the bytes are."""
    untrusted_lines = [line for line in manifest.rstrip(b"\0").split(b"\n") if line.strip()]
    first = _decode(untrusted_lines[0]) if untrusted_lines else None
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
        line = _decode(untrusted_line)
        read = _READERS.get(line.event) if line is not None else None
        if line is None or read is None:
            reading.journal = replace(reading.journal, damaged_lines=reading.journal.damaged_lines + 1)
        else:
            read(reading, line)
    return reading.journal


_DIRECTIONS = {"offered": Direction.INCOMING, "dialled": Direction.OUTGOING}


def _decode(untrusted_line: bytes) -> Line | None:
    try:
        line = _decoder.decode(untrusted_line)
        from_text(line.at)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    return line


@dataclass
class _Reading:
    journal: Journal

    def answered(self, line: Line) -> None:
        self.journal = replace(self.journal, answered_at=self.journal.answered_at or from_text(line.at))
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

    def prompt_played(self, line: Line) -> None:
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
    OVERFLOWED: _Reading.with_reason,
    "clock_changed": _Reading.with_reason,
    "ended": _Reading.ended,
    "heard": _Reading.heard,
    "transferred": _Reading.transferred,
    "transfer_started": _Reading.transfer_started,
    "transfer_failed": _Reading.transfer_failed,
    "prompt_played": _Reading.prompt_played,
    "far_held": _Reading.mark,
    "far_resumed": _Reading.mark,
    "conference_joined": _Reading.mark,
    "conference_left": _Reading.mark,
    **dict.fromkeys(NOTICED, _Reading.mark),
}

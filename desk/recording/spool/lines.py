"""The lines of a manifest as they are written: one JSON line per thing that happened in a call. How they are read
again is told in `manifest`. Values and bytes, no files; any thread."""

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
    PromptEnded,
    PromptPlayed,
    RecordingPaused,
    TransferFailed,
    TransferStarted,
)
from desk.domain.tally import Tally
from desk.domain.times import from_text, to_text

FORMAT = 1

Position = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


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
    mirrored: bool = False
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


def decode_line(untrusted_line: bytes) -> Line | None:
    """None where it is torn, damaged or none of ours. The zeros before it stand for what another folder has. Never
    raises."""
    try:
        line = _decoder.decode(untrusted_line.lstrip(b"\0"))
        from_text(line.at)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    return line


def opening(event: CallOffered | CallDialled, seat: str, agent: str, *, mirrored: bool = False) -> Line:
    """The first line of a manifest. `mirrored`: a second folder is to have all of this call, too."""
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
        mirrored=mirrored,
    )


_PLAIN: dict[type[CallEvent], str] = {
    CallProgressed: "progressed",
    CallHeld: "held",
    CallResumed: "resumed",
    CallMuted: "muted",
    CallUnmuted: "unmuted",
    DigitsSent: "digits_sent",
    DigitsReceived: "digits_received",
    ConferenceJoined: "conference_joined",
    ConferenceLeft: "conference_left",
}


def line_of(event: CallEvent, audio_ms: int | None, agent: str = "") -> Line | None:
    """The line for anything but the opening; None for what the recorder writes in its own words or not at all.
    `agent`: who sits here."""
    at = to_text(event.at)
    match event:
        case CallAnswered():
            return Line("answered", at, audio_ms, agent=agent)
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
        case PromptPlayed() | PromptEnded():
            name = "prompt_played" if isinstance(event, PromptPlayed) else "prompt_ended"
            return Line(name, at, audio_ms, prompt=event.prompt)
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


def overflowed(at: datetime, audio_ms: int | None, reason: str, length_ms: int = 0) -> Line:
    """From here on, some of this call lies in the spool's second folder, and there alone: so much of it, where that is
    known."""
    return Line(OVERFLOWED, to_text(at), audio_ms, length_ms=length_ms, reason=reason)


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

"""Which moment of the day is which place in a recording. Audio may stop and go on later (`RecordingEntry.spans`), so
that the recording is shorter than the time between its first and last word. Pure functions."""

from collections.abc import Sequence
from datetime import datetime

from desk.domain.times import from_text, to_text


def span_text(audio_ms: int, at: datetime) -> str:
    """ "0 2026-11-22T08:00:00.000000Z"."""
    return f"{audio_ms} {to_text(at)}"


def place_of(spans: Sequence[str], at: datetime, length_ms: int) -> int | None:
    """The place (ms) of this moment, at most `length_ms`; None before the first audio, and where no span can be read.
    A moment while audio stood still is the place where it stopped."""
    known = sorted(found for span in spans if (found := _read(span)) is not None)
    place = None
    for index, (audio_ms, since) in enumerate(known):
        if at < since:
            break
        until_ms = known[index + 1][0] if index + 1 < len(known) else length_ms
        place = min(audio_ms + int((at - since).total_seconds() * 1000), until_ms)
    return place


def _read(span: str) -> tuple[int, datetime] | None:
    audio_ms, _, at = span.partition(" ")
    try:
        return int(audio_ms), from_text(at)
    except ValueError:
        return None

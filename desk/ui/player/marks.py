"""Marks: moments of a recording that have words. Those of the log are read here; others (form fields, comments) come
from whoever shows the recording. No Qt; pure functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from desk.i18n import _

JUST_LEFT_MS = 1_500  # "the mark before" is not the one that was jumped to a moment ago


class MarkKind(Enum):
    CALL = "call"  # held, muted, transferred ...
    TROUBLE = "trouble"  # a gap, poor sound, nobody heard
    FIELD = "field"  # a form field was typed
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class PlayerMark:
    """`text` as it is shown: it may come from outside, and is never markup."""

    at_ms: int
    kind: MarkKind
    text: str


def _names() -> dict[str, tuple[MarkKind, str]]:
    call, trouble = MarkKind.CALL, MarkKind.TROUBLE
    return {
        "held": (call, _("Put on hold")),
        "resumed": (call, _("Back from hold")),
        "far_held": (call, _("The other side put us on hold")),
        "far_resumed": (call, _("Back from the other side's hold")),
        "muted": (call, _("Microphone off")),
        "unmuted": (call, _("Microphone on")),
        "recording_paused": (call, _("Recording paused")),
        "recording_resumed": (call, _("Recording goes on")),
        "conference_joined": (call, _("Conference began")),
        "conference_left": (call, _("Conference ended")),
        "transfer_started": (call, _("Transfer began")),
        "transferred": (call, _("Transferred")),
        "transfer_failed": (call, _("Transfer failed")),
        "digits_sent": (call, _("Keys sent")),
        "digits_received": (call, _("Keys received")),
        "prompt_played": (call, _("Prompt played")),
        "prompt_ended": (call, _("Prompt over")),
        "clock_changed": (call, _("The computer's clock was set here")),
        "gap": (trouble, _("Gap in the recording")),
        "failed": (trouble, _("Recording failed here")),
        "overflowed": (call, _("From here on kept in the second folder")),
        "far_silent": (trouble, _("Caller not heard")),
        "far_back": (call, _("Caller heard again")),
        "microphone_dead": (trouble, _("Agent not heard")),
        "microphone_back": (call, _("Agent heard again")),
        "no_media": (trouble, _("No sound came")),
        "media_came": (call, _("Sound came")),
        "quality_poor": (trouble, _("Poor sound from here")),
        "quality_back": (call, _("Sound good again")),
    }


def marks(untrusted_marks: Sequence[str]) -> list[PlayerMark]:
    """Of `RecordingEntry.marks` ("12.340 held"); what cannot be read is left out."""
    names = _names()
    out = []
    for mark in untrusted_marks:
        seconds, _space, name = mark.partition(" ")
        try:
            at_ms = round(float(seconds) * 1000)
        except (ValueError, OverflowError):
            continue
        known = names.get(name.split(" ")[0])
        if known is not None and at_ms >= 0:
            out.append(PlayerMark(at_ms, *known))
    return out


def in_order(found: Sequence[PlayerMark]) -> tuple[PlayerMark, ...]:
    return tuple(sorted(found, key=lambda mark: mark.at_ms))


def following(ordered: Sequence[PlayerMark], position_ms: int) -> PlayerMark | None:
    index = bisect_right(ordered, position_ms, key=lambda mark: mark.at_ms)
    return ordered[index] if index < len(ordered) else None


def preceding(ordered: Sequence[PlayerMark], position_ms: int) -> PlayerMark | None:
    index = bisect_left(ordered, position_ms - JUST_LEFT_MS, key=lambda mark: mark.at_ms) - 1
    return ordered[index] if index >= 0 else None


def standing_at(ordered: Sequence[PlayerMark], position_ms: int) -> int:
    """Which mark was passed last; -1 before the first."""
    return bisect_right(ordered, position_ms, key=lambda mark: mark.at_ms) - 1

"""What the player bar shows, as values: bars for a width, marks, times, and in words why something cannot be heard. No
Qt; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.i18n import _
from desk.ui.ticket_view_presenter import duration, missing
from desk.usecases.replay import Refusal, ReplayRefused

STEP_MS = 5_000


@dataclass(frozen=True, slots=True)
class MarkView:
    at_ms: int
    words: str


def columns(bars: Sequence[float], count: int) -> list[float]:
    """The bars as `count` columns, each the loudest of those it covers; [] where there is nothing to show."""
    if not bars or count <= 0:
        return []
    total = len(bars)
    out = []
    for column in range(count):
        first = column * total // count
        last = max(first + 1, (column + 1) * total // count)
        out.append(max(bars[first:last]))
    return out


def marks(untrusted_marks: Sequence[str]) -> list[MarkView]:
    """Of `RecordingEntry.marks` ("12.340 held"); what cannot be read is left out."""
    names = {
        "held": _("Put on hold"),
        "resumed": _("Back from hold"),
        "muted": _("Microphone off"),
        "unmuted": _("Microphone on"),
        "gap": _("Gap in the recording"),
        "failed": _("Recording failed here"),
        "digits_sent": _("Keys sent"),
        "digits_received": _("Keys received"),
        "prompt_played": _("Prompt played"),
    }
    out = []
    for mark in untrusted_marks:
        seconds, _space, name = mark.partition(" ")
        try:
            at_ms = round(float(seconds) * 1000)
        except (ValueError, OverflowError):
            continue
        words = names.get(name.split(" ")[0])
        if words is not None and at_ms >= 0:
            out.append(MarkView(at_ms, words))
    return out


def position(position_ms: int, length_ms: int) -> str:
    return f"{duration(min(position_ms, length_ms))} / {duration(length_ms)}"


def refused(error: ReplayRefused) -> str:
    match error.refusal:
        case Refusal.MISSING:
            return missing(error.detail)
        case Refusal.NOT_SEALED:
            return _("The recording is being made ready. Try again in a moment.")
        case Refusal.AWAY:
            return _("The recording is not on this seat. It was taken at another one.")
        case Refusal.UNREADABLE:
            return _("The recording's file cannot be read. Tell IT: recordings folder.")
        case Refusal.CHANGED:
            return _("The recording was changed after it was sealed, so it is not played. Tell your supervisor.")


def damaged() -> str:
    return _("The recording is damaged and cannot be played. Tell IT.")


def no_device() -> str:
    return _("No earpiece to hear it with. Plug in the headset, or choose another one (F10).")

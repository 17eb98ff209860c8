"""Begin and end of a notice as they are typed: what the form's home visit reads, with "now". No Qt."""

from datetime import datetime, tzinfo

from desk.ui.intake.window_entry import ONE_TIME_LASTS, read_window

_NOW = frozenset({"", "now", "现在", "即时", "马上", "xz"})


def begins(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Nothing typed means now; a day without an hour its morning."""
    if text.strip().lower() in _NOW:
        return now
    window = read_window(text, now, zone)
    return window.start if window else None


def ends(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """An hour is meant as it stands, a day without one means its end ("明天" until 18:00)."""
    window = read_window(text, now, zone)
    if window is None:
        return None
    return window.start if window.until - window.start == ONE_TIME_LASTS else window.until


def as_typed(at: datetime, zone: tzinfo) -> str:
    """So that it can be read again."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

"""Appointment windows as agents type them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.tickets import Window
from desk.i18n import speak
from desk.ui.intake.window_entry import is_over, read_window, show_window

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=ZONE)  # a Wednesday


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "start", "until"),
    [
        ("明天上午", at(19, 9), at(19, 12)),
        ("今天 14-16", at(18, 14), at(18, 16)),
        ("1123 9-11", at(23, 9), at(23, 11)),
        ("mtsw", at(19, 9), at(19, 12)),
        ("mt xw", at(19, 14), at(19, 18)),
        ("后天下午3点半", at(20, 15, 30), at(20, 16, 30)),
        ("后天下午3-5", at(20, 15), at(20, 17)),
        ("明天９：３０－１１：００", at(19, 9, 30), at(19, 11)),
        ("明天 9点到11点", at(19, 9), at(19, 11)),
        ("周五晚上", at(20, 18), at(20, 20)),
        ("周三 16-18", at(18, 16), at(18, 18)),
        ("下周一上午", at(23, 9), at(23, 12)),
        ("下下周1 10-12", at(30, 10), at(30, 12)),
        ("11月23日 9-11", at(23, 9), at(23, 11)),
        ("11-23 9-11", at(23, 9), at(23, 11)),
        ("11.23 上午", at(23, 9), at(23, 12)),
        ("23号上午", at(23, 9), at(23, 12)),
        ("5号 9-10", at(5, 9, month=12), at(5, 10, month=12)),
        ("0105 9-11", at(5, 9, month=1, year=2027), at(5, 11, month=1, year=2027)),
        ("2026-12-01 14:00-16:00", at(1, 14, month=12), at(1, 16, month=12)),
        ("3-5", at(18, 15), at(18, 17)),
        ("9-11", at(19, 9), at(19, 11)),
        ("16-18", at(18, 16), at(18, 18)),
        ("11-1", at(19, 11), at(19, 13)),
        ("今晚", at(18, 18), at(18, 20)),
        ("明晚 7-8", at(19, 19), at(19, 20)),
        ("明天", at(19, 9), at(19, 18)),
        ("tomorrow morning", at(19, 9), at(19, 12)),
        ("fri 9-11", at(20, 9), at(20, 11)),
        ("明天 22-24", at(19, 22), at(20, 0)),
    ],
)
def test_an_agents_shorthand_means_this_window(text: str, start: datetime, until: datetime) -> None:
    assert read_window(text, NOW, ZONE) == Window(start, until)


@pytest.mark.parametrize(
    "text", ["", "  ", "明天再说", "1332 9-11", "0231 9-11", "明天 25-26", "16-14", "9:75", "张师傅", "1" * 200, "99号"]
)
def test_what_means_no_window_is_not_guessed(text: str) -> None:
    assert read_window(text, NOW, ZONE) is None


def test_a_said_day_in_the_past_is_read_as_said_and_known_to_be_over() -> None:
    window = read_window("今天 9-11", NOW, ZONE)
    assert window == Window(at(18, 9), at(18, 11))
    assert is_over(window, NOW)


def test_a_window_is_shown_back_in_full() -> None:
    window = Window(at(19, 9), at(19, 12))
    assert show_window(window, ZONE, NOW) == "tomorrow 11/19 Thu 09:00-12:00"
    assert show_window(window, ZONE) == "2026-11-19 Thu 09:00-12:00"


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    window = read_window(text, NOW, ZONE)
    assert window is None or window.start < window.until


@given(st.text(alphabet="今明后天大下周一三日上中午晚点半到至月号年0123456789-:/. jtmshwxpa", max_size=24))
def test_no_text_of_its_own_words_breaks_it(text: str) -> None:
    window = read_window(text, NOW, ZONE)
    assert window is None or window.start < window.until


@pytest.fixture
def _english_again() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.usefixtures("_english_again")
@given(
    first=st.datetimes(datetime(2026, 10, 25), datetime(2027, 6, 30)),  # noqa: DTZ001 - wall time of the zone below
    length_min=st.integers(1, 24 * 60),
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_shown_can_be_read_again(language: str, first: datetime, length_min: int) -> None:
    speak(language)
    start = first.replace(second=0, microsecond=0)
    midnight = start.replace(hour=0, minute=0) + timedelta(days=1)
    until = min(start + timedelta(minutes=length_min), midnight)
    window = Window(*(moment.replace(tzinfo=ZONE).astimezone(UTC) for moment in (start, until)))
    assert read_window(show_window(window, ZONE, NOW), NOW, ZONE) == window

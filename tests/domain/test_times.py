"""Times as text: what goes in comes out, and the order of text is the order of time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.times import from_text, to_text

aware = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


def test_a_time_is_written_in_utc_with_microseconds_and_z() -> None:
    east = datetime(2026, 11, 22, 4, 22, 18, tzinfo=timezone(timedelta(hours=8)))
    assert to_text(east) == "2026-11-21T20:22:18.000000Z"


@given(aware)
def test_every_time_comes_back_as_the_same_instant_in_utc(at: datetime) -> None:
    back = from_text(to_text(at))
    assert back == at
    assert back.tzinfo is UTC


@given(aware, aware)
def test_texts_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_text(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@given(st.text())
def test_any_other_text_is_refused_as_a_value_error(text: str) -> None:
    try:
        at = from_text(text)
    except ValueError:
        return
    assert to_text(at) == text

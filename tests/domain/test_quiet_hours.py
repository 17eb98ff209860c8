from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.quiet_hours import QuietHours

CHINA = timezone(timedelta(hours=8))
NIGHT = QuietHours(time(21, 30), time(8, 0), CHINA)


def china(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("at", "after"),
    [
        (china(21, 29), china(21, 29)),
        (china(21, 30), china(8, 0, 23)),
        (china(23, 59), china(8, 0, 23)),
        (china(0, 0), china(8, 0)),
        (china(7, 59), china(8, 0)),
        (china(8, 0), china(8, 0)),
    ],
)
def test_a_message_of_the_night_waits_for_the_morning(at: datetime, after: datetime) -> None:
    assert NIGHT.after(at) == after


def test_a_midday_rest_is_over_the_same_day() -> None:
    assert QuietHours(time(12), time(14), CHINA).after(china(12, 30)) == china(14)


def test_the_same_time_twice_is_never_quiet() -> None:
    assert not QuietHours(time(8), time(8), CHINA).hold(china(8))


@given(
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(1_600_000_000, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
)
def test_after_is_never_quiet_never_earlier_and_at_most_a_day_later(start: time, until: time, at: datetime) -> None:
    hours = QuietHours(start, until, CHINA)
    after = hours.after(at)
    assert not hours.hold(after)
    assert at <= after <= at + timedelta(days=1)

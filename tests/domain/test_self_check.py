"""When a night's self-check is due."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.self_check import PATIENCE, SPREAD, due_since
from desk.domain.working_time import CHINA

NIGHT = datetime(2026, 11, 22, 3, 30, tzinfo=CHINA).astimezone(UTC)


def test_it_is_due_from_its_moment_on_and_not_for_ever() -> None:
    begins = next(
        begins
        for minute in range(11)
        if (begins := due_since(NIGHT + timedelta(minutes=minute), "03:30", "S01", CHINA)) is not None
    )
    assert NIGHT <= begins < NIGHT + SPREAD
    assert due_since(begins - timedelta(seconds=1), "03:30", "S01", CHINA) is None
    assert due_since(begins + PATIENCE - timedelta(seconds=1), "03:30", "S01", CHINA) == begins
    assert due_since(begins + PATIENCE, "03:30", "S01", CHINA) is None


def test_one_that_begins_before_midnight_is_due_after_it() -> None:
    after = datetime(2026, 11, 22, 0, 20, tzinfo=CHINA).astimezone(UTC)
    begins = due_since(after, "23:50", "S01", CHINA)
    assert begins is not None
    assert begins < after


def test_seats_do_not_all_call_at_once() -> None:
    late = NIGHT + SPREAD
    moments = {due_since(late, "03:30", f"S{number:02}", CHINA) for number in range(30)}
    assert len(moments) > 20


@given(st.integers(0, 5_000_000), st.times(), st.sampled_from(["S01", "S02", "X"]))
def test_at_any_time_the_moment_is_at_most_so_long_ago(minutes: int, at: object, seat: str) -> None:
    now = datetime(2020, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    begins = due_since(now, str(at)[:5], seat, CHINA)
    assert begins is None or now - PATIENCE < begins <= now
    assert due_since(now, "", seat, CHINA) is None

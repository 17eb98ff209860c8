"""What "in half an hour" means, and when a promise comes to mind."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.promise_rules import FURTHEST, Standing, due_of, in_order, keeping, next_turn, read_due, standing
from desk.domain.promises import Promise, PromiseState

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # 14:00 in China
FIVE = timedelta(minutes=5)
PROMISE = Promise("p1", "1001", "1001", NOW, NOW + timedelta(minutes=30), "")


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("30", 0.5),
        ("10分钟", 1 / 6),
        ("10 分钟后", 1 / 6),
        ("半小时", 0.5),
        ("半个小时后", 0.5),
        ("1h", 1),
        ("2小时", 2),
        ("1个半小时", 1.5),
        ("15:30", 1.5),
        ("3点", 1),
        ("3:30", 1.5),
        ("今天4点", 2),
        ("明天3点", 25),
        ("03:00", 13),
        ("早上6点", 16),
        ("今晚12点", 10),
        ("晚上12点", 10),
        ("15：30", 1.5),
        ("下午3点", 1),
        ("下午3点半", 1.5),
        ("晚上8点", 6),
        ("今晚8点", 6),
        ("9:00", 19),  # the next one
        ("明天9点", 19),
        ("明早 9点半", 19.5),
        ("明天下午2点", 24),
        ("后天 10:00", 44),
        ("2天", 48),
        ("tomorrow 9:00", 19),
    ],
)
def test_what_is_typed_on_the_telephone_is_read(typed: str, hours: float) -> None:
    expected = NOW + timedelta(hours=hours)
    found = read_due(typed, NOW, CHINA)
    assert found is not None
    assert abs(found - expected) < timedelta(seconds=1)


@pytest.mark.parametrize("typed", ["", "以后", "25:00", "12:75", "今天9点", "0", "99天", "-5", "十分钟", "1.5"])
def test_what_cannot_be_read_or_has_passed_is_no_time(typed: str) -> None:
    assert read_due(typed, NOW, CHINA) is None


@given(st.text(max_size=20), st.integers(0, 4000 * 24 * 60))
def test_whatever_is_typed_gives_a_time_ahead_or_none(typed: str, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    found = read_due(typed, now, CHINA)
    assert found is None or now < found <= now + FURTHEST


@given(st.times(), st.integers(0, 4000 * 24 * 60))
def test_a_time_of_day_is_the_next_one(choice: time, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    due = due_of(choice.replace(second=0, microsecond=0), now, CHINA)
    assert timedelta() < due - now <= timedelta(days=1)
    assert (due.astimezone(CHINA).hour, due.astimezone(CHINA).minute) == (choice.hour, choice.minute)


def test_a_span_runs_from_now() -> None:
    assert due_of(timedelta(minutes=10), NOW, CHINA) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, Standing.WAITS),
        (24.9, Standing.WAITS),
        (25, Standing.AT_HAND),
        (29.9, Standing.AT_HAND),
        (30, Standing.DUE),
        (600, Standing.DUE),
    ],
)
def test_a_promise_comes_to_mind_five_minutes_before(minutes: float, expected: Standing) -> None:
    assert standing(PROMISE, NOW + timedelta(minutes=minutes), FIVE) is expected


def test_one_that_is_kept_is_over() -> None:
    kept = replace(PROMISE, state=PromiseState.KEPT)
    assert standing(kept, NOW + timedelta(days=1), FIVE) is Standing.OVER
    assert next_turn([kept], NOW, FIVE) is None


def test_the_timer_waits_for_the_next_change_of_any() -> None:
    later = replace(PROMISE, promise_id="p2", due_at=NOW + timedelta(hours=1))
    both = [later, PROMISE]
    assert next_turn(both, NOW, FIVE) == NOW + timedelta(minutes=25)
    assert next_turn(both, NOW + timedelta(minutes=25), FIVE) == NOW + timedelta(minutes=30)
    assert next_turn(both, NOW + timedelta(minutes=30), FIVE) == NOW + timedelta(minutes=55)
    assert next_turn(both, NOW + timedelta(hours=1), FIVE) is None
    assert in_order(both) == [PROMISE, later]


def test_a_shift_is_kept_open_by_what_is_one_s_own_and_open() -> None:
    theirs = replace(PROMISE, promise_id="p2", owner="1002")
    kept = replace(PROMISE, promise_id="p3", state=PromiseState.RELEASED)
    assert keeping([kept, theirs, PROMISE], "1001") == [PROMISE]

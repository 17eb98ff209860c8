"""Counting working time, against somebody who counts on their fingers."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.calendar import WorkCalendar, Year
from desk.domain.working_time import CHINA, NeverDue, Span, Unit, WorkingTime, read_span

MINUTE = timedelta(minutes=1)
# Some weeks with everything in them: holidays in the week and on a weekend, make-up days, the turn of a year.
YEARS = {
    2026: Year(
        frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 9, 25), date(2026, 12, 31)},
        frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    ),
    2027: Year(frozenset({date(2027, 1, 1), date(2027, 1, 2)}), frozenset({date(2027, 1, 3)})),
}
CALENDAR = WorkCalendar(YEARS, time(8, 30), time(20, 0))
WORKING = WorkingTime(CALENDAR)
START = datetime(2026, 9, 14, tzinfo=CHINA)
DAYS = 130


def counts(at: datetime, unit: Unit) -> bool:
    """Whether the minute that begins here is one of this unit's: the counter's only rule."""
    local = at.astimezone(CHINA)
    if unit in (Unit.HOURS, Unit.DAYS):
        return True
    if not CALENDAR.works_on(local.date()):
        return False
    return unit is Unit.WORKING_DAYS or CALENDAR.opens <= local.time() < CALENDAR.closes


@cache
def minutes_of(unit: Unit) -> list[int]:
    """How many minutes of this unit have run since `START`, for each minute of the weeks."""
    total, run = 0, [0]
    for number in range(DAYS * 24 * 60):
        total += counts(START + number * MINUTE, unit)
        run.append(total)
    return run


def due_by_counting(start: int, length: int, unit: Unit) -> int:
    """The first minute by which `length` minutes have run since minute `start`, in the count."""
    run = minutes_of(unit)
    return bisect_left(run, run[start] + length)


def test_limits_agree_with_a_counter_of_minutes_over_20000_random_cases() -> None:
    random = Random(20_261_122)
    for _case in range(20_000):
        unit = random.choice(list(Unit))
        start = random.randrange(0, 70 * 24 * 60)
        longest = {Unit.WORKING_HOURS: 90 * 60, Unit.WORKING_DAYS: 20 * 24 * 60}.get(unit, 30 * 24 * 60)
        length = random.choice((random.randrange(1, longest), random.randrange(1, 15) * 24 * 60))
        length = min(length, longest)
        at = START + start * MINUTE
        due = WORKING.add(at, Span(length * MINUTE, unit))
        assert due == START + due_by_counting(start, length, unit) * MINUTE, (at, length, unit)
        assert WORKING.between(at, due, unit) == length * MINUTE, (at, length, unit)


def test_what_has_run_between_two_moments_agrees_with_the_counter() -> None:
    random = Random(7)
    for _case in range(500):
        unit = random.choice(list(Unit))
        since, until = sorted(random.randrange(0, DAYS * 24 * 60) for _ in range(2))
        run = timedelta(minutes=minutes_of(unit)[until] - minutes_of(unit)[since])
        assert WORKING.between(START + since * MINUTE, START + until * MINUTE, unit) == run
        assert WORKING.between(START + until * MINUTE, START + since * MINUTE, unit) == -run


moments = st.integers(0, 70 * 24 * 3600).map(lambda seconds: (START + timedelta(seconds=seconds)).astimezone(UTC))
spans = st.builds(
    Span, st.timedeltas(timedelta(seconds=1), timedelta(days=9)), st.sampled_from([Unit.WORKING_HOURS, *Unit])
)


@given(moments, spans)
def test_whoever_comes_later_is_never_due_earlier(at: datetime, span: Span) -> None:
    assert WORKING.add(at, span) <= WORKING.add(at + timedelta(minutes=17), span)


@given(moments, spans, spans)
def test_two_limits_one_after_the_other_are_one(at: datetime, first: Span, second: Span) -> None:
    both = Span(first.length + second.length, first.unit)
    assert WORKING.add(WORKING.add(at, first), Span(second.length, first.unit)) == WORKING.add(at, both)


@given(moments, spans)
def test_a_reminder_comes_as_much_before_as_runs_until_then(at: datetime, span: Span) -> None:
    before = WORKING.before(at, span)
    assert before < at
    assert WORKING.between(before, at, span.unit) == span.length


@given(moments, spans, st.timedeltas(timedelta(), timedelta(days=20)))
def test_a_limit_whose_clock_stood_still_has_as_much_left_as_before(at: datetime, span: Span, still: timedelta) -> None:
    due = WORKING.add(at + timedelta(days=1), span)
    moved = WORKING.moved(due, at, at + still, span.unit)
    assert WORKING.between(at + still, moved, span.unit) == WORKING.between(at, due, span.unit)


@pytest.mark.parametrize(
    ("start", "text", "due"),
    [
        ("2026-11-20T10:00", "3 working days", "2026-11-25T10:00"),  # Friday: Monday, Tuesday, Wednesday
        ("2026-11-22T10:00", "3 working days", "2026-11-26T00:00"),  # Sunday: to the end of Wednesday
        ("2026-09-30T12:00", "1 working day", "2026-10-08T12:00"),  # over the national holiday
        ("2026-10-09T12:00", "1 working day", "2026-10-10T12:00"),  # Saturday, a make-up day
        ("2026-11-20T19:00", "2 working h", "2026-11-23T09:30"),
        ("2026-11-20T03:00", "30 min", "2026-11-20T03:30"),
        ("2026-11-22T10:00", "1 day", "2026-11-23T10:00"),
    ],
)
def test_limits_as_people_count_them(start: str, text: str, due: str) -> None:
    span = read_span(text)
    assert span
    at = datetime.fromisoformat(start).replace(tzinfo=CHINA)
    assert WORKING.add(at, span).astimezone(CHINA).isoformat()[:16] == due


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("24 h", "24 h"),
        ("90 min", "90 min"),
        ("15 working days", "15 working days"),
        ("1 working day", "1 working days"),
        ("1.5 days", "1.5 days"),
        ("2 working hours", "2 working h"),
        ("90 working min", "90 working min"),
    ],
)
def test_a_length_is_read_and_written(text: str, again: str) -> None:
    span = read_span(text)
    assert str(span) == again
    assert read_span(again) == span


@pytest.mark.parametrize("text", ["", "soon", "24", "-1 h", "0 days", "1 month", "24 h 3 min", "1e3 h"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert read_span(text) is None


def test_a_calendar_that_never_works_does_not_count_for_ever() -> None:
    never = WorkingTime(WorkCalendar(weekdays=frozenset()))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(NeverDue):
        never.add(at, Span(timedelta(hours=1), Unit.WORKING_DAYS))
    with pytest.raises(NeverDue):
        never.before(at, Span(timedelta(hours=1), Unit.WORKING_HOURS))

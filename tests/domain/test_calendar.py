"""Which days are worked, and what a calendar may have wrong."""

from datetime import date, timedelta

import pytest

from desk.domain.calendar import Fault, WorkCalendar, Year, faults

DAY = timedelta(days=1)


def year(holidays: tuple[date, ...] = (), working: tuple[date, ...] = ()) -> Year:
    return Year(frozenset(holidays), frozenset(working))


def test_weekends_holidays_and_make_up_days() -> None:
    calendar = WorkCalendar({2026: year((date(2026, 10, 1),), (date(2026, 10, 10),))})
    assert not calendar.works_on(date(2026, 10, 1))  # a Thursday
    assert calendar.works_on(date(2026, 10, 10))  # a Saturday
    assert not calendar.works_on(date(2026, 10, 11))
    assert calendar.works_on(date(2026, 10, 12))


def test_of_a_year_it_does_not_know_only_weekends_count_and_it_says_so() -> None:
    calendar = WorkCalendar({2026: year()})
    assert calendar.works_on(date(2027, 10, 1))
    assert calendar.unknown_years(date(2026, 12, 1), date(2027, 1, 5)) == (2027,)
    assert calendar.unknown_years(date(2026, 1, 1), date(2026, 12, 31)) == ()


def rest(first: date, days: int) -> tuple[date, ...]:
    return tuple(first + DAY * number for number in range(days))


@pytest.mark.parametrize(
    ("years", "fault"),
    [
        ({2026: year(), 2028: year()}, (Fault.HOLE, 2027, "")),
        ({2026: year((date(2025, 12, 31),))}, (Fault.WRONG_YEAR, 2026, "2025-12-31")),
        ({2026: year((date(2026, 10, 10),), (date(2026, 10, 10),))}, (Fault.BOTH, 2026, "2026-10-10")),
        ({2026: year(working=(date(2026, 10, 12),))}, (Fault.NOT_NEEDED, 2026, "2026-10-12")),
        ({2026: year(rest(date(2026, 3, 2), 40))}, (Fault.NO_WORK, 2026, "2026-02-27")),
        (
            {2026: year(rest(date(2026, 12, 1), 31)), 2027: year(rest(date(2027, 1, 1), 4))},
            (Fault.NO_WORK, 2026, "2026-11-30"),
        ),
    ],
)
def test_what_cannot_be_is_found(years: dict[int, Year], fault: tuple[Fault, int, str]) -> None:
    assert fault in faults(WorkCalendar(years))


def test_wherever_a_rest_of_more_than_a_month_lies_it_is_found_and_a_shorter_one_is_none() -> None:
    for start in range(0, 330, 7):
        first = date(2026, 1, 5) + DAY * start  # a Monday
        assert (
            any(
                f[0] is Fault.NO_WORK
                for f in faults(WorkCalendar({2026: year(rest(first, 34)), 2027: year(rest(first, 34))}))
            )
            or (first + DAY * 33).year > 2026
        )
        assert faults(WorkCalendar({2026: year(rest(first, 26))})) == [] or (first + DAY * 25).year > 2026


def test_nothing_is_wrong_with_a_plain_calendar() -> None:
    assert faults(WorkCalendar()) == []
    assert faults(WorkCalendar({2026: year(), 2027: year()})) == []

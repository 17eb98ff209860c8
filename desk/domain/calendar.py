"""The calendar that working time is counted in: weekends, public holidays and the make-up days (调休) for them.

A year is known when the calendar lists it. Of a year that it does not know (the government announces each one in the
autumn before) only the weekends are counted, and `unknown_years` tells of it, because a limit computed so may be wrong.
A value; pure, any thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import Enum

WEEKDAYS = frozenset(range(5))  # Monday is 0


@dataclass(frozen=True, slots=True)
class Year:
    """`holidays`: days off that a plain week has as working days, or that carry a name; `working`: days of a weekend
    on which people work."""

    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`opens`, `closes`: local; when the office is there on a working day (for limits in working hours)."""

    years: Mapping[int, Year] = field(default_factory=dict)
    opens: time = time(8, 30)
    closes: time = time(20, 0)
    weekdays: frozenset[int] = WEEKDAYS

    def works_on(self, day: date) -> bool:
        year = self.years.get(day.year)
        if year is not None:
            if day in year.holidays:
                return False
            if day in year.working:
                return True
        return day.weekday() in self.weekdays

    def unknown_years(self, start: date, until: date) -> tuple[int, ...]:
        """Years from `start` to `until`, both included, of which only the weekends are known."""
        return tuple(year for year in range(start.year, until.year + 1) if year not in self.years)


class Fault(Enum):
    """What a calendar may have wrong."""

    WRONG_YEAR = "wrong_year"  # a day stands under another year's heading
    BOTH = "both"  # a day is off and worked at once
    HOLE = "hole"  # a year is missing between years that are there
    NO_WORK = "no_work"  # weeks without a single working day: nothing would ever fall due
    NOT_NEEDED = "not_needed"  # "working" names a day that is worked anyway: most likely the wrong date


LONGEST_REST = timedelta(days=31)


def faults(calendar: WorkCalendar) -> list[tuple[Fault, int, str]]:
    """What is wrong with it: the fault, the year it is in, and the day (ISO) or ""."""
    found: list[tuple[Fault, int, str]] = []
    for number, year in sorted(calendar.years.items()):
        days = sorted(year.holidays | year.working)
        found += [(Fault.WRONG_YEAR, number, day.isoformat()) for day in days if day.year != number]
        found += [(Fault.BOTH, number, day.isoformat()) for day in sorted(year.holidays & year.working)]
        found += [
            (Fault.NOT_NEEDED, number, day.isoformat())
            for day in sorted(year.working - year.holidays)
            if day.weekday() in calendar.weekdays
        ]
        found += _rests(calendar, number)
    known = sorted(calendar.years)
    missing = sorted(set(range(known[0], known[-1])) - set(known)) if known else []
    return found + [(Fault.HOLE, year, "") for year in missing]


def _rests(calendar: WorkCalendar, year: int) -> list[tuple[Fault, int, str]]:
    """A rest that is too long has a day off wherever one looks in steps of its length."""
    start, steps = date(year, 1, 1), range(0, 366, LONGEST_REST.days)
    for looked_at in (start + timedelta(days=number) for number in steps):
        worked = _worked(calendar, looked_at, -1)
        if _worked(calendar, looked_at, 1) - worked > LONGEST_REST:
            return [(Fault.NO_WORK, year, worked.isoformat())]
    return []


def _worked(calendar: WorkCalendar, day: date, step: int) -> date:
    """The nearest day from here on that is worked, in this direction; a year off where there is none."""
    for number in range(366):
        here = day + timedelta(days=step * number)
        if calendar.works_on(here):
            return here
    return day + timedelta(days=step * 366)

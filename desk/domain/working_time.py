"""Counting working time: when a limit of so many hours or working days runs out, and how much of it has passed.

Each unit is a measure laid along the time line: hours and days run always, working days run around the clock on days
that are worked, working hours run while the office is open on them. `add` gives the earliest moment at which so much
has run, `between` says how much has; so counting can be taken up again where it stopped (a suspension), and whoever
files later is never due earlier. The surprising consequence: three working days from a Sunday end with the Wednesday,
from a Friday at 10:00 with the Wednesday at 10:00. Pure, any thread; a walk over the days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from typing import assert_never

from desk.domain.calendar import WorkCalendar

CHINA = timezone(timedelta(hours=8), "CST")
_MOST_DAYS = 4000  # further ahead no limit lies; a calendar that never works must not be walked for ever
_DAY = timedelta(days=1)


class Unit(Enum):
    HOURS = "h"
    DAYS = "days"
    WORKING_HOURS = "working h"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Span:
    """So much of a unit; `length` counts a day as 24 hours. "24 h", "30 min", "3 working days" in files."""

    length: timedelta
    unit: Unit = Unit.HOURS

    def __str__(self) -> str:
        hours = self.length / timedelta(hours=1)
        match self.unit:
            case Unit.HOURS | Unit.WORKING_HOURS:
                minutes = round(hours * 60)
                working = "working " if self.unit is Unit.WORKING_HOURS else ""
                return f"{minutes} {working}min" if minutes % 60 else f"{minutes // 60} {working}h"
            case Unit.DAYS | Unit.WORKING_DAYS:
                return f"{hours / 24:g} {self.unit.value}"
            case _:
                assert_never(self.unit)


_SPAN = re.compile(r"\s*(\d{1,5}(?:\.\d{1,2})?)\s*(working\s+)?(min|minutes?|h|hours?|d|days?)\s*")


def read_span(text: str) -> Span | None:
    """ "24 h", "30 min", "3 days", "2 working h", "15 working days"; None where it is none, or is nothing."""
    found = _SPAN.fullmatch(text)
    if found is None or float(found[1]) == 0:
        return None
    amount, working, word = float(found[1]), bool(found[2]), found[3]
    if word.startswith("d"):
        return Span(timedelta(days=amount), Unit.WORKING_DAYS if working else Unit.DAYS)
    length = timedelta(minutes=amount) if word.startswith("m") else timedelta(hours=amount)
    return Span(length, Unit.WORKING_HOURS if working else Unit.HOURS)


class NeverDue(Exception):
    """The calendar has no working time in which this could run out."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    zone: tzinfo = CHINA

    def add(self, at: datetime, span: Span) -> datetime:
        """The earliest moment at which `span` has run since `at`. Aware UTC. Raises `NeverDue`."""
        if span.unit in (Unit.HOURS, Unit.DAYS) or not span.length:
            return at + span.length
        left = span.length
        for start, end in self._forward(at, span.unit):
            begin = max(start, at)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise NeverDue(str(span))

    def before(self, at: datetime, span: Span) -> datetime:
        """The latest moment from which `span` has run by `at`: when to remind. Raises `NeverDue`."""
        if span.unit in (Unit.HOURS, Unit.DAYS) or not span.length:
            return at - span.length
        left = span.length
        for start, end in self._backward(at, span.unit):
            finish = min(end, at)
            if finish - start >= left:
                return finish - left
            left -= finish - start
        raise NeverDue(str(span))

    def between(self, since: datetime, until: datetime, unit: Unit) -> timedelta:
        """How much of this unit runs between the two; negative where `until` is the earlier one."""
        if until < since:
            return -self.between(until, since, unit)
        if unit in (Unit.HOURS, Unit.DAYS):
            return until - since
        total = timedelta()
        for start, end in self._forward(since, unit, until):
            total += max(min(end, until) - max(start, since), timedelta())
        return total

    def moved(self, due: datetime, since: datetime, until: datetime, unit: Unit) -> datetime:
        """A limit of this unit whose clock stood still from `since` to `until`: what was overdue stays so."""
        return self.add(due, Span(self.between(since, until, unit), unit))

    def works_on(self, at: datetime) -> bool:
        return self.calendar.works_on(at.astimezone(self.zone).date())

    def _forward(self, at: datetime, unit: Unit, until: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
        """The stretches in which this unit runs, from the one that may hold `at`, to `until` or for a decade."""
        day = at.astimezone(self.zone).date()
        last = until.astimezone(self.zone).date() if until else day + _DAY * _MOST_DAYS
        while day <= last:
            if self.calendar.works_on(day):
                start, end = self._stretch(day, unit)
                if end > at:
                    yield start, end
            day += _DAY

    def _backward(self, at: datetime, unit: Unit) -> Iterator[tuple[datetime, datetime]]:
        day = at.astimezone(self.zone).date()
        for number in range(_MOST_DAYS):
            here = day - _DAY * number
            if self.calendar.works_on(here):
                start, end = self._stretch(here, unit)
                if start < at:
                    yield start, end

    def _stretch(self, day: date, unit: Unit) -> tuple[datetime, datetime]:
        if unit is Unit.WORKING_HOURS:
            return self._at(day, self.calendar.opens), self._at(day, self.calendar.closes)
        return self._at(day, time()), self._at(day + _DAY, time())

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

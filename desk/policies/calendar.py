"""The calendar that working time is counted in, read from calendar.toml. A company's file adds a year by its table, and
replaces one by naming it again. Which years are missing for what is counted now is told by `remarks_for`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import assert_never

from desk.domain.calendar import Fault, WorkCalendar, Year, faults
from desk.i18n import _
from desk.policies.files import Policy, PolicyError, PolicyFolders, Wrong, read_policy

_NAME = "calendar"
_AHEAD = timedelta(days=45)  # limits are set that far ahead
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class RawYear:
    holidays: tuple[str, ...] = ()
    working: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawCalendar:
    opens: str = "08:30"
    closes: str = "20:00"
    week: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    year: Mapping[str, RawYear] = field(default_factory=dict)


def read_calendar(folders: PolicyFolders) -> Policy[WorkCalendar]:
    """Raises `PolicyError` where the shipped one is broken."""
    return read_policy(folders, _NAME, RawCalendar, _build)


def remarks_for(calendar: WorkCalendar, today: date) -> tuple[str, ...]:
    """What is to be told of a calendar now: years that it does not know, although limits fall into them."""
    return tuple(
        _("The calendar does not know {year}: only weekends are counted. Add the year's holidays.").format(year=year)
        for year in calendar.unknown_years(today, today + _AHEAD)
    )


def _build(raw: RawCalendar, wrong: Wrong) -> WorkCalendar:
    opens, closes = _time(raw.opens, "opens", wrong), _time(raw.closes, "closes", wrong)
    if closes <= opens:
        raise wrong(("closes",), _("it closes before it opens"))
    bad = next((day for day in raw.week if day not in _WEEK), None)
    if bad is not None or not raw.week:
        raise wrong(("week",), _("days of the week are mon tue wed thu fri sat sun"))
    years: dict[int, Year] = {}
    for name, year in raw.year.items():
        if not re.fullmatch(r"(19|20|21)\d\d", name):
            raise wrong(("year", name), _("a year has four digits"))
        years[int(name)] = Year(
            _days(year.holidays, ("year", name, "holidays"), wrong),
            _days(year.working, ("year", name, "working"), wrong),
        )
    calendar = WorkCalendar(years, opens, closes, frozenset(map(_WEEK.index, raw.week)))
    for fault, number, day in faults(calendar):
        raise _told(fault, number, day, min(year for year in years if year >= number), wrong)
    return calendar


def _told(fault: Fault, year: int, day: str, table: int, wrong: Wrong) -> PolicyError:
    """`table`: the year's own, or the one after a hole."""
    here = ("year", str(table))
    match fault:
        case Fault.WRONG_YEAR:
            return wrong(here, _("{day} is not in this year").format(day=day))
        case Fault.BOTH:
            return wrong((*here, "working"), _("{day} is both a holiday and a working day").format(day=day))
        case Fault.HOLE:
            return wrong(here, _("the year {year} is missing between those that are there").format(year=year))
        case Fault.NO_WORK:
            reason = _("after {day} there is no working day for a month: nothing would fall due")
            return wrong((*here, "holidays"), reason.format(day=day))
        case Fault.NOT_NEEDED:
            reason = _("{day} is a working day anyway: is the date right?")
            return wrong((*here, "working"), reason.format(day=day))
        case _:
            assert_never(fault)


def _time(text: str, key: str, wrong: Wrong) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise wrong((key,), _("a time is written 08:30")) from error


def _days(texts: Iterable[str], path: tuple[str, ...], wrong: Wrong) -> frozenset[date]:
    """ "2026-01-01", or "2026-02-15..2026-02-23" with both ends."""
    found: set[date] = set()
    for text in texts:
        first, _dots, last = text.partition("..")
        try:
            start, until = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError as error:
            reason = _("{text} is no day: 2026-01-01, or 2026-02-15..2026-02-23").format(text=repr(text[:40]))
            raise wrong(path, reason) from error
        if not 0 <= (until - start).days <= 366:
            raise wrong(path, _("{text} ends before it begins").format(text=text))
        found.update(start + timedelta(days=number) for number in range((until - start).days + 1))
    return frozenset(found)

"""Writes resources/policies/calendar.toml from the chinesecalendar library (MIT): the days off and the make-up days of
every year that it knows from SINCE on. Desk reads the file only, so that a company adds the next year as soon as the
government has announced it, without waiting for a library.

Holidays that fall on a weekend are listed as they were announced; make-up days are the weekend days on which people
work. To be run again when the library knows another year."""

import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

SINCE = 2020  # nothing that is still open was filed earlier
HEADER = """\
# The Chinese calendar of holidays and make-up days, which working days are counted by. The government announces a year
# in the autumn before; a company adds it in a file of this name in its folder (`[policies] folder` of the settings),
# by a table [year.2027] with the same two keys. A year that is missing is told: only its weekends are counted.
#
# holidays: days off, "2026-10-01..2026-10-07" with both ends. working: days of a weekend on which people work (调休).
# Made by tools/calendar_seed.py from chinesecalendar (MIT).

week = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:30"  # the office, on a working day: what limits in working hours are counted in
closes = "20:00"
"""


def stretches(days: Iterable[date]) -> list[str]:
    """Days in a row as one text."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return [f"{run[0]}..{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in found]


def listed(key: str, days: Iterable[date]) -> list[str]:
    texts = ", ".join(f'"{text}"' for text in stretches(days))
    return (
        [f"{key} = [", *(f"  {part}," for part in texts.split(", ")), "]"]
        if len(texts) > 100
        else [f"{key} = [{texts}]"]
    )


def main() -> None:
    lines = [HEADER]
    for year in sorted({day.year for day in (*holidays, *workdays) if day.year >= SINCE}, reverse=True):
        lines.append(f"[year.{year}]")
        lines += listed("holidays", (day for day in holidays if day.year == year))
        # A make-up day that is no weekend day says nothing: it is worked anyway.
        lines += listed("working", (day for day in workdays if day.year == year and day.weekday() > 4))
        lines.append("")
    Path(sys.argv[1]).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

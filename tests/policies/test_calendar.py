"""The calendar from its files: the shipped one against the library it is made from; what a company may get wrong."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from desk.domain.calendar import WorkCalendar
from desk.policies.calendar import read_calendar, remarks_for
from desk.policies.files import PolicyFolders
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"


def company(tmp_path: Path, text: str) -> PolicyFolders:
    (tmp_path / "calendar.toml").write_text(text)
    return PolicyFolders(SHIPPED, tmp_path)


def test_every_day_of_the_shipped_years_is_worked_or_not_as_the_library_has_it() -> None:
    calendar = read_calendar(PolicyFolders(SHIPPED)).value
    assert sorted(calendar.years) == list(range(2020, 2027))
    day = date(2020, 1, 1)
    while day.year < 2027:
        assert calendar.works_on(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_a_company_adds_a_year(tmp_path: Path) -> None:
    text = '[year.2027]\nholidays = ["2027-01-01", "2027-02-05..2027-02-11"]\nworking = ["2027-02-13"]\n'
    policy = read_calendar(company(tmp_path, text))
    assert policy.troubles == ()
    assert not policy.value.works_on(date(2027, 2, 8))
    assert policy.value.works_on(date(2027, 2, 13))  # a Saturday
    assert not policy.value.works_on(date(2026, 10, 1))  # and keeps those that are shipped


def test_a_year_that_it_does_not_know_is_told_as_soon_as_limits_fall_into_it() -> None:
    calendar = read_calendar(PolicyFolders(SHIPPED)).value
    assert remarks_for(calendar, date(2026, 11, 1)) == ()
    (remark,) = remarks_for(calendar, date(2026, 11, 22))
    assert "2027" in remark
    assert len(remarks_for(WorkCalendar(), date(2026, 12, 31))) == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[year.2028]\n", 1, "the year 2027 is missing"),
        ('[year.2027]\nholidays = ["2026-12-31..2027-01-02"]\n', 1, "2026-12-31 is not in this year"),
        ('[year.2027]\nholidays = ["2027-05-01"]\nworking = ["2027-05-01"]\n', 3, "both a holiday and a working day"),
        ('[year.2027]\nworking = ["2027-02-12"]\n', 2, "2027-02-12 is a working day anyway"),
        ('[year.2027]\nholidays = ["2027-02-05..2027-04-05"]\n', 2, "no working day for a month"),
        ('[year.2027]\nholidays = [\n  "5 February",\n]\n', 2, "'5 February' is no day"),
        ('[year.2027]\nholidays = ["2027-02-11..2027-02-05"]\n', 2, "ends before it begins"),
        ("[year.next]\n", 1, "a year has four digits"),
        ('opens = "half past eight"\n', 1, "a time is written 08:30"),
        ('closes = "08:00"\n', 1, "closes before it opens"),
        ('week = ["monday"]\n', 1, "days of the week are mon"),
        ("week = []\n", 1, "days of the week are mon"),
        ('[year.2027]\nworking = "2027-02-13"\n', 2, "working has the wrong kind of value"),
    ],
)
def test_a_calendar_that_cannot_be_is_told_with_its_line_and_changes_nothing(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    policy = read_calendar(company(tmp_path, text))
    assert policy.value == read_calendar(PolicyFolders(SHIPPED)).value
    (trouble,) = policy.troubles
    assert said in trouble.reason
    assert trouble.line == line

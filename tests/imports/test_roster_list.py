"""Rosters in files."""

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId
from desk.domain.roster import ShiftKind, ShiftPolicy
from desk.domain.roster_rows import Reading
from desk.imports.cells import ImportFileError
from desk.imports.roster_list import read_roster
from tests.imports.workbook import Cell, Xml, write_xlsx

READING = Reading(
    (Staff(StaffId("s1"), "1001", "张三", Duty.AGENT),),
    ShiftPolicy(kinds=(ShiftKind("early", "早班", time(8, 30), time(14, 15), ("早",)),)),
    ZoneInfo("Asia/Shanghai"),
    date(2026, 11, 22),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_in_any_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "排班.csv"
    file.write_text("工号,姓名,11-23,11-24\n1001,张三,早,休\n", encoding=encoding)
    read = read_roster(file, READING)
    assert [turn.who for turn in read.turns] == ["1001"]
    assert not read.problems


def test_days_and_hours_that_a_workbook_keeps_as_numbers(tmp_path: Path) -> None:
    day, start, until = (Xml(f"<v>{value}</v>", 's="1"') for value in (46349, 0.3541666666666667, 0.59375))
    rows: list[list[Cell]] = [["日期", "工号", "开始", "结束"], [day, 1001, start, until]]
    (turn,) = read_roster(write_xlsx(tmp_path / "a.xlsx", rows), READING).turns
    assert f"{turn.start.astimezone(READING.zone):%Y-%m-%d %H:%M}" == "2026-11-23 08:30"
    assert f"{turn.until.astimezone(READING.zone):%H:%M}" == "14:15"


def test_days_along_the_top_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["工号", "姓名", Xml("<v>46349</v>", 's="1"'), Xml("<v>46350</v>", 's="1"')],
        [1001, "张三", "早", "早"],
    ]
    read = read_roster(write_xlsx(tmp_path / "a.xlsx", rows), READING)
    assert [turn.start.astimezone(READING.zone).day for turn in read.turns] == [23, 24]


def test_a_file_that_is_no_list_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError):
        read_roster(tmp_path / "nothing.xlsx", READING)

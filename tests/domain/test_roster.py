"""Rosters as people write them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId
from desk.domain.roster import ShiftKind, ShiftPolicy, holes, overlapping
from desk.domain.roster_rows import Reading, RosterFault, read_day, read_hours, read_line, read_table
from desk.domain.shifts import DutyTurn, Post

CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 22)  # a Sunday
POLICY = ShiftPolicy(
    kinds=(
        ShiftKind("early", "早班", time(8, 30), time(14, 15), ("早",)),
        ShiftKind("late", "中班", time(14, 15), time(20, 0), ("中",)),
        ShiftKind("night", "夜班", time(20, 0), time(8, 30), ("夜",), Post.MONITORING),
    )
)
STAFF = (
    Staff(StaffId("s1"), "1001", "张三", Duty.AGENT),
    Staff(StaffId("s2"), "1002", "李四", Duty.AGENT),
    Staff(StaffId("s3"), "1003", "李四", Duty.AGENT),
    Staff(StaffId("s4"), "2001", "孙师傅", Duty.HANDLER),
)
READING = Reading(STAFF, POLICY, CHINA, TODAY)


def table(text: str) -> list[tuple[int, list[str]]]:
    return [(number, line.split("|")) for number, line in enumerate(text.strip().split("\n"), 1)]


def shown(turns: tuple[DutyTurn, ...]) -> list[str]:
    return [
        f"{t.who} {t.post.value} {t.start.astimezone(CHINA):%m-%d %H:%M}-{t.until.astimezone(CHINA):%H:%M}"
        for t in turns
    ]


def test_people_down_the_side_and_days_along_the_top() -> None:
    read = read_table(
        table(
            """
客服中心十一月排班表
工号|姓名|11/23|11月24日(周二)|2026-11-25
||周一|周二|周三
1001|张三|早|休|夜
2001|孙师傅|夜班||夜
备注：节假日另行通知"""
        ),
        READING,
    )
    assert not read.problems
    assert read.people == {"1001", "2001"}
    assert read.days == (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25))
    assert shown(read.turns) == [
        "1001 agent 11-23 08:30-14:15",
        "2001 handler 11-23 20:00-08:30",
        "1001 monitoring 11-25 20:00-08:30",
        "2001 handler 11-25 20:00-08:30",
    ]


def test_one_line_one_turn_and_the_day_stands_once_in_merged_cells() -> None:
    read = read_table(
        table("日期|姓名|班次|开始时间|结束时间\n11-23|张三|早班||\n|孙师傅||18:00|次日\n|孙师傅||18:00|8:30"), READING
    )
    assert shown(read.turns) == ["1001 agent 11-23 08:30-14:15", "2001 handler 11-23 18:00-08:30"]
    assert [(p.row, p.fault) for p in read.problems] == [(3, RosterFault.SHIFT_MISSING)]


def test_two_shifts_in_one_cell_are_two_turns() -> None:
    read = read_table(table("姓名|11-23\n张三|早/中"), READING)
    assert [f"{t.start.astimezone(CHINA):%H:%M}" for t in read.turns] == ["08:30", "14:15"]


@pytest.mark.parametrize(
    ("rows", "row", "fault"),
    [
        ("项目|楼栋\n花园|5", 1, RosterFault.NO_HEADING),
        ("工号|11-23\n9999|早", 2, RosterFault.PERSON_UNKNOWN),
        ("姓名|11-23\n李四|早", 2, RosterFault.PERSON_TWICE),
        ("工号|11-23\n1001|通宵", 2, RosterFault.SHIFT_UNKNOWN),
        ("日期|工号|班次\n13-45|1001|早", 2, RosterFault.DAY_UNREADABLE),
        ("日期|工号|班次\n|1001|早", 2, RosterFault.DAY_MISSING),
    ],
)
def test_what_cannot_be_read_is_told_with_its_row(rows: str, row: int, fault: RosterFault) -> None:
    read = read_table(table(rows), READING)
    assert [(p.row, p.fault) for p in read.problems] == [(row, fault)]
    assert not read.turns


def test_the_others_are_read_all_the_same() -> None:
    read = read_table(table("工号|11-23\n9999|早\n1001|早"), READING)
    assert len(read.turns) == 1
    assert len(read.problems) == 1


def test_one_person_at_two_places_is_told_and_stands_once() -> None:
    read = read_table(table("日期|工号|班次\n11-23|1001|早班\n11-23|1001|09:00-12:00"), READING)
    assert len(read.turns) == 1
    assert [p.fault for p in read.problems] == [RosterFault.OVERLAPS]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("11/23", date(2026, 11, 23)),
        ("11月23日(周一)", date(2026, 11, 23)),
        ("1-2", date(2027, 1, 2)),
        ("今天", TODAY),
        ("明天", date(2026, 11, 23)),
        ("周三", date(2026, 11, 25)),
        ("周日", TODAY),
        ("2-30", None),
        ("早班", None),
        ("", None),
    ],
)
def test_days_in_every_shape(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize("text", ["08:30-14:15", "0830-1415", "８：３０—１４：１５", "8:30至14:15", "8:30 ~ 14:15"])
def test_hours_in_every_shape(text: str) -> None:
    assert read_hours(text) == (time(8, 30), time(14, 15))


@pytest.mark.parametrize("text", ["25:00-26:00", "8-14", "08:30", "", "08:30-08:30"])
def test_no_hours(text: str) -> None:
    assert read_hours(text) is None


def test_a_typed_line_in_any_order() -> None:
    made = read_line("早班 张三 明天 A区", READING)
    assert isinstance(made, DutyTurn)
    assert (made.who, made.area, made.start.astimezone(CHINA).hour) == ("1001", "A区", 8)


@given(st.text(max_size=40))
def test_any_line_makes_a_turn_or_a_reason(line: str) -> None:
    read_line(line, READING)


@given(
    st.lists(
        st.lists(st.sampled_from(["工号", "11-23", "1001", "早", "休", "", "x", "日期", "班次"]), max_size=5),
        max_size=6,
    )
)
def test_any_sheet_is_read_to_its_end(rows: list[list[str]]) -> None:
    read = read_table(list(enumerate(rows, 1)), READING)
    assert not overlapping(read.turns)


def turn(start_h: float, until_h: float, who: str = "1001") -> DutyTurn:
    day = datetime(2026, 11, 23, tzinfo=CHINA)
    begins, ends = day + timedelta(hours=start_h), day + timedelta(hours=until_h)
    return DutyTurn(f"{who} {start_h}", who, Post.AGENT, begins, ends)


@given(st.lists(st.tuples(st.integers(0, 46), st.integers(1, 8)), max_size=8))
def test_holes_are_the_minutes_that_no_turn_covers(spans: list[tuple[int, int]]) -> None:
    """Against looking at every quarter of an hour."""
    turns = [turn(start / 2, (start + length) / 2, f"10{place:02}") for place, (start, length) in enumerate(spans)]
    policy = ShiftPolicy()
    found = holes(turns, date(2026, 11, 23), policy, CHINA)
    at = datetime(2026, 11, 23, 8, 30, tzinfo=CHINA)
    while at < datetime(2026, 11, 23, 20, 0, tzinfo=CHINA):
        covered = any(t.start <= at < t.until for t in turns)
        assert covered is not any(begins <= at < ends for begins, ends in found)
        at += timedelta(minutes=15)

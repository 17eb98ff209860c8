from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.routes import (
    Asked,
    Days,
    Fault,
    Hours,
    Part,
    Register,
    Route,
    RouteTable,
    TableFault,
    Who,
    circles,
    covers,
    faults_against,
    faults_within,
)

CHINA = timezone(timedelta(hours=8))
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
SATURDAY = date(2026, 11, 28)
NIGHT = Hours("night", time(20), time(8, 30))
REST = Hours("rest", days=Days.REST)
TABLE = RouteTable(
    routes=(
        Route(handler="H1", lead="L1", line=3),
        Route("repair", handler="H2", line=7),
        Route("repair.water", handler="H3", backup="H4", lead="L1", line=11),
        Route("repair.water", area="一区", handler="H5", line=15),
        Route("repair.water", hours="night", who=Who.ON_DUTY, handler="H6", lead="L1", line=19),
        Route("repair.water.tap", handler="H7", line=23),
    ),
    hours={"night": NIGHT, "rest": REST},
    backups={"H3": "H8", "H4": "H9", "H8": "H3"},
)


def works(day: date) -> bool:
    return day.weekday() < 5


def handler(category: str, area: str = "", at: datetime = MONDAY_NOON, table: RouteTable = TABLE) -> str:
    route = table.route_for(category, area, at, works)
    return route.handler if route else ""


def test_the_most_exact_line_wins_wherever_it_stands() -> None:
    assert handler("inquiry.fee") == "H1"
    assert handler("repair.power.socket") == "H2"
    assert handler("repair.water.drain") == "H3"
    assert handler("repair.water.drain", "一区") == "H5"
    assert handler("repair.water.tap", "一区") == "H7"  # the category counts before the area
    upside_down = replace(TABLE, routes=TABLE.routes[::-1])
    assert handler("repair.water.drain", "一区", table=upside_down) == "H5"


def test_a_line_for_some_hours_stands_before_one_for_all() -> None:
    assert handler("repair.water.drain", at=MONDAY_NOON.replace(hour=21)) == "H6"
    assert handler("repair.water.tap", "一区", at=MONDAY_NOON.replace(hour=21)) == "H6"  # the day's people are at home
    assert handler("repair.water.drain", at=MONDAY_NOON.replace(hour=8, minute=30)) == "H3"


def test_a_branch_does_not_take_one_whose_name_only_begins_alike() -> None:
    assert covers("repair.water", "repair.water.tap")
    assert not covers("repair.water", "repair.waterproofing.roof")
    assert covers("", "praise.staff")


@pytest.mark.parametrize(
    ("hours", "clock", "fits"),
    [
        (NIGHT, "19:59", False),
        (NIGHT, "20:00", True),
        (NIGHT, "23:59", True),
        (NIGHT, "00:00", True),
        (NIGHT, "08:29", True),
        (NIGHT, "08:30", False),
        (Hours("day", time(8, 30), time(20)), "08:30", True),
        (Hours("day", time(8, 30), time(20)), "20:00", False),
        (Hours("whole"), "03:00", True),
    ],
)
def test_hours_hold_from_their_start_to_before_their_end(hours: Hours, clock: str, fits: bool) -> None:
    at = datetime.combine(MONDAY_NOON.date(), time.fromisoformat(clock), CHINA)
    assert hours.fit(at, works) is fits


def test_the_night_of_a_working_day_is_still_that_day_s_after_midnight() -> None:
    night = replace(NIGHT, days=Days.WORKING)
    friday_night = datetime.combine(SATURDAY, time(3), CHINA)
    assert night.fit(friday_night, works)
    assert not night.fit(friday_night.replace(hour=21), works)
    assert REST.fit(friday_night, works)


def test_handler_then_backups_then_lead_are_asked_and_nobody_twice() -> None:
    route = TABLE.routes[2]
    assert TABLE.asked(route) == (
        Asked("H3", Part.HANDLER),
        Asked("H4", Part.BACKUP),
        Asked("H9", Part.BACKUP),
        Asked("H8", Part.BACKUP),
        Asked("L1", Part.LEAD),
    )


def test_whoever_is_on_duty_is_asked_first_and_the_line_s_own_handler_after_them() -> None:
    route = TABLE.routes[4]
    assert [one.number for one in TABLE.asked(route, ("H2", "H9"))] == ["H2", "H9", "H6", "L1"]
    assert TABLE.asked(route) == (Asked("H6", Part.HANDLER), Asked("L1", Part.LEAD))


def test_a_lead_who_is_also_the_handler_is_asked_once_as_the_handler() -> None:
    route = Route(handler="L1", lead="L1")
    assert TABLE.asked(route) == (Asked("L1", Part.HANDLER),)


def test_a_table_that_cannot_be_used_says_which_line_and_why() -> None:
    table = RouteTable(
        routes=(
            Route("repair", line=4),
            Route("repair.water", handler="H1", backup="H1", line=8),
            Route("repair.water", handler="H2", line=12),
            Route("complaint", handler="H3", hours="noon", line=16),
        ),
        backups={"A": "B", "B": "C", "C": "A"},
    )
    assert faults_within(table, {"A": 20, "B": 21, "C": 22}) == [
        TableFault(4, Fault.NOBODY, "repair"),
        TableFault(8, Fault.OWN_BACKUP, "H1"),
        TableFault(12, Fault.TWICE, "repair.water"),
        TableFault(16, Fault.NO_HOURS, "noon"),
        TableFault(22, Fault.CIRCLE, "A → B → C → A"),
    ]


def test_a_table_that_is_right_has_no_faults_within() -> None:
    assert faults_within(replace(TABLE, backups={"H3": "H8", "H8": "H9"}), {}) == []


REGISTER = Register(
    working=frozenset({"H1", "H2"}),
    left=frozenset({"H3"}),
    categories=frozenset({"repair.water.tap", "repair.power.socket", "praise.staff"}),
    areas=frozenset({"一区"}),
)


def test_people_places_and_categories_that_are_not_there_are_told_with_their_line() -> None:
    table = RouteTable(
        routes=(
            Route("repair.water", handler="H1", backup="H3", lead="H9", line=3),
            Route("repair.gas", area="九区", handler="H2", line=7),
        ),
        backups={"H1": "H7"},
    )
    found = faults_against(table, REGISTER, {"H1": 12})
    assert found == [
        TableFault(3, Fault.LEFT, "H3"),
        TableFault(3, Fault.NOT_ON_STAFF, "H9"),
        TableFault(7, Fault.NO_CATEGORY, "repair.gas"),
        TableFault(7, Fault.NO_AREA, "九区"),
        TableFault(12, Fault.NOT_ON_STAFF, "H7"),
        TableFault(0, Fault.NOT_COVERED, "praise"),
        TableFault(0, Fault.NOT_COVERED, "repair.power"),
    ]


def test_a_table_without_lines_covers_nothing_and_is_no_fault() -> None:
    assert faults_against(RouteTable(), REGISTER, {}) == []


NUMBERS = st.sampled_from("ABCDEFGH")


@given(st.dictionaries(NUMBERS, NUMBERS))
def test_stand_ins_end_whatever_the_table_says_and_circles_are_found_exactly(backups: dict[str, str]) -> None:
    table = RouteTable(backups=backups)
    for number in backups:
        following = table.stand_ins(number)
        assert number not in following
        assert len(set(following)) == len(following)

    def comes_back(start: str) -> bool:
        number = start
        for _step in range(len(backups) + 1):
            number = backups.get(number, "")
            if number == start:
                return True
        return False

    in_circles = {number for circle in circles(backups) for number in circle}
    assert in_circles == {number for number in backups if comes_back(number)}

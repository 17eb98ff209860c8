"""A staff list against the register: what differs, what is wrong, what is missing."""

import pytest

from desk.domain.estate import Building, Duty, Estate, Staff
from desk.domain.identity import BuildingId, EstateId, StaffId
from desk.domain.import_plan import Outcome, Planned
from desk.domain.import_rows import Problem, RowFault
from desk.domain.staff_list import Ground, StaffColumn, StaffRow, leaves_no_supervisor, plan, read_row

LEADER = Staff(StaffId("s9"), "9001", "王芳", Duty.SUPERVISOR, "13800138000")
AGENT = Staff(StaffId("s1"), "1001", "张三", Duty.AGENT)
LEFT = Staff(StaffId("s0"), "1002", "李四", Duty.AGENT, active=False)
GROUND = Ground(
    (LEADER, AGENT, LEFT),
    (Estate(EstateId("e1"), "万达花园"), Estate(EstateId("e2"), "文德花园")),
    tuple(
        Building(BuildingId(f"b{n}"), EstateId(estate), str(n), f"{n}栋", area=area)
        for n, (estate, area) in enumerate((("e1", "A区"), ("e1", "B区"), ("e2", "A区")))
    ),
)


def row(number: str, name: str = "", duty: Duty | None = None, **more: object) -> StaffRow:
    return StaffRow(5, number, name, duty, **more)  # type: ignore[arg-type]


def planned(*rows: StaffRow, ending: bool = False) -> tuple[list[Planned], list[Problem]]:
    found, problems = plan(rows, GROUND, ending=ending)
    return [one for one in found if one.outcome is not Outcome.MISSING], problems


def test_somebody_new_is_the_same_person_at_every_seat() -> None:
    (one,), problems = planned(row("2001", "赵六", Duty.HANDLER, phone="13900139000"))
    assert not problems
    assert (one.outcome, one.patch["duty"], one.patch["active"]) == (Outcome.NEW, "handler", True)
    assert planned(row("2001", "孙七", Duty.AGENT))[0][0].entity_id == one.entity_id


def test_only_what_differs_is_written_and_an_empty_cell_says_nothing() -> None:
    assert planned(row("9001", "王芳", Duty.SUPERVISOR), row("1001")) == ([], [])
    (one,), _problems = planned(row("1001", "张三", Duty.SUPERVISOR, phone="8001"))
    assert (one.entity_id, one.patch, one.before) == (
        "s1",
        {"phone": "8001", "duty": "supervisor"},
        {"phone": "", "duty": "agent"},
    )


def test_who_has_left_stays_so_until_the_list_says_otherwise() -> None:
    assert planned(row("1002", "李四", Duty.AGENT))[0] == []
    assert [one.patch for one in planned(row("1002", active=True))[0]] == [{"active": True}]


def test_who_is_missing_is_told_and_ended_on_order() -> None:
    told, _problems = plan([row("9001")], GROUND, ending=False)
    assert [(one.outcome, one.entity_id) for one in told] == [(Outcome.MISSING, "s1")]
    ended, _problems = plan([row("9001")], GROUND, ending=True)
    assert [(one.outcome, one.patch) for one in ended] == [(Outcome.ENDED, {"active": False})]


def test_a_list_that_leaves_no_supervisor_is_found_out() -> None:
    for rows, none in (
        ([row("9001", active=False)], True),
        ([row("9001", duty=Duty.AGENT)], True),
        ([row("9001", active=False), row("2001", "赵六", Duty.SUPERVISOR)], False),
        ([row("1001", duty=Duty.AGENT)], False),
    ):
        assert leaves_no_supervisor(planned(*rows)[0], GROUND.staff) is none
    assert leaves_no_supervisor(plan([], GROUND, ending=True)[0], GROUND.staff)
    assert not leaves_no_supervisor([], [AGENT])


@pytest.mark.parametrize(
    ("estate", "buildings"), [("", ["b0", "b2"]), ("万达花园", ["b0"]), ("文德花园", ["b2"]), ("elsewhere", [])]
)
def test_an_area_assistant_gets_the_buildings_of_their_area(estate: str, buildings: list[str]) -> None:
    found, problems = planned(row("2001", "赵六", Duty.AREA_ASSISTANT, estate=estate, areas=("A区",)))
    new, *areas = found
    assert [one.entity_id for one in areas] == buildings
    assert all(one.patch == {"area_assistant_id": new.entity_id} for one in areas)
    assert [problem.fault for problem in problems] == ([] if buildings else [RowFault.AREA_UNKNOWN])
    assert not any(problem.grave for problem in problems)


def test_rows_that_cannot_be_are_told() -> None:
    rows = [row("1001"), row("1001"), row("2001", "赵六"), row("2002", "", Duty.AGENT)]
    assert [(one.fault, one.value) for one in planned(*rows)[1]] == [
        (RowFault.WORK_NUMBER_TWICE, "1001"),
        (RowFault.DUTY_UNKNOWN, "2001"),
        (RowFault.STAFF_NAME_MISSING, "2002"),
    ]


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        (StaffColumn.NUMBER, "", RowFault.WORK_NUMBER),
        (StaffColumn.NUMBER, "10 01", RowFault.WORK_NUMBER),
        (StaffColumn.NUMBER, "1" * 65, RowFault.WORK_NUMBER),
        (StaffColumn.NAME, "王" * 65, RowFault.NAME_LONG),
        (StaffColumn.DUTY, "boss", RowFault.DUTY_UNKNOWN),
        (StaffColumn.PHONE, "13800138000 13900139000", RowFault.NUMBER_LONG),
        (StaffColumn.ACTIVE, "maybe", RowFault.AT_WORK_UNKNOWN),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_by_row_and_column(column: StaffColumn, text: str, fault: RowFault) -> None:
    cells = {StaffColumn.NUMBER: ("工号", "1001"), column: ("heading", text)}
    assert read_row(7, cells)[1] == [Problem(7, "heading", fault, text[:40])]


def test_a_row_is_read_with_all_it_says() -> None:
    texts = {"number": "2001", "name": "赵六", "duty": "管家", "phone": "8001", "area": "A区、B区", "active": "在职"}
    found, problems = read_row(3, {StaffColumn(name): (name, text) for name, text in texts.items()})
    assert not problems
    assert found == StaffRow(3, "2001", "赵六", Duty.AREA_ASSISTANT, "8001", "", ("A区", "B区"), active=True)

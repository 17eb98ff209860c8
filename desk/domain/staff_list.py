"""The hotline's own people as a list says them, against the staff that the register has: who is new, who has another
duty or telephone, who is missing. Texts of a sheet in; nothing is guessed and nothing is dropped in silence. An empty
cell says nothing. Pure functions.

Whoever looks after an area is named by its list, too: an area assistant with an area becomes the one of its
buildings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from desk.domain.changes import FieldValue
from desk.domain.estate import Building, Duty, Estate, Staff
from desk.domain.import_plan import Known, Outcome, Planned, differing, natural_id
from desk.domain.import_rows import LONGEST_NAME, MOST_DIGITS, Problem, RowFault
from desk.domain.patches import patch_of

LONGEST_NUMBER = 64  # the centre takes no longer author of a change


class StaffColumn(Enum):
    """What a column of the sheet may be."""

    NUMBER = "number"
    NAME = "name"
    DUTY = "duty"
    PHONE = "phone"
    ESTATE = "estate"
    AREA = "area"
    ACTIVE = "active"


NEEDED = (StaffColumn.NUMBER, StaffColumn.NAME, StaffColumn.DUTY)
# The words that such lists use.
DUTIES: Mapping[str, Duty] = {
    word: duty
    for duty, words in {
        Duty.AGENT: "agent 坐席 热线坐席 客服 客服专员 客服员 热线 值班员 话务员 接线员",
        Duty.SUPERVISOR: "supervisor 主管 热线主管 客服主管 班长 组长 值班长 客服经理",
        Duty.AREA_ASSISTANT: "area_assistant 片区助理 事务助理 助理 管家 楼栋管家 片区管家 客户助理",
        Duty.HANDLER: "handler 服务人员 维修 维修工 维修员 维修人员 工程 工程师 水电工 电工 水工 电梯工 保安 秩序员"
        " 保洁 保洁员 绿化 绿化工",
    }.items()
    for word in words.split()
}
_AT_WORK: Mapping[str, bool] = {
    word: at_work
    for at_work, words in {
        True: "1 是 有 在职 在岗 启用 有效 正常 试用 y yes true active",
        False: "0 否 无 离职 已离职 停用 禁用 无效 退休 n no false left",
    }.items()
    for word in words.split()
}
_AREAS_APART = re.compile(r"[、，,;；/|\s]+")
Cells = Mapping[StaffColumn, tuple[str, str]]  # column -> its heading and the text


@dataclass(frozen=True, slots=True)
class StaffRow:
    """`duty`, `active` None and "" elsewhere: the list says nothing of it."""

    row: int
    number: str
    name: str
    duty: Duty | None
    phone: str = ""
    estate: str = ""
    areas: tuple[str, ...] = ()
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the register knows."""

    staff: Sequence[Staff]
    estates: Sequence[Estate] = ()
    buildings: Sequence[Building] = ()


def read_row(row: int, cells: Cells) -> tuple[StaffRow, list[Problem]]:
    """The row, and what is wrong with it: then it cannot be imported."""
    problems: list[Problem] = []

    def text(column: StaffColumn) -> str:
        return cells[column][1] if column in cells else ""

    def problem(fault: RowFault, column: StaffColumn) -> None:
        problems.append(Problem(row, cells[column][0] if column in cells else "", fault, text(column)[:40]))

    number, name, phone = text(StaffColumn.NUMBER), text(StaffColumn.NAME), text(StaffColumn.PHONE)
    duty, active = DUTIES.get(text(StaffColumn.DUTY).lower()), _AT_WORK.get(text(StaffColumn.ACTIVE).lower())
    if not number or len(number) > LONGEST_NUMBER or any(map(str.isspace, number)):
        problem(RowFault.WORK_NUMBER, StaffColumn.NUMBER)
    if len(name) > LONGEST_NAME:
        problem(RowFault.NAME_LONG, StaffColumn.NAME)
    if duty is None and text(StaffColumn.DUTY):
        problem(RowFault.DUTY_UNKNOWN, StaffColumn.DUTY)
    if active is None and text(StaffColumn.ACTIVE):
        problem(RowFault.AT_WORK_UNKNOWN, StaffColumn.ACTIVE)
    if sum(map(str.isdigit, phone)) > MOST_DIGITS:
        problem(RowFault.NUMBER_LONG, StaffColumn.PHONE)
    areas = tuple(filter(None, _AREAS_APART.split(text(StaffColumn.AREA))))
    return StaffRow(row, number, name, duty, phone, text(StaffColumn.ESTATE), areas, active), problems


def plan(rows: Iterable[StaffRow], ground: Ground, *, ending: bool) -> tuple[list[Planned], list[Problem]]:
    """All that differs. `ending`: who is missing from the list does not work here any more; else they are told."""
    known = {one.number: one for one in sorted(ground.staff, key=lambda one: one.active)}
    planned: list[Planned] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        if row.number in seen:
            problems.append(Problem(row.row, "", RowFault.WORK_NUMBER_TWICE, row.number, None, seen[row.number]))
            continue
        seen[row.number] = row.row
        there = known.get(row.number)
        if there is None and not (row.name and row.duty):
            fault = RowFault.STAFF_NAME_MISSING if row.duty else RowFault.DUTY_UNKNOWN
            problems.append(Problem(row.row, "", fault, row.number))
            continue
        staff_id = there.staff_id if there else natural_id("", "staff", row.number)
        planned += _person(row, staff_id, there)
        if (row.duty or (there and there.duty)) is Duty.AREA_ASSISTANT and row.active is not False:
            planned += _areas(row, staff_id, ground, problems)
    for one in ground.staff:
        if one.active and one.number not in seen:
            outcome = Outcome.ENDED if ending else Outcome.MISSING
            about = f"{one.number} {one.name}"
            planned.append(Planned(outcome, "staff", one.staff_id, {"active": False}, {"active": True}, about))
    return planned, problems


def leaves_no_supervisor(planned: Sequence[Planned], staff: Sequence[Staff]) -> bool:
    """Whether a hotline that has a supervisor at work would have none."""
    before = {one.staff_id for one in staff if one.active and one.duty is Duty.SUPERVISOR}
    rows: dict[str, dict[str, FieldValue]] = {one.staff_id: {**patch_of(one, "staff_id")} for one in staff}
    for one in planned:
        if one.entity == "staff" and one.outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.ENDED):
            rows.setdefault(one.entity_id, {}).update(one.patch)
    leads = Duty.SUPERVISOR.value
    return bool(before) and not any(row.get("active") and row.get("duty") == leads for row in rows.values())


def _person(row: StaffRow, staff_id: str, there: Staff | None) -> Iterator[Planned]:
    about = f"{row.number} {row.name or (there.name if there else '')}"
    said: dict[str, FieldValue] = {"name": row.name, "phone": row.phone}
    if row.duty is not None:
        said["duty"] = row.duty.value
    if there is None:
        new = {"number": row.number, **said, "active": row.active is not False}
        yield Planned(Outcome.NEW, "staff", staff_id, new, {}, about, row.row)
        return
    if row.active is not None:
        said["active"] = row.active
    yield from differing("staff", Known(staff_id, {**patch_of(there, "staff_id")}, {}), said, about, row.row)


def _areas(row: StaffRow, staff_id: str, ground: Ground, problems: list[Problem]) -> Iterator[Planned]:
    estates = {one.estate_id for one in ground.estates if one.name == row.estate or not row.estate}
    for area in row.areas:
        found = [one for one in ground.buildings if one.area == area and one.estate_id in estates]
        if not found:
            problems.append(Problem(row.row, "", RowFault.AREA_UNKNOWN, area))
        for building in found:
            there = Known(building.building_id, {"area_assistant_id": building.area_assistant_id}, {})
            yield from differing("building", there, {"area_assistant_id": staff_id}, building.name, row.row)

"""A list of the hotline's own people in a workbook or text file: its heading found, its columns understood by their
headings, its rows read. What they mean is the domain's (`desk.domain.staff_list`). Any thread but the ui's."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from desk.domain.import_rows import Problem, RowFault
from desk.domain.staff_list import NEEDED, StaffColumn, StaffRow, read_row
from desk.i18n import _
from desk.imports.cells import ImportFileError, SheetRow
from desk.imports.columns import LOOKED_AT, SAMPLES, headings_of, letter, plain
from desk.imports.files import open_table

MOST_ROWS = 20_000
_HEADINGS = {
    StaffColumn.NUMBER: "工号 员工号 员工编号 员工工号 坐席工号 人员编号 编号 number",
    StaffColumn.NAME: "姓名 员工姓名 人员姓名 人员 name",
    StaffColumn.DUTY: "岗位 职务 职位 职责 角色 岗位名称 duty role",
    StaffColumn.PHONE: "电话 手机 手机号 手机号码 联系电话 电话号码 联系方式 工作电话 phone mobile telephone",
    StaffColumn.ESTATE: "项目 项目名称 小区 小区名称 所属项目 管理处 estate",
    StaffColumn.AREA: "片区 责任区 区域 负责片区 管家片区 网格 area",
    StaffColumn.ACTIVE: "在职 状态 是否在职 在职状态 人员状态 员工状态 启用 active",
}
_BY_HEADING = {heading: column for column, words in _HEADINGS.items() for heading in words.split()}


@dataclass(frozen=True)
class StaffList:
    """`columns`: a line for each column of the sheet, with what it was taken for. `problems`: rows that cannot be
    imported."""

    columns: tuple[str, ...]
    rows: tuple[StaffRow, ...]
    problems: tuple[Problem, ...]
    count: int


def read_staff(file: Path, sheet: str = "") -> StaffList:
    """Raises `ImportFileError`, whose text says what is wrong with the file."""
    table = open_table(file, sheet)
    everything = list(islice(table.rows(), MOST_ROWS + 1))
    if len(everything) > MOST_ROWS:
        raise ImportFileError(_("{file}: more than {count} rows are no staff list.").format(file=file, count=MOST_ROWS))
    heading = max(everything[:LOOKED_AT], key=lambda row: len(_places(row)), default=None)
    places = _places(heading) if heading is not None else {}
    lacking = [column_name(column) for column in NEEDED if column not in places]
    if heading is None or lacking:
        raise ImportFileError(
            _("{file}: no column gives {lacking}. Name it 工号, 姓名, 岗位 (number, name, duty).").format(
                file=file.name, lacking=", ".join(lacking)
            )
        )
    below = [row for row in everything if row.number > heading.number and any(row.texts)]
    rows: list[StaffRow] = []
    problems: list[Problem] = []
    for row in below:
        faults = _faults(row, places)
        found, wrong = read_row(row.number, {column: (name, _text(row, at)) for column, (name, at) in places.items()})
        if faults or wrong:
            problems += faults or wrong
        else:
            rows.append(found)
    return StaffList(tuple(_lines(heading, places, below)), tuple(rows), tuple(problems), len(below))


def column_name(column: StaffColumn) -> str:
    names = {
        StaffColumn.NUMBER: _("work number"),
        StaffColumn.NAME: _("name"),
        StaffColumn.DUTY: _("duty"),
        StaffColumn.PHONE: _("telephone number"),
        StaffColumn.ESTATE: _("estate"),
        StaffColumn.AREA: _("area"),
        StaffColumn.ACTIVE: _("at work or left"),
    }
    return names[column]


def _places(row: SheetRow) -> dict[StaffColumn, tuple[str, int]]:
    """Which column stands where, by the headings of this row; the first of two counts."""
    found: dict[StaffColumn, tuple[str, int]] = {}
    for place, heading in enumerate(headings_of(row)):
        column = _BY_HEADING.get(plain(heading))
        if column is not None:
            found.setdefault(column, (heading, place))
    return found


def _text(row: SheetRow, place: int) -> str:
    return row.texts[place] if place < len(row.texts) else ""


def _faults(row: SheetRow, places: dict[StaffColumn, tuple[str, int]]) -> list[Problem]:
    """What the spreadsheet has done to cells of columns that are used."""
    return [
        Problem(row.number, heading, RowFault.CELL, _text(row, place)[:40], fault)
        for heading, place in places.values()
        if (fault := row.faults.get(place)) is not None
    ]


def _lines(heading: SheetRow, places: dict[StaffColumn, tuple[str, int]], below: Sequence[SheetRow]) -> list[str]:
    taken = {place: column_name(column) for column, (_heading, place) in places.items()}
    lines = []
    for place, name in enumerate(headings_of(heading)):
        samples = [text for row in below if (text := _text(row, place))][:SAMPLES]
        what = taken.get(place) or _("left out")
        lines.append(f"  {letter(place):<3}{name or '-'} -> {what}    {' | '.join(samples)}".rstrip())
    return lines

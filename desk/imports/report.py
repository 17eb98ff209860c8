"""What an import tells people: how the columns were understood, what is wrong and where, and what would change. Texts
for the terminal, a page for a window, and a table (CSV with a mark, so that Excel shows it) with every line of it.
Names, numbers and homes stand in all of these and in no log. Any thread."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import assert_never

from desk.domain.changes import FieldValue
from desk.domain.import_plan import Outcome, Planned
from desk.domain.import_rows import CellFault, Column, Problem, RowFault
from desk.i18n import _
from desk.imports.columns import Guess, Why
from desk.usecases.import_residents import Difference

_ENTITIES = ("estate", "building", "household", "person", "membership", "number", "staff", "sensitive_tag")


_SHOWN_OF_NEW = ("name", "raw", "place_code", "role", "code", "duty")


def guess_lines(guesses: Sequence[Guess]) -> Iterator[str]:
    """One line a column: its letter, its heading, what it is taken for and why, some of its content."""
    for guess in guesses:
        what = column_name(guess.column) if guess.column else _("left out")
        why = f" ({_why(guess.why)})" if guess.why else ""
        samples = " | ".join(guess.samples)
        yield f"  {guess.letter:<3}{guess.heading or '-'} -> {what}{why}{'    ' if samples else ''}{samples}"


def _why(why: Why) -> str:
    match why:
        case Why.HEADING:
            return _("by its heading")
        case Why.CONTENT:
            return _("by its content")
        case Why.MAPPED:
            return _("by the mapping file")
        case _:
            assert_never(why)


def column_name(column: Column) -> str:
    names = {
        Column.ESTATE: _("estate"),
        Column.PHASE: _("phase"),
        Column.AREA: _("area"),
        Column.BUILDING: _("building"),
        Column.UNIT: _("unit"),
        Column.ROOM: _("room"),
        Column.PLACE: _("home, all in one"),
        Column.NAME: _("name"),
        Column.ROLE: _("role in the household"),
        Column.NUMBERS: _("telephone number"),
        Column.TAGS: _("tags"),
        Column.NOTES: _("notes"),
        Column.PERSON_KEY: _("the list's own number of the person"),
    }
    return names[column]


def problem_line(problem: Problem) -> str:
    where = _("Row {row}, column {column}").format(row=problem.row, column=problem.column)
    if not problem.column:
        where = _("Row {row}").format(row=problem.row) if problem.row else _("The file")
    value = f" [{problem.value}]" if problem.value and problem.fault is not RowFault.UNREADABLE else ""
    return f"{where}{value}: {problem_text(problem)}"


def problem_text(problem: Problem) -> str:  # noqa: C901 - one sentence a fault
    match problem.fault:
        case RowFault.CELL:
            return _cell_text(problem.cell) if problem.cell else ""
        case RowFault.ESTATE_MISSING:
            return _("the estate is missing.")
        case RowFault.BUILDING_MISSING:
            return _("the building is missing.")
        case RowFault.ROOM_MISSING:
            return _("the room is missing.")
        case RowFault.PLACE_UNREADABLE:
            return _("building and room cannot be told from this. Write it as 5-2-203 or 5栋2单元203.")
        case RowFault.NAME_LONG:
            return _("the name is longer than 64 characters.")
        case RowFault.NOTES_LONG:
            return _("the notes are longer than 2000 characters.")
        case RowFault.ROLE_UNKNOWN:
            return _("this role is not known. Say under [roles] of the mapping file what it means.")
        case RowFault.ROLE_DIFFERS:
            return _("row {row} gives the same person of this home another role.").format(row=problem.other_row)
        case RowFault.NUMBER_LONG:
            return _("this has more than 15 digits and is no telephone number. Two numbers are kept apart by /.")
        case RowFault.NUMBER_UNREAD:
            return _("this reads as no number of the telephone network; it is imported as it stands.")
        case RowFault.ROW_TWICE:
            return _("says the same as row {row}.").format(row=problem.other_row)
        case RowFault.ROOM_TWICE:
            return _("this room stood in row {row} already, and the list has one row for each room.").format(
                row=problem.other_row
            )
        case RowFault.TAG_KEPT_BACK:
            return _("a tag is not for everybody, and this seat's account may not write such: it is left out.")
        case RowFault.PHASE_NEEDED:
            return _("several phases have this building: the list needs a column for the phase.")
        case RowFault.UNREADABLE:
            return problem.value
        case RowFault.WORK_NUMBER:
            return _("a work number is needed here: up to 64 characters, without spaces.")
        case RowFault.WORK_NUMBER_TWICE:
            return _("row {row} has this work number already.").format(row=problem.other_row)
        case RowFault.STAFF_NAME_MISSING:
            return _("the name of somebody new is missing.")
        case RowFault.DUTY_UNKNOWN:
            return _(
                "the duty is not known: 坐席, 主管, 片区助理 or 维修 (agent, supervisor, area_assistant, handler)."
            )
        case RowFault.AT_WORK_UNKNOWN:
            return _("whether they work here cannot be told: 在职 or 离职 (yes, no).")
        case RowFault.AREA_UNKNOWN:
            return _("the register has no building in this area; nothing is set.")
        case _:
            assert_never(problem.fault)


def _cell_text(fault: CellFault) -> str:
    match fault:
        case CellFault.FORMULA:
            return _("a formula without its result. Open the file in Excel and save it, or paste the values.")
        case CellFault.ERROR:
            return _("the spreadsheet shows an error here.")
        case CellFault.LONG_NUMBER:
            return _("kept as a number, digits are lost. Make the column a text column and type it in again.")
        case CellFault.DATE:
            return _("the spreadsheet has made a date of this. Make the column a text column and type it in again.")
        case CellFault.MERGED:
            return _('part of merged cells. Unmerge and fill them, or set merged_cells = "fill" in the mapping file.')
        case _:
            assert_never(fault)


def difference_lines(difference: Difference) -> Iterator[str]:
    """The sums, by what and by what becomes of it."""
    yield _("{rows} rows read.").format(rows=f"{difference.rows:,}")
    for entity in _ENTITIES:
        counts = [
            f"{outcome_name(outcome)} {count:,}"
            for outcome in Outcome
            if (count := difference.counts.get((entity, outcome), 0))
        ]
        if counts:
            yield f"  {entity_name(entity)}: {', '.join(counts)}"
    if not difference.counts:
        yield _("The register says the same already.")
    if difference.grave:
        yield _("{count} problems keep rows from being imported.").format(count=f"{difference.grave:,}")
    if difference.told:
        yield _("{count} remarks.").format(count=f"{difference.told:,}")


def entity_name(entity: str) -> str:
    names = {
        "estate": _("estates"),
        "building": _("buildings"),
        "household": _("homes"),
        "person": _("people"),
        "membership": _("who lives where"),
        "number": _("telephone numbers"),
        "staff": _("staff"),
        "sensitive_tag": _("sensitive tags"),
    }
    return names.get(entity, entity)


def outcome_name(outcome: Outcome) -> str:
    match outcome:
        case Outcome.NEW:
            return _("new")
        case Outcome.CHANGED:
            return _("changed")
        case Outcome.ENDED:
            return _("ended")
        case Outcome.MISSING:
            return _("no longer in the list (left as it is)")
        case Outcome.KEPT:
            return _("corrected here since (left as it is)")
        case _:
            assert_never(outcome)


def planned_line(planned: Planned) -> str:
    fields = "; ".join(
        f"{name}: {_shown(planned.before.get(name))} -> {_shown(value)}" for name, value in planned.patch.items()
    )
    row = _("row {row}").format(row=planned.row) if planned.row else ""
    return f"  {outcome_name(planned.outcome)}: {planned.about} {f'({row}) ' if row else ''}{fields}"


def write_report(file: Path, problems: Iterable[Problem], planned: Iterable[Planned]) -> None:
    """All of it as a table. What stands in a cell and begins like a formula is kept from being one."""
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(
            (
                _("row"),
                _("column"),
                _("what becomes of it"),
                _("what"),
                _("who or where"),
                _("before"),
                _("in the list"),
            )
        )
        for problem in problems:
            kind = _("problem") if problem.grave else _("remark")
            table.writerow(
                map(_cell, (problem.row, problem.column, kind, "", problem.value, "", problem_text(problem)))
            )
        for one in planned:
            for name, value in one.patch.items():
                if one.outcome is Outcome.NEW and name not in _SHOWN_OF_NEW:
                    continue
                what = f"{entity_name(one.entity)}: {name}"
                before = _shown(one.before.get(name)) if one.before else ""
                outcome = outcome_name(one.outcome)
                table.writerow(map(_cell, (one.row or "", "", outcome, what, one.about, before, _shown(value))))


def _shown(value: FieldValue) -> str:
    match value:
        case None | "" | []:
            return "-"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return "、".join(value)
        case _:
            return str(value)


def _cell(value: object) -> str:
    """https://owasp.org/www-community/attacks/CSV_Injection"""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t") or (text[:1] == "-" and len(text) > 1) else text

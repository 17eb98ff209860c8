"""A list of residents as rows of the domain: the file, its heading, its mapping. Streams; any thread."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from desk.domain.import_rows import CellFault, Column, Problem, ResidentRow, RowFault, read_row
from desk.i18n import _
from desk.imports.cells import ImportFileError, SheetRow, Table
from desk.imports.columns import LOOKED_AT, Guess, Why, find_heading, guess, headings_of, letter, plain
from desk.imports.files import open_table
from desk.imports.mapping import Mapping, missing_of

_BELOW = 200  # rows that a guess looks at


class ResidentList:
    """`mapping` fits this sheet: its headings are there. Raises `ImportFileError`."""

    def __init__(self, file: Path, mapping: Mapping) -> None:
        self.file, self.mapping = file, mapping
        self._table = open_table(file, mapping.sheet, mapping.encoding, mapping.fill_merged)
        self.heading = _heading(self._table, mapping)
        self._places = _places(file, headings_of(self.heading), mapping)

    def rows(self) -> Iterator[tuple[ResidentRow | None, list[Problem]]]:
        """Each row below the heading that says anything: the row, None where it cannot be imported, and what is to be
        told of it. From the beginning each time. A file that breaks half-way ends with a problem of row 0."""
        rules = self.mapping.rules
        try:
            for row in self._table.rows():
                if row.number <= self.heading.number or not any(row.texts):
                    continue
                problems = self._faults(row) if row.faults else []
                if problems:
                    yield None, problems
                    continue
                yield read_row(row.number, self._cells(row), rules)
        except ImportFileError as error:
            yield None, [Problem(0, "", RowFault.UNREADABLE, str(error))]

    def _cells(self, row: SheetRow) -> dict[Column, list[tuple[str, str]]]:
        texts, width = row.texts, len(row.texts)
        return {
            column: [(heading, texts[place] if place < width else "") for heading, place in several]
            for column, several in self._places.items()
        }

    def _faults(self, row: SheetRow) -> list[Problem]:
        """Those in columns that are used. A date is a fault only where a number of a home was meant."""
        found: list[Problem] = []
        for column, several in self._places.items():
            for heading, place in several:
                fault = row.faults.get(place)
                if fault is None or (fault is CellFault.DATE and column not in _NO_DATES):
                    continue
                value = row.texts[place] if place < len(row.texts) else ""
                found.append(Problem(row.number, heading, RowFault.CELL, value[:40], fault))
        return found


_NO_DATES = frozenset({Column.BUILDING, Column.UNIT, Column.ROOM, Column.PLACE, Column.NUMBERS, Column.NAME})


def look_at(file: Path, sheet: str = "", encoding: str = "") -> list[Guess]:
    """What each column of this file seems to be. Raises `ImportFileError`."""
    table = open_table(file, sheet, encoding)
    first = list(islice(table.rows(), LOOKED_AT + _BELOW))
    heading = find_heading(first)
    if heading is None:
        raise ImportFileError(
            _(
                "{file}: among the first {count} rows none looks like headings (项目, 楼栋, 房号, 姓名, 电话 ...). "
                "Name the row in a mapping file: heading_row."
            ).format(file=file.name, count=LOOKED_AT)
        )
    return guess(headings_of(heading), [row for row in first if row.number > heading.number])


def mapped(file: Path, mapping: Mapping) -> list[Guess]:
    """The same, by this mapping."""
    table = open_table(file, mapping.sheet, mapping.encoding, mapping.fill_merged)
    heading = _heading(table, mapping)
    headings = headings_of(heading)
    places = {place: column for column, found in _places(file, headings, mapping).items() for _h, place in found}
    below = [row for row in islice(table.rows(), LOOKED_AT + _BELOW) if row.number > heading.number]
    return [
        Guess(one.letter, one.heading, places.get(place), Why.MAPPED if place in places else None, one.samples)
        for place, one in enumerate(guess(headings, below))
    ]


def _heading(table: Table, mapping: Mapping) -> SheetRow:
    if mapping.heading_row:
        for row in table.rows():
            if row.number >= mapping.heading_row:
                if row.number == mapping.heading_row:
                    return row
                break
        raise ImportFileError(
            _("{file}: row {row}, which should hold the headings, is empty.").format(
                file=table.file.name, row=mapping.heading_row
            )
        )
    wanted = [heading for several in mapping.columns.values() for heading in several]
    found = find_heading(list(islice(table.rows(), LOOKED_AT)), wanted)
    if found is None:
        raise ImportFileError(
            _("{file}: among the first {count} rows none has these headings: {headings}").format(
                file=table.file.name, count=LOOKED_AT, headings=", ".join(wanted)
            )
        )
    return found


def _places(file: Path, headings: Sequence[str], mapping: Mapping) -> dict[Column, list[tuple[str, int]]]:
    """Where each mapped heading stands: exact, else but for dress, else a column's letter."""
    exact = {heading: place for place, heading in reversed(list(enumerate(headings))) if heading}
    dressed = {plain(heading): place for heading, place in exact.items()}
    letters = {letter(place): place for place in range(max(len(headings), 40))}
    found: dict[Column, list[tuple[str, int]]] = {}
    missing: list[str] = []
    for column, wanted in mapping.columns.items():
        for heading in wanted:
            place = exact.get(heading, dressed.get(plain(heading), letters.get(heading)))
            if place is None:
                missing.append(heading)
            else:
                found.setdefault(column, []).append((heading, place))
    if missing:
        raise ImportFileError(
            _("{file} has no column {missing}. It has: {headings}").format(
                file=file.name, missing=", ".join(missing), headings=", ".join(filter(None, headings))
            )
        )
    lacking = missing_of(mapping.columns, mapping.rules.estate)
    if lacking:
        raise ImportFileError(f"{file.name}: {lacking}")
    return found

"""Workbooks that are no .xlsx: .xls of Excel 97 to 2003 (what NC and its kin still write), .xlsb, .ods. Read whole by
calamine: such a sheet has 65,536 rows at most, .xlsb and .ods seldom more.

calamine gives the results of formulas and says nothing of the formulas; one that was never calculated looks empty, and
an empty cell where there must be something is told by the row's own checks. Any thread."""

import datetime
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from desk.domain.import_rows import CellFault
from desk.i18n import _
from desk.imports.cells import ImportFileError, SheetRow, judged, number_text

_Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


class OldWorkbook:
    """`sheet` "" = the first that holds anything."""

    def __init__(self, file: Path, sheet: str = "", fill_merged: bool = False) -> None:
        self.file = file
        self._fill = fill_merged
        try:
            book = CalamineWorkbook.from_path(str(file))
            self.sheets = tuple(book.sheet_names)
            if sheet and sheet not in self.sheets:
                raise ImportFileError(
                    _("{file} has no sheet {sheet}. It has: {sheets}").format(
                        file=file.name, sheet=sheet, sheets=", ".join(self.sheets)
                    )
                )
            self._sheet = book.get_sheet_by_name(sheet) if sheet else _first(book, file)
        except PasswordError as error:
            raise locked(file) from error
        except (CalamineError, ValueError, OSError) as error:
            raise ImportFileError(
                _("{file} cannot be read as a workbook. Open it in Excel and save it as .xlsx. ({detail})").format(
                    file=file.name, detail=str(error)[:120]
                )
            ) from error
        self._merged = {
            (row, column): first
            for first, last in self._sheet.merged_cell_ranges or ()
            for row in range(first[0], min(last[0] + 1, self._sheet.total_height))
            for column in range(first[1], min(last[1] + 1, self._sheet.total_width))
            if (row, column) != first
        }

    def rows(self) -> Iterator[SheetRow]:
        values = self._sheet.to_python(skip_empty_area=False)
        for number, row in enumerate(values):
            texts: list[str] = []
            faults: dict[int, CellFault] = {}
            for place, value in enumerate(row):
                first = self._merged.get((number, place)) if self._merged else None
                text, fault = _read(value)
                if first is not None and not text:
                    text, fault = _read(values[first[0]][first[1]]) if self._fill else ("", CellFault.MERGED)
                texts.append(text)
                if fault is not None:
                    faults[place] = fault
            if any(texts) or faults:
                yield SheetRow(number + 1, texts, faults)


def locked(file: Path) -> ImportFileError:
    return ImportFileError(
        _("{file} is locked with a password. Open it in Excel and save it without one.").format(file=file.name)
    )


def _first(book: CalamineWorkbook, file: Path) -> CalamineSheet:
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height:
            return sheet
    raise ImportFileError(_("{file} is empty.").format(file=file.name))


def _read(value: _Value) -> tuple[str, CellFault | None]:
    match value:
        case str():
            return judged(value.strip())
        case bool():
            return str(value).upper(), None
        case int() | float():
            return number_text(repr(value))
        case datetime.timedelta():
            return str(value), CellFault.DATE
        case _:
            return value.isoformat(), CellFault.DATE

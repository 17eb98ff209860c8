"""What every reader of a file gives: rows of texts with their number in the spreadsheet, and what the spreadsheet has
done to single cells. Values only; any thread."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desk.domain.import_rows import CellFault
from desk.faults import Fault

_NO_FAULTS: Mapping[int, CellFault] = {}
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_AS_TEXT = re.compile(r'="([^"]*)"')
_ROUNDED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_FORMULA = re.compile(r"=\s*[-+A-Za-z(@$\d'\"].*")
EXACT_DIGITS = 15  # of an IEEE 754 double, which is what a spreadsheet keeps a number as


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` counts from 1, as the spreadsheet shows it. `texts` stripped, "" where a cell is empty. `faults`: place
    in `texts` -> what is wrong with that cell."""

    number: int
    texts: list[str]
    faults: Mapping[int, CellFault] = field(default_factory=lambda: _NO_FAULTS)


class ImportFileError(Fault):
    """The file as a whole cannot be read; its text says why and what to do."""


class Table(Protocol):
    """One sheet of a file. `rows` may be called more than once, each time from the beginning; memory does not grow
    with the number of rows. Raises `ImportFileError`, also half-way."""

    file: Path

    def rows(self) -> Iterator[SheetRow]: ...


def judged(text: str) -> tuple[str, CellFault | None]:
    """A text as a cell shows it: the spreadsheet's errors, formulas that were written out, and ="0138..." as the text
    that it means."""
    if text[:1] == "#" and text.upper() in _ERRORS:
        return text, CellFault.ERROR
    if text[:1] == "=":
        quoted = _AS_TEXT.fullmatch(text)
        if quoted:
            return quoted[1].strip(), None
        if _FORMULA.fullmatch(text):
            return text, CellFault.FORMULA
    if "E+" in text.upper() and _ROUNDED.fullmatch(text):  # what is left of 13800138000 in a text file by Excel
        return text, CellFault.LONG_NUMBER
    return text, None


def number_text(value: str) -> tuple[str, CellFault | None]:
    """A number as a spreadsheet writes it down ("13800138000", "203.0", "1.38E+10") as people read it."""
    if value.isdecimal():
        return value, CellFault.LONG_NUMBER if len(value.lstrip("0")) > EXACT_DIGITS else None
    try:
        number = float(value)
    except ValueError:
        return value, None
    if not math.isfinite(number) or abs(number) >= 10**EXACT_DIGITS:
        return value, CellFault.LONG_NUMBER
    return (str(int(number)) if number == int(number) else repr(number)), None

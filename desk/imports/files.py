"""Any file of a list, opened by what it is: its first bytes, not its name. Any thread."""

import zipfile
from pathlib import Path

from desk.i18n import _
from desk.imports.cells import ImportFileError, Table
from desk.imports.csv_text import CsvTable
from desk.imports.old_workbook import OldWorkbook
from desk.imports.xlsx import XlsxTable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


def open_table(file: Path, sheet: str = "", encoding: str = "", fill_merged: bool = False) -> Table:
    """Raises `ImportFileError`."""
    try:
        with file.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise ImportFileError(
            _("{file} cannot be opened ({detail}).").format(file=file, detail=error.strerror)
        ) from error
    if not head:
        raise ImportFileError(_("{file} is empty.").format(file=file.name))
    if head == _OLE:
        return OldWorkbook(file, sheet, fill_merged)
    if head.startswith(_ZIP):
        return XlsxTable(file, sheet, fill_merged) if _is_xlsx(file) else OldWorkbook(file, sheet, fill_merged)
    return CsvTable(file, encoding)


def _is_xlsx(file: Path) -> bool:
    """Rather than .xlsb or .ods, which are archives too."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return True  # whose reader says what is wrong
    return "xl/workbook.xml" in names

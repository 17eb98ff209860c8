"""A duty roster in a workbook or text file, as rows of texts; what they mean is the domain's
(`desk.domain.roster_rows`). Any thread but the ui's."""

from datetime import datetime, timedelta
from pathlib import Path

from desk.domain.import_rows import CellFault
from desk.domain.roster_rows import Reading, RosterRead, read_table
from desk.imports.files import open_table

MOST_ROWS = 5_000
_BEGINNING, _MOST_DAYS = datetime(1899, 12, 30), 200_000  # noqa: DTZ001 - a day of the calendar, in no zone


def read_roster(file: Path, reading: Reading) -> RosterRead:
    """Raises `ImportFileError`, whose text says what is wrong with the file."""
    rows: list[tuple[int, list[str]]] = []
    for row in open_table(file, fill_merged=True).rows():
        texts = [
            dated(text) if row.faults.get(place) is CellFault.DATE else text for place, text in enumerate(row.texts)
        ]
        rows.append((row.number, texts))
        if len(rows) >= MOST_ROWS:
            break
    return read_table(rows, reading)


def dated(text: str) -> str:
    """A date or a time of day as people write it, where a workbook keeps it as days since the end of 1899 (ECMA-376
    18.17.4.1); anything else as it is."""
    try:
        days = float(text)
    except ValueError:
        return text
    if not 0 <= days < _MOST_DAYS:
        return text
    at = _BEGINNING + timedelta(seconds=round(days * 86_400))
    return f"{at:%H:%M}" if days < 1 else f"{at:%Y-%m-%d}"

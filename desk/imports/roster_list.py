"""A duty roster in a workbook or text file, as rows of texts; what they mean is the domain's
(`desk.domain.roster_rows`). Any thread but the ui's."""

from pathlib import Path

from desk.domain.roster_rows import Reading, RosterRead, read_table
from desk.imports.files import open_table

MOST_ROWS = 5_000


def read_roster(file: Path, reading: Reading) -> RosterRead:
    """Raises `ImportFileError`, whose text says what is wrong with the file."""
    rows: list[tuple[int, list[str]]] = []
    for row in open_table(file, fill_merged=True).rows():
        rows.append((row.number, list(row.texts)))
        if len(rows) >= MOST_ROWS:
            break
    return read_table(rows, reading)

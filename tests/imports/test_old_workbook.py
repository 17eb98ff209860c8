"""Workbooks of Excel 97, read by calamine. `nc.xls` was written by another program (xlwt) in the manner of such lists:
merged cells, numbers as numbers, a house number that became a date, twenty digits."""

from pathlib import Path

import pytest

from desk.domain.import_rows import CellFault
from desk.imports.cells import ImportFileError
from desk.imports.files import open_table
from tests.imports.workbook import write_ods

NC = Path(__file__).with_name("nc.xls")


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    rows = list(open_table(NC).rows())
    assert rows[1].texts == ["万达花园", "5栋", "2", "203", "张三", "业主", "13800138000"]
    assert [(row.number, dict(row.faults)) for row in rows[2:]] == [
        (3, {0: CellFault.MERGED, 1: CellFault.MERGED}),
        (4, {3: CellFault.DATE, 6: CellFault.LONG_NUMBER}),
    ]


def test_merged_cells_are_filled_on_request() -> None:
    assert [row.texts[:2] for row in open_table(NC, fill_merged=True).rows()][1:3] == [["万达花园", "5栋"]] * 2


def test_a_file_counts_by_what_it_is_and_not_by_its_name(tmp_path: Path) -> None:
    named = tmp_path / "a.csv"
    named.write_bytes(NC.read_bytes())
    assert len(list(open_table(named).rows())) == 4


@pytest.mark.parametrize("sheet", ["", "none"])
def test_what_cannot_be_read_is_told(tmp_path: Path, sheet: str) -> None:
    file = write_ods(tmp_path / "a.ods", [["a", "b"]] if sheet else [])
    with pytest.raises(ImportFileError, match="no sheet none" if sheet else "is empty"):
        open_table(file, sheet)


def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.xls"
    file.write_bytes(NC.read_bytes()[:1500])
    with pytest.raises(ImportFileError, match=r"a\.xls"):
        list(open_table(file).rows())

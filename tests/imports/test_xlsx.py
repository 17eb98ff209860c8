"""Workbooks of today, read as a stream: texts, numbers as people read them, and what Excel did to cells."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.import_rows import CellFault
from desk.imports.cells import ImportFileError
from desk.imports.files import open_table
from desk.imports.shared_texts import PackedTexts
from desk.imports.xlsx import XlsxTable
from tests.imports.workbook import (
    FORMULA,
    FORMULA_EMPTY_RESULT,
    FORMULA_EMPTY_TEXT,
    FORMULA_WITHOUT_RESULT,
    REFERENCE_ERROR,
    SECOND_OF_MAY,
    TWENTY_DIGITS,
    Cell,
    Xml,
    write_xlsx,
)


def texts(file: Path, fill_merged: bool = False) -> list[list[str]]:
    return [row.texts for row in XlsxTable(file, fill_merged=fill_merged).rows()]


@pytest.mark.parametrize("shared", [True, False])
def test_texts_and_numbers_come_as_people_read_them(tmp_path: Path, shared: bool) -> None:
    cells: list[Cell] = ["张三", 13800138000, Xml("<v>203.0</v>"), Xml("<v>1.3800138E10</v>"), None, " A&B ", FORMULA]
    file = write_xlsx(tmp_path / "a.xlsx", [cells], shared=shared)
    assert texts(file) == [["张三", "13800138000", "203", "13800138000", "", "A&B", "2"]]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [["a"], [None], [], ["b"]])
    assert [row.number for row in XlsxTable(file).rows()] == [1, 4]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (FORMULA_WITHOUT_RESULT, CellFault.FORMULA),
        (FORMULA_EMPTY_RESULT, CellFault.FORMULA),
        (REFERENCE_ERROR, CellFault.ERROR),
        ("#N/A", CellFault.ERROR),
        (SECOND_OF_MAY, CellFault.DATE),
        (TWENTY_DIGITS, CellFault.LONG_NUMBER),
        (12345678901234567890, CellFault.LONG_NUMBER),
    ],
)
def test_what_the_spreadsheet_did_to_a_cell_is_told(tmp_path: Path, cell: Cell, fault: CellFault) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [["x", cell]])
    assert [row.faults for row in XlsxTable(file).rows()] == [{1: fault}]


def test_a_formula_may_result_in_nothing(tmp_path: Path) -> None:
    [row] = XlsxTable(write_xlsx(tmp_path / "a.xlsx", [["x", FORMULA_EMPTY_TEXT]])).rows()
    assert (row.texts, row.faults) == (["x"], {})


def test_a_text_of_twenty_digits_is_a_text(tmp_path: Path) -> None:
    [row] = XlsxTable(write_xlsx(tmp_path / "a.xlsx", [["12345678901234567890", "=1+1"]])).rows()
    assert (row.texts, row.faults) == (["12345678901234567890", "=1+1"], {})


def test_merged_cells_are_told_or_filled(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["楼栋", "房号"], ["5栋", "101"], [None, "102"], [None, "103"], ["6栋", "101"]]
    file = write_xlsx(tmp_path / "a.xlsx", rows, merged=["A2:A4"])
    assert [dict(row.faults) for row in XlsxTable(file).rows()] == [
        {},
        {},
        {0: CellFault.MERGED},
        {0: CellFault.MERGED},
        {},
    ]
    assert [row[0] for row in texts(file, fill_merged=True)] == ["楼栋", "5栋", "5栋", "5栋", "6栋"]


def test_a_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [["a"]], sheets=("业主资料", "other"))
    assert texts(file) == [["a"]]
    with pytest.raises(ImportFileError, match="业主资料, other"):
        XlsxTable(file, "third")


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    file = write_xlsx(tmp_path / "a.xlsx", [["a"]], before=bomb)
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        texts(file)


@pytest.mark.parametrize(
    "cell",
    [Xml("<v>99</v>", 't="s"'), Xml("<v>x</v>", 't="s"'), Xml("<v>-5</v>", 't="s"')],
    ids=["far", "text", "below"],
)
def test_a_reference_to_a_text_that_is_not_there_is_a_broken_file(tmp_path: Path, cell: Xml) -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        texts(write_xlsx(tmp_path / "a.xlsx", [["a", cell]]))


def test_a_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [["a"] for _ in range(500)])
    file.write_bytes(file.read_bytes()[:-300])
    with pytest.raises(ImportFileError, match=r"a\.xlsx"):
        list(open_table(file).rows())


def test_damage_within_is_told(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [["abc" * 5, str(n)] for n in range(2000)], shared=False)
    with zipfile.ZipFile(file) as book:
        entry = book.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(file.read_bytes())
    middle = entry.header_offset + entry.compress_size // 2
    content[middle : middle + 40] = bytes(40)
    file.write_bytes(content)
    with pytest.raises(ImportFileError, match=r"a\.xlsx"):
        list(open_table(file).rows())


def test_a_locked_workbook_says_that_it_is_locked(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ImportFileError, match="password"):
        XlsxTable(file)


@given(st.lists(st.text(max_size=20).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text))))
def test_packed_texts_come_back_as_they_were(given_texts: list[str]) -> None:
    packed = PackedTexts()
    for text in given_texts:
        packed.append(text)
    assert [packed[place] for place in range(len(packed))] == given_texts

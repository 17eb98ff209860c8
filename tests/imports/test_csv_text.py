"""Text files from Excel and from everywhere else: encodings, delimiters, damage."""

from pathlib import Path

import pytest

from desk.domain.import_rows import CellFault
from desk.imports.cells import ImportFileError
from desk.imports.csv_text import CsvTable
from desk.imports.files import open_table

LINES = "楼栋,房号,姓名,电话\r\n5栋,203,张三,13800138000\r\n5栋,204,李𠮷,\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_that_excel_writes_is_found_out(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(LINES, encoding=encoding, newline="")
    assert [row.texts for row in open_table(file).rows()] == [
        ["楼栋", "房号", "姓名", "电话"],
        ["5栋", "203", "张三", "13800138000"],
        ["5栋", "204", "李𠮷", ""],
    ]


def test_gbk_and_gb2312_are_read_as_gb18030(tmp_path: Path) -> None:
    for encoding in ("gbk", "gb2312"):
        file = tmp_path / f"{encoding}.csv"
        file.write_bytes("姓名,房号\n张三,203\n".encode(encoding))
        assert [row.texts[0] for row in CsvTable(file).rows()] == ["姓名", "张三"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text(LINES.replace(",", delimiter), encoding="utf-8")
    assert [len(row.texts) for row in CsvTable(file).rows()] == [4, 4, 4]


def test_rows_count_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('a,b\n\n"two\nlines",x\nlast,y\n', encoding="utf-8")
    assert [(row.number, row.texts[0]) for row in CsvTable(file).rows()] == [(1, "a"), (3, "two\nlines"), (4, "last")]


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ('"=""0138"""', "0138", None),  # what people write so that Excel leaves the zero
        ("=A1+1", "=A1+1", CellFault.FORMULA),
        ("#N/A", "#N/A", CellFault.ERROR),
        ("1.38E+10", "1.38E+10", CellFault.LONG_NUMBER),
        ("12345678901234567890", "12345678901234567890", None),
    ],
)
def test_what_excel_left_of_a_cell_is_told(tmp_path: Path, field: str, text: str, fault: CellFault | None) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"a,b\nx,{field}\n", encoding="utf-8")
    row = list(CsvTable(file).rows())[1]
    assert (row.texts[1], row.faults.get(1)) == (text, fault)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a,b\n\xff\xfe\xff\xff,1\n", "neither UTF-8 nor GBK"),
        (b"a,b\n\0\0\0\0,1\n", "neither UTF-8 nor GBK"),
        (b'a,b\n"never closed,1\n2,3\n', "row 2"),
    ],
)
def test_what_is_no_table_is_told_in_plain_words(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(ImportFileError, match=said):
        list(open_table(file).rows())


def test_an_encoding_that_was_named_and_is_wrong_is_told_with_the_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n" + b"x,y\n" * 40_000 + "姓,名\n".encode("gb18030"))
    with pytest.raises(ImportFileError, match="not text in utf-8"):
        list(CsvTable(file, "utf-8").rows())


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be opened"):
        open_table(tmp_path / "none.csv")

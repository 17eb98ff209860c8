"""A whole list: headings found, columns guessed and shown, rows read, problems by row and column."""

from pathlib import Path

import pytest

from desk.domain.estate import Role
from desk.domain.import_rows import CellFault, Column, ResidentRow, RowFault
from desk.imports.cells import ImportFileError
from desk.imports.columns import Why
from desk.imports.mapping import Mapping, MappingError, mapping_text, of_guesses, read_mapping
from desk.imports.reading import ResidentList, look_at, mapped
from tests.imports.workbook import FORMULA_WITHOUT_RESULT, SECOND_OF_MAY, TWENTY_DIGITS, Cell, write_ods, write_xlsx

HEADINGS: list[Cell] = ["项目", "楼栋", "单元", "房号", "业主姓名", "与业主关系", "手机", "联系电话", "备注"]


def guessed(file: Path) -> Mapping:
    return of_guesses(look_at(file), "list", "", "0755")


def read(file: Path, mapping: Mapping | None = None) -> list[ResidentRow | None]:
    return [row for row, _problems in ResidentList(file, mapping or guessed(file)).rows()]


def problems(file: Path, mapping: Mapping | None = None) -> list[tuple[int, str, RowFault, CellFault | None]]:
    found = ResidentList(file, mapping or guessed(file)).rows()
    return [(one.row, one.column, one.fault, one.cell) for _row, told in found for one in told]


def test_a_list_with_a_title_above_is_read(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["业主信息表"],
        HEADINGS,
        ["万达花园", "5栋", "2单元", "203室", "张三", "家属", "13800138000/13900139000(李女士)", "0755-87654321", "慢"],
    ]
    file = write_xlsx(tmp_path / "a.xlsx", rows, merged=["A1:I1"])
    [row] = read(file)
    assert row is not None
    assert (row.row, row.estate, row.place_code, row.building_name) == (3, "万达花园", "5-2-203", "5栋")
    assert (row.name, row.role, row.notes) == ("张三", Role.FAMILY, "慢")
    assert [(n.raw, n.lookup_key, n.label) for n in row.numbers] == [
        ("13800138000", "+8613800138000", ""),
        ("13900139000", "+8613900139000", "李女士"),
        ("0755-87654321", "+8675587654321", ""),
    ]


def test_bad_rows_are_told_by_row_and_column(tmp_path: Path) -> None:
    good: list[Cell] = ["万达花园", "5栋", "2", "203", "张三", "业主", "13800138000", None, None]

    def spoilt(place: int, cell: Cell) -> list[Cell]:
        return [cell if at == place else one for at, one in enumerate(good)]

    rows = [
        HEADINGS,
        good,
        spoilt(0, None),
        spoilt(1, None),
        spoilt(3, SECOND_OF_MAY),
        spoilt(5, "哥们"),
        spoilt(6, "12345678901234567890"),
        spoilt(6, TWENTY_DIGITS),
        spoilt(4, FORMULA_WITHOUT_RESULT),
    ]
    file = write_xlsx(tmp_path / "a.xlsx", rows)
    assert problems(file) == [
        (3, "项目", RowFault.ESTATE_MISSING, None),
        (4, "楼栋", RowFault.BUILDING_MISSING, None),
        (5, "房号", RowFault.CELL, CellFault.DATE),
        (6, "与业主关系", RowFault.ROLE_UNKNOWN, None),
        (7, "手机", RowFault.NUMBER_LONG, None),
        (8, "手机", RowFault.CELL, CellFault.LONG_NUMBER),
        (9, "业主姓名", RowFault.CELL, CellFault.FORMULA),
    ]
    assert [row.row for row in read(file) if row] == [2]


def test_a_fault_in_a_column_that_nobody_uses_is_no_problem(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        [*HEADINGS, "面积"],
        ["万达花园", "5栋", "2", "203", "张三", "", "", "", "", FORMULA_WITHOUT_RESULT],
    ]
    assert problems(write_xlsx(tmp_path / "a.xlsx", rows)) == []


def test_columns_are_guessed_by_heading_and_by_content(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    lines = [f"万达花园,5-2-{room},张{room},1380013{room}0,441{room}" for room in range(201, 206)]
    file.write_text("\n".join(["小区名称,房号,姓名*,号码,身份证号", *lines]), encoding="gb18030")
    assert [(guess.letter, guess.column, guess.why) for guess in look_at(file)] == [
        ("A", Column.ESTATE, Why.HEADING),
        ("B", Column.PLACE, Why.CONTENT),
        ("C", Column.NAME, Why.HEADING),
        ("D", Column.NUMBERS, Why.CONTENT),
        ("E", None, None),
    ]
    first = read(file)[0]
    assert first is not None
    assert first.place_code == "5-2-201"


def test_a_guess_written_down_reads_the_same(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [HEADINGS, ["万达花园", "5栋", "2", "203", "张三", "业主", "13800138000", "", ""]]
    file = write_xlsx(tmp_path / "a.xlsx", rows)
    kept = tmp_path / "m.toml"
    kept.write_text(mapping_text(guessed(file), look_at(file)), encoding="utf-8")
    assert read(file, read_mapping(kept)) == read(file)
    assert all(guess.why is Why.MAPPED for guess in mapped(file, read_mapping(kept)))


def test_two_columns_of_one_heading_are_two_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("项目,楼栋,房号,姓名,电话,电话\n万达,5,203,张三,13800138000,13900139000\n", encoding="utf-8")
    [row] = read(file)
    assert row is not None
    assert [number.raw for number in row.numbers] == ["13800138000", "13900139000"]


def test_a_workbook_of_another_make_is_read(tmp_path: Path) -> None:
    file = write_ods(tmp_path / "a.ods", [["项目", "楼栋", "房号", "姓名"], ["万达", "五栋", "0203", "张三"]])
    [row] = read(file)
    assert row is not None
    assert (row.building, row.room, row.name) == ("5", "0203", "张三")


def test_a_column_that_the_mapping_names_and_the_list_lacks_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("项目,楼栋,房号,姓名\n万达,5,203,张三\n", encoding="utf-8")
    mapping = tmp_path / "m.toml"
    mapping.write_text('source = "nc"\n[columns]\nestate = "项目"\nbuilding = "楼栋"\nroom = "室"\n', encoding="utf-8")
    with pytest.raises(ImportFileError, match=r"has no column 室\. It has: 项目, 楼栋, 房号, 姓名"):
        ResidentList(file, read_mapping(mapping))


def test_a_file_without_headings_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(ImportFileError, match="heading_row"):
        look_at(file)


def test_a_list_that_breaks_half_way_ends_with_a_problem_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    lines = "项目,楼栋,房号,姓名\n" + "万达,5,203,张三\n" * 400
    file.write_text(lines + '万达,5,"203,李四\n', encoding="utf-8")
    assert problems(file)[-1][:3] == (0, "", RowFault.UNREADABLE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source = 1", "source"),
        ('source = "NC!"\n[columns]\nplace = "a"', "1 to 16"),
        ('source = "nc"\nestate="x"\n[columns]\nroom = "a"', "no column gives the home"),
        ('source = "nc"\n[columns]\nplace = "a"', "nothing gives the estate"),
        ('source = "nc"\n[columns]\nplase = "a"', "plase"),
        ('source = "nc"\nmergd_cells = "fill"\n[columns]\nplace = "a"', "mergd_cells"),
        ('source = "nc"\nestate="x"\n[columns]\nplace = ["a", "b"]', "one heading only"),
        ('source = "nc"\nestate="x"\n[columns]\nplace = "a"\n[roles]\n"业主" = "king"', "king"),
        ("source = ", "not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "m.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=said):
        read_mapping(file)

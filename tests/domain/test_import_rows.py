"""One row of a list: codes, roles, numbers, and what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.estate import Role
from desk.domain.import_rows import (
    Cells,
    Column,
    ImportRules,
    ResidentRow,
    RowFault,
    building_code,
    read_row,
    room_code,
    unit_code,
)

RULES = ImportRules("nc", "万达花园", "0755")


def cells(**texts: str | tuple[str, ...]) -> Cells:
    return {
        Column(name): [(name, one) for one in ((text,) if isinstance(text, str) else text)]
        for name, text in texts.items()
    }


def row_of(**texts: str | tuple[str, ...]) -> ResidentRow:
    row, _problems = read_row(2, cells(**{"building": "5", "room": "203", **texts}), RULES)
    assert row is not None
    return row


def faults(rules: ImportRules = RULES, **texts: str | tuple[str, ...]) -> list[RowFault]:
    return [problem.fault for problem in read_row(2, cells(**texts), rules)[1]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5栋", "5"),
        ("05#", "5"),
        ("5号楼", "5"),
        ("５幢", "5"),
        ("五栋", "5"),
        ("十二栋", "12"),
        ("A座", "A"),
        ("b", "B"),
        ("", ""),
    ],
)
def test_a_building_is_its_code(text: str, code: str) -> None:
    assert building_code(text) == code


def test_a_unit_and_a_room_are_their_codes() -> None:
    assert [unit_code(text) for text in ("2单元", "二单元", "02", "")] == ["2", "2", "2", ""]
    assert [room_code(text) for text in ("203室", "0203", "203号房", "１２０１", "201a")] == [
        "203",
        "0203",
        "203",
        "1201",
        "201A",
    ]


@pytest.mark.parametrize("place", ["5-2-203", "5栋2单元203", "5栋2单元203室", "万达花园5栋2单元203"])
def test_a_home_in_one_text_is_taken_apart(place: str) -> None:
    row, _problems = read_row(2, cells(place=place), RULES)
    assert row is not None
    assert row.place_code == "5-2-203"


@pytest.mark.parametrize(
    ("text", "role"),
    [("业主", Role.OWNER), ("配偶", Role.FAMILY), ("租客", Role.TENANT), ("商户", Role.SHOP), ("", Role.OWNER)],
)
def test_roles_are_read_in_the_words_of_such_lists(text: str, role: Role) -> None:
    assert row_of(role=text).role is role


def test_numbers_are_split_labelled_and_never_dropped_in_silence() -> None:
    row = row_of(numbers=("138 0013 8000、0755-87654321 转803", "13900139000（儿子）/12", "无", "0", "13800138000"))
    assert [(number.raw, number.label) for number in row.numbers] == [
        ("138 0013 8000", ""),
        ("0755-87654321 转803", ""),
        ("13900139000", "儿子"),
        ("12", ""),
    ]


def test_an_odd_number_is_told_and_imported_and_an_impossible_one_is_not() -> None:
    assert faults(building="5", room="203", numbers="1380013800") == [RowFault.NUMBER_UNREAD]
    assert row_of(numbers="1380013800").numbers[0].raw == "1380013800"
    assert faults(building="5", room="203", numbers="12345678901234567890") == [RowFault.NUMBER_LONG]
    assert faults(building="5", room="203", numbers="1380013800013900139000") == [RowFault.NUMBER_LONG]


def test_tags_are_renamed_by_the_mapping() -> None:
    rules = ImportRules("nc", "万达花园", tags={"VIP客户": "vip"})
    row, _problems = read_row(2, cells(building="5", room="203", tags="VIP客户、独居"), rules)
    assert row is not None
    assert row.tags == ("vip", "独居")


def test_every_fault_of_a_row_is_told_at_once() -> None:
    nowhere = ImportRules("nc")
    assert faults(nowhere, building="", room="203", name="张" * 65, role="哥们", notes="x" * 2001) == [
        RowFault.ESTATE_MISSING,
        RowFault.BUILDING_MISSING,
        RowFault.NAME_LONG,
        RowFault.ROLE_UNKNOWN,
        RowFault.NOTES_LONG,
    ]


@given(st.dictionaries(st.sampled_from(Column), st.lists(st.tuples(st.just("h"), st.text(max_size=40)), max_size=3)))
def test_nothing_that_stands_in_cells_raises(found: dict[Column, list[tuple[str, str]]]) -> None:
    row, problems = read_row(7, found, RULES)
    assert row is not None or any(problem.grave for problem in problems)

"""The scope of a notice, as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.estate import Building, Estate
from desk.domain.identity import BuildingId, EstateId
from desk.domain.notice_scope import Scope, read_scope

E1, E2 = Estate(EstateId("e1"), "文德花园"), Estate(EstateId("e2"), "万达花园")


def building(code: str, phase: str = "一期", estate: Estate = E1, mark: str = "栋") -> Building:
    return Building(BuildingId(f"{estate.estate_id}b{code}"), estate.estate_id, code, f"{code}{mark}", phase)


ONE = [building(str(number)) for number in range(1, 13)] + [building("A", "二期", mark="座")]
TWO = [*ONE, building("5", estate=E2), building("99", estate=E2)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("5", ["5"]),
        ("5栋，6栋", ["5", "6"]),
        ("5、6号楼 12", ["5", "6", "12"]),
        ("8-10栋", ["8", "9", "10"]),
        ("一期3栋", ["3"]),
        ("二期", ["A"]),
        ("a座", ["A"]),
        ("５栋 5", ["5"]),
    ],
)
def test_buildings_are_named_as_people_write_them(text: str, codes: list[str]) -> None:
    assert read_scope(text, [E1], ONE) == Scope(E1.estate_id, tuple(BuildingId(f"e1b{code}") for code in codes))


def test_nothing_is_the_whole_of_the_only_estate() -> None:
    assert read_scope(" ", [E1], ONE) == Scope(E1.estate_id)
    assert read_scope("文德花园", [E1], ONE) == Scope(E1.estate_id)


def test_where_there_are_several_estates_it_has_to_be_said_which() -> None:
    assert read_scope("", [E1, E2], TWO).unclear == ""
    assert read_scope("", [E1, E2], TWO).estate_id is None
    assert read_scope("5栋", [E1, E2], TWO).unclear == "5栋"
    assert read_scope("99", [E1, E2], TWO) == Scope(E2.estate_id, (BuildingId("e2b99"),))
    assert read_scope("万达花园 5栋", [E1, E2], TWO) == Scope(E2.estate_id, (BuildingId("e2b5"),))
    assert read_scope("万达花园", [E1, E2], TWO) == Scope(E2.estate_id)


@pytest.mark.parametrize("text", ["77栋", "5栋, 木星", "9-3"])
def test_what_names_nothing_is_said(text: str) -> None:
    found = read_scope(text, [E1], ONE)
    assert found.estate_id is None
    assert found.unclear in text


@given(st.text(max_size=40))
def test_any_text_has_a_meaning_or_says_what_is_unclear(text: str) -> None:
    found = read_scope(text, [E1, E2], TWO)
    assert found.estate_id is None or found.unclear == ""

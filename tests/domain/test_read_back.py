"""The address gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.places import SpokenPlace
from desk.domain.read_back import Address, Ask, Facts, addresses_in, ask

HOME, OTHER, BUILDING = Address("5", "2", "203"), Address("5", "2", "303"), Address("6")


def why(
    place: Address | None, home: Address | None = HOME, said: str = "", text: str = "5栋2单元203", at_home: bool = True
) -> Ask | None:
    return ask(Facts(text, place, home, addresses_in(said), at_home))


def test_where_all_agree_nothing_is_asked() -> None:
    assert why(HOME) is None
    assert why(HOME, said="5-2-203厨房漏水") is None
    assert why(HOME, home=None) is None
    assert why(None, text=" ") is None  # a praise for nowhere


def test_each_doubt_has_its_name() -> None:
    assert why(None, text="东门边上") is Ask.NOT_IN_REGISTER
    assert why(HOME, said="6栋2单元203漏水") is Ask.SAID_OTHERWISE
    assert why(OTHER) is Ask.ANOTHER_HOME
    assert why(BUILDING, at_home=False) is Ask.ANOTHER_BUILDING
    assert why(Address("5"), at_home=True) is Ask.NO_ROOM


def test_the_same_address_in_another_estate_is_another_home() -> None:
    here, there = (Address("5", "2", "203", estate) for estate in ("e1", "e2"))
    assert why(here, home=here) is None
    assert why(there, home=here) is Ask.ANOTHER_HOME
    assert why(Address("5", estate="e2"), home=here, at_home=False) is Ask.ANOTHER_BUILDING
    assert why(Address("5", estate="e1"), home=here, at_home=False) is None


def test_a_lift_of_ones_own_building_and_the_garage_are_not_in_doubt() -> None:
    assert why(Address("5"), at_home=False) is None
    assert why(Address(""), at_home=False) is None


def test_what_was_said_in_part_agrees_with_the_whole() -> None:
    assert why(HOME, said="203室漏水") is None
    assert why(HOME, said="二单元203") is None
    assert why(HOME, said="他住5-2-203，6栋的钥匙他也有") is None  # one of them is the place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5-2-203漏水", SpokenPlace(building="5", unit="2", room="203")),
        ("六栋二单元的电梯", SpokenPlace(building="6", unit="2")),
        ("我在A座1201", SpokenPlace(building="a", room="1201")),
        ("１２栋", SpokenPlace(building="12")),
    ],
)
def test_addresses_are_found_in_a_description(text: str, said: SpokenPlace) -> None:
    assert addresses_in(text) == (said,)


@pytest.mark.parametrize(
    "text",
    [
        "5号楼梯间灯不亮",
        "三座电梯都停了",
        "楼上303室漏下来",
        "13800138000",
        "2026-11-22 上午",
        "第3次来电",
        "漏了两天",
        "",
    ],
)
def test_neighbours_numbers_and_dates_are_no_place(text: str) -> None:
    assert addresses_in(text) == ()


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    for said in addresses_in(text):
        assert said.building or said.unit or said.room

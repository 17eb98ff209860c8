"""Who a caller may be, from one text: somebody known, a household, somebody new to it."""

import pytest

from desk.usecases.find_caller import find_callers
from desk.usecases.find_person import PersonFinder
from tests.usecases.conftest import AREA_CODE, World


@pytest.fixture
def finder(world: World) -> PersonFinder:
    world.person("王建国", (world.home("5", "2", "203"), "owner"))
    world.person("李秀兰", (world.home("5", "2", "203"), "family"))
    world.person("赵敏", (world.home("12", "1", "101"), "owner"), numbers=("13800138000",))
    return PersonFinder(world.residents, world.map, AREA_CODE)


def people(finder: PersonFinder, text: str) -> list[tuple[str, str]]:
    return [
        (hit.person.name if hit.person else "", home.household.place_code)
        for hit in find_callers(finder, text).people
        for home in hit.homes
    ]


def homes(finder: PersonFinder, text: str) -> list[str]:
    return [home.household.place_code for home in find_callers(finder, text).homes]


def test_a_home_with_people_is_offered_as_itself_too(finder: PersonFinder) -> None:
    assert people(finder, "5-2-203") == [("王建国", "5-2-203"), ("李秀兰", "5-2-203")]
    assert homes(finder, "5-2-203") == ["5-2-203"]
    assert find_callers(finder, "5-2-203").newcomer == ""


@pytest.mark.parametrize("text", ["5-2-203 孙丽", "5-2-203孙丽", "5栋2单元203室 孙丽", "52203 孙丽", "孙丽 5-2-203"])
def test_a_place_and_a_name_are_a_newcomer_to_that_home(finder: PersonFinder, text: str) -> None:
    found = find_callers(finder, text)
    assert (found.newcomer, found.people) == ("孙丽", ())
    assert [home.household.place_code for home in found.homes] == ["5-2-203"]


@pytest.mark.parametrize("text", ["5-2-203 王建国", "5-2-203 wjg"])
def test_who_lives_there_and_is_called_so_comes_first(finder: PersonFinder, text: str) -> None:
    assert people(finder, text) == [("王建国", "5-2-203")]


def test_somebody_of_that_name_who_lives_elsewhere_is_offered_behind(finder: PersonFinder) -> None:
    assert people(finder, "5-2-203 赵敏") == [("赵敏", "12-1-101")]
    assert homes(finder, "5-2-203 赵敏") == ["5-2-203"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("孙丽", "孙丽"),
        ("John Smith", "John Smith"),
        ("Anne-Marie O'Brien", "Anne-Marie O'Brien"),
        ("john smith", "john smith"),  # nobody is found by it
        ("5-2-203 john", "john"),
        ("wang jianguo", ""),  # letters that stand for somebody
        ("wjg", ""),
        ("WJK", ""),
        ("wjk", ""),
        ("5-2-203", ""),
        ("5栋2单元203室", ""),
        ("5栋2单元", ""),
        ("13800138000", ""),
        ("", ""),
    ],
)
def test_what_can_be_a_name(finder: PersonFinder, text: str, name: str) -> None:
    assert find_callers(finder, text).newcomer == name


def test_a_number_still_finds_whose_it_is(finder: PersonFinder) -> None:
    assert people(finder, "138 0013 8000") == [("赵敏", "12-1-101")]

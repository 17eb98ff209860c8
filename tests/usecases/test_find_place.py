"""Places and people as they are typed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from tests.usecases.conftest import AREA_CODE, World


def shown(world: World, text: str, near: str | None = None) -> list[str]:
    return [hit.shown for hit in PlaceFinder(world.residents, world.map).find(text, 8, near)]


@pytest.mark.parametrize(
    "text", ["5-2-203", "5 2 203", "5栋2单元203", "五栋二单元二零三", "52203", "wd5d2dy203", "文德5-2-203", "yq5-2-203"]
)
def test_a_home_is_found_in_every_spelling(world: World, text: str) -> None:
    hit = PlaceFinder(world.residents, world.map).find(text)[0]
    assert hit.shown == "一期5栋2单元203"
    assert hit.household
    assert (hit.place.household_id, hit.place.building_id) == (hit.household.household_id, "b5")
    assert "".join(hit.shown[start:end] for start, end in hit.spans) == "52203"


@pytest.mark.parametrize("text", ["五栋", "5", "5栋", "5d", "wd", "wd5d", "wudong", "wende5", "一期5栋"])
def test_a_building_is_found_by_number_numeral_and_the_estates_initials(world: World, text: str) -> None:
    assert shown(world, text)[0] == "一期5栋"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A座", "二期A座"),
        ("az", "二期A座"),
        ("a座2-203", "二期A座2单元203"),
        ("dxck", "地下车库"),
        ("ertong", "儿童乐园"),
        ("岗亭", "东门岗亭"),
        ("12栋大堂", "一期12栋大堂"),
        ("12ddt", "一期12栋大堂"),
        ("12 tt", "一期12栋天台"),
        ("eq", "二期A座"),
    ],
)
def test_buildings_and_public_areas_by_pinyin(world: World, text: str, first: str) -> None:
    assert shown(world, text)[0] == first


def test_the_beginning_of_a_room_offers_the_rooms(world: World) -> None:
    assert shown(world, "5-2") == ["一期5栋2单元101", "一期5栋2单元203"]
    assert shown(world, "5-2-2") == ["一期5栋2单元203"]
    assert shown(world, "5-203") == ["一期5栋1单元203", "一期5栋2单元203"]
    assert shown(world, "1")[0] == "一期12栋"


def test_the_callers_own_building_comes_first(world: World) -> None:
    assert shown(world, "dt", near="b12")[0] == "一期12栋大堂"
    assert shown(world, "203", near="b12") == ["一期12栋1单元203", "一期12栋2单元203"]


def test_with_a_second_estate_the_estate_is_named_and_told_apart(world: World) -> None:
    world.put("estate", "e2", name="长安花园")
    world.put("building", "b2-5", estate_id="e2", code="5", name="5栋", phase="", area="")
    world.put(
        "household",
        "x",
        estate_id="e2",
        building_id="b2-5",
        unit="2",
        room="203",
        place_code="5-2-203",
        tags=[],
        notes="",
    )
    world.map.load()
    assert shown(world, "5-2-203") == ["文德花园一期5栋2单元203", "长安花园5栋2单元203"]
    assert shown(world, "5-2-203", near="b2-5")[0] == "长安花园5栋2单元203"
    assert shown(world, "ca5-2-203") == ["长安花园5栋2单元203"]
    assert shown(world, "wd5d")[0] == "文德花园一期5栋"


def test_a_building_said_in_a_numeral_is_found_whatever_the_others_of_its_number_are_called(world: World) -> None:
    world.put("estate", "e0", name="万和广场")
    world.put("building", "b0-5", estate_id="e0", code="5", name="5号楼", phase="", area="")
    world.map.load()
    assert shown(world, "wd")[0] == "文德花园一期5栋"
    assert shown(world, "whl")[0] == shown(world, "五号楼")[0] == "万和广场5号楼"


@pytest.mark.parametrize("text", ["", "  ", "99-1-101", "xyzzy", "5-9-999", "-"])
def test_what_is_not_there_is_not_found(world: World, text: str) -> None:
    assert shown(world, text) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=12) | st.text(st.sampled_from("0123456789-wdA座栋单元 一五"), max_size=10))
def test_no_text_breaks_the_search(world: World, text: str) -> None:
    for hit in PlaceFinder(world.residents, world.map).find(text, 5):
        assert all(0 <= start < end <= len(hit.shown) for start, end in hit.spans)
    PersonFinder(world.residents, world.map, AREA_CODE).find(text, 5)


@pytest.mark.parametrize(
    "text",
    ["王建国", "建国", "wangjianguo", "wjg", "wangj", "13800138000", "+86 138-0013-8000", "5-2-203", "5栋2单元203"],
)
def test_a_person_is_found_by_name_number_and_place(world: World, text: str) -> None:
    home = world.home("5", "2", "203")
    world.person("王建国", (home, "owner"), numbers=("138 0013 8000",))
    world.person("李秀兰", (world.home("12", "1", "101"), "owner"), numbers=("13900139000",))
    hits = PersonFinder(world.residents, world.map, AREA_CODE).find(text)
    assert [h.person.name for h in hits if h.person] == ["王建国"]
    assert [(h.place.text, h.role.value if h.role else "") for h in hits[0].homes] == [("一期5栋2单元203", "owner")]


def test_a_household_without_people_is_found_as_a_place(world: World) -> None:
    hits = PersonFinder(world.residents, world.map, AREA_CODE).find("5-2-203")
    assert [(h.person, h.homes[0].place.text) for h in hits] == [(None, "一期5栋2单元203")]


def test_a_households_number_finds_the_household(world: World) -> None:
    world.number("0755-87654321", household_id=world.home("5", "2", "203"))
    hits = PersonFinder(world.residents, world.map, AREA_CODE).find("87654321")
    assert [(h.person, h.homes[0].place.text) for h in hits] == [(None, "一期5栋2单元203")]

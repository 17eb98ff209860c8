"""Which open ticket a call may be about."""

import pytest

from desk.domain.identity import BuildingId, HouseholdId
from desk.domain.tickets import Place
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.same_fault import SHOWN, SameFaults
from tests.usecases.conftest import World

LIFT, TAP, LEAK = "repair.lift.stopped", "repair.water.tap", "repair.water.leak_above"
BUILDING = Place("5栋", None, BuildingId("b5"))


IN_MEMORY = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)


@pytest.fixture
def faults(world: World) -> SameFaults:
    in_area = world.tickets.open_in_area if isinstance(world.tickets, SqlTickets) else lambda _area, _limit: []
    return SameFaults(world.tickets, world.residents, ShippedTexts().categories(), in_area)


def found(faults: SameFaults, place: Place, category: str = "", words: str = "") -> list[str]:
    return [one.ticket.ticket_id for one in faults.find(place, category, words)]


def test_words_find_the_ticket_before_a_category_is_chosen(world: World, faults: SameFaults) -> None:
    lift = world.ticket(world.home("5", "1", "101"), LIFT, 9, description="1单元电梯停在3楼不动")
    leak = world.ticket(world.home("5", "2", "203"), LEAK, 1, description="卫生间顶上滴水")
    assert found(faults, BUILDING, words="电梯停了不动")[0] == lift
    assert found(faults, BUILDING, words="dianti tingle")[0] == lift
    assert found(faults, BUILDING, words="天花板漏水")[0] == leak  # what callers call it
    assert found(faults, BUILDING) == [leak, lift]  # nothing typed: the newest


@IN_MEMORY
def test_this_home_and_this_unit_come_first_among_the_same(world: World, faults: SameFaults) -> None:
    far = world.ticket(world.home("5", "1", "101"), LEAK, 1)
    unit = world.ticket(world.home("5", "2", "101"), LEAK, 5)
    home = world.ticket(world.home("5", "2", "203"), LEAK, 9)
    place = Place("", HouseholdId(world.home("5", "2", "203")), BuildingId("b5"))
    assert found(faults, place, LEAK) == [home, unit, far]


@IN_MEMORY
def test_other_buildings_and_closed_tickets_are_not_shown(world: World, faults: SameFaults) -> None:
    world.ticket(world.home("12", "1", "101"), LIFT)
    world.ticket(world.home("5", "1", "101"), LIFT, stage="closed")
    assert found(faults, BUILDING, LIFT, "电梯") == []
    assert faults.find(Place("somewhere"), LIFT) == []


@IN_MEMORY
def test_a_building_is_read_once_until_tickets_change(world: World, faults: SameFaults) -> None:
    first = world.ticket(world.home("5", "1", "101"), LIFT)
    assert found(faults, BUILDING) == [first]
    second = world.ticket(world.home("5", "1", "203"), LIFT, 1)
    assert found(faults, BUILDING) == [first]
    faults.stale()
    assert found(faults, BUILDING) == [second, first]


@IN_MEMORY
def test_a_hundred_are_shown_as_a_few(world: World, faults: SameFaults) -> None:
    for _count in range(SHOWN + 3):
        world.ticket(world.home("5", "1", "101"))
    assert len(faults.find(BUILDING)) == SHOWN


@pytest.mark.parametrize("empty_world", ["in the seat store"], indirect=True)
def test_a_public_area_of_no_building_has_its_own(world: World, faults: SameFaults) -> None:
    lamp = world.ticket(None, "repair.power.lamp", public_area_id="a地下车库", description="车库灯不亮")
    world.ticket(None, "repair.power.lamp", public_area_id="a儿童乐园")
    garage = Place("地下车库", public_area_id="a地下车库")
    assert found(faults, garage, words="灯不亮") == [lamp]

"""The address gate over the register."""

from dataclasses import replace

import pytest

from desk.domain.drafts import Intake
from desk.domain.identity import HouseholdId, TicketId
from desk.domain.read_back import Ask
from desk.domain.tickets import Kind, Place
from desk.texts import ShippedTexts
from desk.usecases.read_back import ReadBack
from tests.usecases.conftest import World

TAP = "repair.water.tap"

pytestmark = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)


@pytest.fixture
def gate(world: World) -> ReadBack:
    return ReadBack(world.log, world.author, world.residents, world.map, ShippedTexts().categories(), world.clock)


def home(world: World, building: str, unit: str, room: str) -> Place:
    household = world.residents.households([world.home(building, unit, room)])
    return world.map.home(next(iter(household.values())))


def test_the_callers_own_home_is_not_in_doubt(world: World, gate: ReadBack) -> None:
    intake = Intake(Kind.REPAIR, TAP, place=home(world, "5", "2", "203"), household_id=world.home("5", "2", "203"))
    assert gate.asks(intake) is None
    assert gate.asks(replace(intake, description="5-2-203厨房龙头")) is None


def test_each_difference_asks_for_a_read_back(world: World, gate: ReadBack) -> None:
    own = world.home("5", "2", "203")
    base = Intake(Kind.REPAIR, TAP, place=home(world, "5", "2", "203"), household_id=own)
    assert gate.asks(replace(base, place=home(world, "5", "1", "101"))) is Ask.ANOTHER_HOME
    assert gate.asks(replace(base, description="12栋2单元203漏水")) is Ask.SAID_OTHERWISE
    assert gate.asks(replace(base, place=Place("东门外小卖部"))) is Ask.NOT_IN_REGISTER
    assert gate.asks(replace(base, place=Place(), typed={"place": "五栋不知道几单元"})) is Ask.NOT_IN_REGISTER
    building = world.map.building("b5")
    assert building is not None
    assert gate.asks(replace(base, place=world.map.whole_building(building))) is Ask.NO_ROOM
    lift = replace(base, category="repair.lift.stopped", place=world.map.whole_building(building))
    assert gate.asks(lift) is None


def test_the_same_room_of_another_estate_asks_for_a_read_back(world: World, gate: ReadBack) -> None:
    world.put("estate", "e2", name="文德花园")
    world.put("building", "b2-5", estate_id="e2", code="5", name="5栋", phase="", area="")
    fields = {"estate_id": "e2", "building_id": "b2-5", "unit": "2", "room": "203", "place_code": "5-2-203"}
    there = HouseholdId(world.put("household", "h-there", **fields, tags=[], notes=""))
    world.map.load()
    place = world.map.home(world.residents.households([there])[there])
    intake = Intake(Kind.REPAIR, TAP, place=place, household_id=world.home("5", "2", "203"))
    assert gate.asks(intake) is Ask.ANOTHER_HOME
    assert gate.asks(replace(intake, household_id=there)) is None


def test_an_unknown_caller_is_only_asked_where_words_differ(world: World, gate: ReadBack) -> None:
    intake = Intake(Kind.REPAIR, TAP, place=home(world, "5", "2", "203"))
    assert gate.asks(intake) is None
    assert gate.asks(replace(intake, household_id=HouseholdId("gone"))) is None


def test_no_place_is_no_doubt(gate: ReadBack) -> None:
    assert gate.asks(Intake(Kind.PRAISE, "praise.staff.kind")) is None


def test_that_it_was_read_back_stands_on_the_ticket(world: World, gate: ReadBack) -> None:
    ticket = TicketId(world.ticket(world.home("5", "2", "203"), read_back_asked="another_home"))
    gate.done(ticket)
    row = world.tickets.get(ticket)
    assert row is not None
    assert row.read_back_at == world.now

"""Attaching a number to whom it belongs, while they are on the line."""

import pytest

from desk.domain.estate import Role
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.usecases.attach_number import AttachNumber
from desk.usecases.screen_pop import ScreenPop
from desk.usecases.tie_call import TieCall
from tests.usecases.conftest import AREA_CODE, World

RAW = "013900139000"


def attaching(world: World) -> AttachNumber:
    return AttachNumber(world.log, world.author, world.residents, world.new_id, AREA_CODE)


def known_as(world: World, raw: str) -> list[tuple[str, str, Role | None]]:
    pop = ScreenPop(world.residents, world.tickets, world.calls, world.notices, world.clock, AREA_CODE, world.map)
    return [
        (c.person.name if c.person else "", c.household.place_code if c.household else "", c.role)
        for c in pop.profile(Party(raw)).candidates
    ]


def test_a_persons_new_number_finds_them_in_any_writing_and_ties_the_call(world: World) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王建国", (home, "owner"))
    call = CallId(world.call(RAW))
    attached = attaching(world).to_person(person, RAW, call, home)
    assert attached.number_id
    assert known_as(world, "+86 139-0013-9000") == [("王建国", "5-2-203", Role.OWNER)]
    assert [n.raw for n in world.residents.numbers_of_people([person])] == [RAW]
    entry = world.calls.get(call)
    assert entry
    assert (entry.person_id, entry.household_id) == (person, home)


def test_attaching_twice_files_one_number(world: World) -> None:
    person = world.person("王建国", (world.home("5", "2", "203"), "owner"))
    attaching(world).to_person(person, RAW)
    again = attaching(world).to_person(person, "139 0013 9000")
    assert again.number_id is None
    assert len(world.residents.numbers_of_people([person])) == 1


def test_a_household_gets_a_number_that_is_nobodys_yet(world: World) -> None:
    attaching(world).to_household(world.home("5", "2", "203"), "87654321")
    assert known_as(world, "0755-87654321") == [("", "5-2-203", None)]


def test_one_number_may_belong_to_several(world: World) -> None:
    one = world.person("王建国", (world.home("5", "2", "203"), "owner"))
    two = world.person("李秀兰", (world.home("5", "2", "203"), "family"))
    for person in (one, two):
        assert attaching(world).to_person(person, RAW).number_id
    assert [name for name, *_ in known_as(world, RAW)] == ["王建国", "李秀兰"]


def test_a_stranger_becomes_a_person_of_the_household_in_one_step(world: World) -> None:
    call = CallId(world.call(RAW))
    attached = attaching(world).to_new_person(" 赵敏 ", RAW, world.home("12", "1", "101"), Role.TENANT, call)
    assert known_as(world, RAW) == [("赵敏", "12-1-101", Role.TENANT)]
    entry = world.calls.get(call)
    assert entry
    assert entry.person_id == attached.person_id


def test_a_stranger_without_a_name_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="name"):
        attaching(world).to_new_person("  ", RAW)


def test_a_number_that_is_not_theirs_is_ended_and_its_call_is_nobodys(world: World) -> None:
    home = world.home("5", "2", "203")
    wang, li = world.person("王建国", (home, "owner")), world.person("李秀兰", (home, "family"))
    call = CallId(world.call(RAW))
    for person in (wang, li):
        attaching(world).to_person(person, RAW, call, home)
    attaching(world).detach("+86 139-0013-9000", li, home, call)
    assert [name for name, *_ in known_as(world, RAW)] == ["王建国"]
    assert world.calls.tie(call) is None


def test_a_households_number_and_somebody_new_are_taken_back(world: World) -> None:
    home = world.home("5", "2", "203")
    attaching(world).to_household(home, RAW)
    attaching(world).detach(RAW, None, home)
    assert known_as(world, RAW) == []
    new = attaching(world).to_new_person("赵敏", RAW, home)
    attaching(world).detach(RAW, new.person_id, home, None, new.membership_id)
    assert known_as(world, RAW) == []
    assert [m.person_id for m in world.residents.memberships_of_household(home) if not m.ended] == []


def test_a_withheld_number_is_not_filed_but_the_call_is_tied(world: World) -> None:
    person = world.person("王建国", (world.home("5", "2", "203"), "owner"))
    call = CallId(world.call("anonymous"))
    assert attaching(world).to_person(person, "anonymous", call).number_id is None
    assert world.residents.numbers_of_people([person]) == []
    entry = world.calls.get(call)
    assert entry
    assert entry.person_id == person


def test_the_agent_says_who_it_was(world: World) -> None:
    home = world.home("5", "2", "203")
    person = world.person("王建国", (home, "owner"))
    call = CallId(world.call(RAW))
    TieCall(world.log, world.author).tie(call, person, home)
    entry = world.calls.get(call)
    assert entry
    assert (entry.person_id, entry.household_id) == (person, home)
    TieCall(world.log, world.author).tie(call, None, None)
    entry = world.calls.get(call)
    assert entry
    assert (entry.person_id, entry.household_id) == (None, None)

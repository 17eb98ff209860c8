"""Whoever joins the ticket of another household is told what became of it."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.moves import Given, MoveKind
from desk.domain.promises import Promise
from desk.domain.tickets import Ticket
from desk.store.promises import SqlPromises
from desk.store.store import Store
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_work import FakePromises
from desk.usecases.promise import KeepPromises, Promised
from tests.usecases import follow_up_world
from tests.usecases.conftest import World
from tests.usecases.incident_world import POLICY, Hotline, hotline_of

TAP = "repair.water.tap"


@pytest.fixture
def hotline(world: World) -> Hotline:
    return hotline_of(world)


def joined(hotline: Hotline, ticket: Ticket, home: str, number: str) -> list[Promise]:
    call = CallId(hotline.world.call(number, 0))
    person, household = PersonId(f"p-{home}"), HouseholdId(home) if home else None
    hotline.joining.join(call, ticket.ticket_id, "", person if home else None, household, number, "王女士")
    return list(hotline.incidents.call_backs(ticket.ticket_id))


def test_a_neighbour_who_joins_is_told_when_it_was_promised_to_be_done(hotline: Hotline) -> None:
    ticket = hotline.report("1", "101", TAP)
    neighbour = hotline.world.home("5", "1", "203")
    (promise,) = joined(hotline, ticket, neighbour, "13700137000")
    assert (promise.owner, promise.number, promise.caller_name) == ("1001", "13700137000", "王女士")
    assert (promise.household_id, promise.person_id) == (neighbour, f"p-{neighbour}")
    assert promise.due_at == ticket.promise_due_at
    assert promise.text == "回电 5栋1单元101"
    assert joined(hotline, ticket, neighbour, "13700137000") == [promise]


def test_a_call_promised_by_key_in_the_call_that_joined_is_another_promise(hotline: Hotline) -> None:
    world, ticket = hotline.world, hotline.report("1", "101", TAP)
    (told,) = joined(hotline, ticket, world.home("5", "1", "203"), "13700137000")
    ledger = FakePromises(world.log) if isinstance(world.log, FakeStore) else SqlPromises(cast("Store", world.store))
    keep = KeepPromises(world.log, world.author, ledger, lambda: "1001", lambda: (), world.clock, world.new_id)
    given = keep.give(Promised("问停车费", "13700137000", call_id=told.call_id))
    assert given.due_at == world.now + keep.figures.usual
    again = keep.give(Promised("问停车费", "13700137000", call_id=told.call_id), world.now + timedelta(hours=2))
    assert again == replace(given, due_at=again.due_at)
    assert sorted(ledger.open(), key=lambda one: one.due_at) == [again, told]


def test_the_ticket_own_household_and_its_own_number_are_asked_by_its_follow_up(hotline: Hotline) -> None:
    ticket = hotline.report("1", "101", TAP)
    assert joined(hotline, ticket, str(ticket.household_id), "13700137000") == []
    assert joined(hotline, ticket, "", f"0{ticket.contact_number}") == []
    assert joined(hotline, ticket, "", "anonymous") == []


def test_what_is_late_already_is_told_soon(hotline: Hotline) -> None:
    ticket = hotline.report("1", "101", TAP)
    hotline.later(60 * 24 * 60)
    (promise,) = joined(hotline, ticket, "", "13700137000")
    assert promise.due_at == hotline.world.now + POLICY.call_back


def test_of_a_ticket_that_is_joined_its_own_caller_is_told(hotline: Hotline) -> None:
    ticket, other = hotline.report("1", "101", TAP), hotline.report("2", "101", TAP)
    moving = follow_up_world.hotline_of(hotline.world).moving
    moving.move(other.ticket_id, MoveKind.JOIN, Given(ticket_id=ticket.ticket_id))
    (promise,) = hotline.incidents.call_backs(TicketId(ticket.ticket_id))
    assert (promise.number, promise.household_id) == (other.contact_number, other.household_id)
    assert hotline.call_backs.for_joined_ticket(other, ticket) == []

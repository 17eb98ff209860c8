"""Two seats without network see the same incident, and both confirm it: after healing there is one of everything."""

import random

import pytest

from desk.domain.changes import Change
from desk.domain.incidents import Incident, IncidentState
from desk.domain.promises import Promise, PromiseState
from desk.domain.tickets import Stage, Ticket
from desk.usecases.fakes import FakeStore
from tests.usecases.conftest import NOW, World
from tests.usecases.incident_world import LIFT, Hotline, hotline_of

pytestmark = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)


def seat(known: list[Change], name: str, start: int) -> tuple[FakeStore, Hotline]:
    """A seat that has these changes, whose own ids sort after them."""
    store = FakeStore()
    store.append(known)
    world = World(store, store, store.tickets, store.calls, store.notices, store, store, now=NOW)
    for _used in range(start):
        world.new_id()
    return store, hotline_of(world, name)


@pytest.mark.parametrize("seed", range(6))
def test_two_seats_that_confirm_unseen_by_each_other_make_one(world: World, seed: int) -> None:
    assert isinstance(world.log, FakeStore)
    for unit, room in (("1", "101"), ("1", "203"), ("2", "101")):
        world.ticket(world.home("5", unit, room), LIFT, 0.1, contact_number=f"1380013{unit}{room}")
    known = list(world.log.changes)
    stores = []
    for number, name in enumerate(("S01", "S02"), 1):
        store, desk = seat(known, name, number * 10_000)
        desk.world.now = world.now
        (alarm,) = desk.watch.look()
        desk.watch.note([alarm])
        made = desk.confirming.confirm(alarm)
        desk.world.put("promise", made.call_backs[number - 1].promise_id, state="kept")
        stores.append(store)
    own = [change for store in stores for change in store.changes[len(known) :]]
    random.Random(seed).shuffle(own)
    healed = FakeStore()
    healed.append([*known, *own])
    (incident,) = healed.all_of(Incident)
    assert incident.state is IncidentState.CONFIRMED
    parents = [one for one in healed.all_of(Ticket) if one.incident_id and one.parent_id is None]
    assert [one.ticket_id for one in parents] == [incident.ticket_id]
    assert {one.stage for one in healed.all_of(Ticket) if one.parent_id} == {Stage.JOINED}
    states = sorted(one.state.value for one in healed.all_of(Promise))
    assert states == [PromiseState.KEPT.value, PromiseState.KEPT.value, PromiseState.OPEN.value]

"""Repeat calls."""

import pytest

from desk.domain.changes import Change
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.moves import MoveRefused, Refusal
from desk.domain.tickets import Priority, Ticket
from desk.usecases.join_call import JoinCall, Joiner, TicketNotOpen
from tests.usecases.conftest import World
from tests.usecases.moving import Hotline


def joining(world: World) -> JoinCall:
    return JoinCall(world.log, world.author, world.tickets, Hotline(world).moves)


def test_repeat_call_joins_the_open_ticket(world: World) -> None:
    ticket = TicketId(world.ticket(world.home("5", "2", "203")))
    call = CallId(world.call("13800138000"))
    joined = joining(world).join(call, ticket, " 很着急 ", PersonId("p1"), HouseholdId("h5-1-101"))
    assert joined.ticket_id == ticket
    entry = world.calls.get(call)
    assert entry
    assert (entry.ticket_id, entry.person_id, entry.household_id) == (ticket, "p1", "h5-1-101")
    assert [c.call_id for c in world.calls.of_ticket(ticket)] == [call]


def test_a_joined_ticket_leads_to_the_one_it_was_joined_to(world: World) -> None:
    home = world.home("5", "2", "203")
    main = TicketId(world.ticket(home))
    joined = TicketId(world.ticket(home, stage="joined", joined_to=main))
    assert joining(world).join(CallId(world.call("13800138000")), joined).ticket_id == main


@pytest.mark.parametrize("stage", ["closed", "cancelled", "joined"])
def test_a_ticket_that_is_over_is_not_joined(world: World, stage: str) -> None:
    ticket = TicketId(world.ticket(world.home("5", "2", "203"), stage=stage))
    call = CallId(world.call("13800138000"))
    with pytest.raises(TicketNotOpen):
        joining(world).join(call, ticket)
    entry = world.calls.get(call)
    assert entry
    assert entry.ticket_id is None


def test_tickets_joined_in_a_circle_do_not_hang_it(world: World) -> None:
    one = world.ticket(world.home("5", "2", "203"), stage="joined")
    two = world.ticket(world.home("5", "2", "203"), stage="joined", joined_to=one)
    world.put("ticket", one, joined_to=two)
    with pytest.raises(TicketNotOpen):
        joining(world).join(CallId("c1"), TicketId(one))


def test_an_unknown_ticket_is_not_joined(world: World) -> None:
    with pytest.raises(TicketNotOpen):
        joining(world).join(CallId("c1"), TicketId("nowhere"))


def test_what_comes_of_it_is_written_with_it(world: World) -> None:
    ticket = TicketId(world.ticket(world.home("5", "2", "203")))
    call = CallId(world.call("13800138000"))
    seen: list[Joiner] = []

    def also(_ticket: Ticket, joiner: Joiner) -> list[Change]:
        seen.append(joiner)
        return [world.author.change("ticket", ticket, {"description": "又来电"})]

    joined = JoinCall(world.log, world.author, world.tickets, Hotline(world).moves, also)
    joined.join(call, ticket, household_id=HouseholdId("h5-1-101"), number=" 13800138000 ", caller_name="李女士 ")
    assert seen == [Joiner(call, None, HouseholdId("h5-1-101"), "13800138000", "李女士")]
    row = world.tickets.get(ticket)
    assert row
    assert row.description == "又来电"


@pytest.mark.parametrize("by_call", [(True, True), (True, False), (False, True), (False, False)])
def test_a_second_repeat_raises_it_whether_by_a_call_or_without_one(world: World, by_call: tuple[bool, bool]) -> None:
    ticket = Hotline(world).filed(call_id=world.call("13800138000"))
    for called, priority in zip(by_call, (Priority.NORMAL, Priority.HIGH), strict=True):
        call = CallId(world.call("13800138000")) if called else None
        assert joining(world).join(call, ticket, "又漏了").priority is priority
        row = world.tickets.get(ticket)
        assert row
        assert row.priority is priority


def test_calls_that_the_desk_makes_about_it_are_no_repeats(world: World) -> None:
    ticket = Hotline(world).filed(call_id=world.call("13800138000"))
    for number in ("13900000001", "13900000002", "13800138000"):
        world.call(number, direction="outgoing", ticket_id=ticket)
    joined = joining(world)
    assert joined.join(CallId(world.call("13800138000")), ticket).priority is Priority.NORMAL
    assert joined.join(CallId(world.call("13800138000")), ticket).priority is Priority.HIGH


def test_a_call_that_still_runs_is_a_repeat_from_the_moment_it_joins(world: World) -> None:
    ticket = Hotline(world).filed()
    joined = joining(world)
    assert joined.join(CallId(world.new_id()), ticket).priority is Priority.NORMAL
    world.call("13800138000", ticket_id=ticket)  # as the log has it once it is over
    assert joined.join(CallId(world.new_id()), ticket).priority is Priority.HIGH


def test_a_repeat_that_was_taken_back_does_not_count(world: World) -> None:
    hotline = Hotline(world)
    ticket = hotline.filed()
    joined = joining(world)
    joined.join(None, ticket, "又漏了")
    hotline.moves.undo(ticket)
    assert joined.join(None, ticket, "又漏了").priority is Priority.NORMAL
    assert joined.join(None, ticket, "还在漏").priority is Priority.HIGH
    assert hotline.moves.undo(ticket).priority is Priority.NORMAL


def test_who_came_without_a_call_and_what_they_said_is_kept_with_the_ticket(world: World) -> None:
    hotline, home, seen = Hotline(world), HouseholdId("h5-1-101"), list[Joiner]()
    ticket = hotline.filed()

    def also(_ticket: Ticket, joiner: Joiner) -> list[Change]:
        seen.append(joiner)
        return []

    joined = JoinCall(world.log, world.author, world.tickets, hotline.moves, also)
    joined.join(None, ticket, " 又漏了 ", household_id=home, number="13800138000", caller_name="李女士")
    assert seen == [Joiner(None, None, home, "13800138000", "李女士")]
    last = hotline.histories.of("ticket", ticket)[-1]
    assert (set(last.patch), last.reason) == ({"step"}, "李女士 · 13800138000 · 又漏了")
    with pytest.raises(MoveRefused) as caught:
        joined.join(None, ticket)
    assert caught.value.reason is Refusal.NEEDS_TEXT

"""What incidents and notices are read by: the same in memory and in the seat store."""

from datetime import timedelta

from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.domain.times import to_text
from tests.usecases.conftest import World
from tests.usecases.incident_world import LIFT, Hotline, hotline_of


def test_reports_are_tickets_with_a_building_and_calls_that_joined_one(world: World) -> None:
    desk: Hotline = hotline_of(world)
    hour = timedelta(hours=1)
    world.ticket(world.home("5", "1", "101"), LIFT, ago_h=9)  # too long ago
    world.ticket(None, LIFT, ago_h=0)  # nowhere
    call = CallId(world.call("13800000001", 0.2))
    fields = {"call_id": call, "contact_number": "13800000001", "caller_name": "王先生"}
    ticket = TicketId(world.ticket(world.home("5", "1", "101"), LIFT, ago_h=0.2, **fields))
    world.put("call", call, ticket_id=ticket)  # it was taken from this call: one report, not two
    repeat = CallId(world.call("13800000002", 0.1))
    desk.joining.join(repeat, ticket, household_id=HouseholdId(world.home("5", "2", "203")))
    first, second = desk.incidents.reports(world.now - hour)
    assert (first.ticket_id, first.call_id, first.number, first.caller_name) == (ticket, None, "13800000001", "王先生")
    assert (second.ticket_id, second.call_id, second.household_id) == (ticket, repeat, world.home("5", "2", "203"))
    assert {one.category for one in (first, second)} == {LIFT}
    assert {one.building_id for one in (first, second)} == {"b5"}
    assert (first.stage, first.seat, second.seat) == ("registered", "S09", "S01")


def test_calls_that_the_desk_makes_about_a_ticket_are_no_reports(world: World) -> None:
    desk = hotline_of(world)
    ticket = TicketId(world.ticket(world.home("5", "1", "101"), LIFT, ago_h=0.3))
    for number in ("13900000001", "13900000002", "13800000001"):  # handler, backup, the resident called back
        world.call(number, 0.1, direction="outgoing", ticket_id=ticket)
    found = desk.incidents.reports(world.now - timedelta(hours=1), None, {"b5": world.now - timedelta(days=1)})
    assert {(one.ticket_id, one.call_id) for one in found} == {(ticket, None)}
    assert desk.watch.look() == []


def test_of_a_building_whose_incident_lasts_those_since_it_began_are_read(world: World) -> None:
    desk = hotline_of(world)
    day = timedelta(days=1)
    old = TicketId(world.ticket(world.home("5", "1", "101"), LIFT, ago_h=20))
    world.ticket(world.home("5", "1", "203"), LIFT, ago_h=30)  # before it began
    world.ticket(world.home("12", "1", "101"), LIFT, ago_h=20)  # elsewhere
    new = TicketId(world.ticket(world.home("5", "2", "101"), LIFT, ago_h=0.1))
    repeat = CallId(world.call("13800000002", 10))
    desk.joining.join(repeat, old)
    found = desk.incidents.reports(world.now - timedelta(hours=1), None, {"b5": world.now - day})
    assert [(one.ticket_id, one.call_id) for one in found] == [(old, None), (old, repeat), (new, None)]


def test_incidents_are_the_open_ones_and_those_of_late(world: World) -> None:
    desk = hotline_of(world)
    old = to_text(world.now - timedelta(days=9))
    for name, state, over in (
        ("noted", None, None),
        ("confirmed", "confirmed", None),
        ("gone", "over", old),
        ("late", "over", to_text(world.now)),
    ):
        known = {"state": state} if state else {}
        world.put("incident", name, building_id="b5", category=LIFT, first_at=old, over_at=over, **known)
    found = desk.incidents.lately(world.now - timedelta(days=1))
    assert sorted(one.incident_id for one in found) == ["confirmed", "late", "noted"]
    assert desk.incidents.get("gone") is not None
    assert desk.incidents.get("nowhere") is None


def test_the_book_has_notices_until_some_time_after_their_end(world: World) -> None:
    desk = hotline_of(world)
    now, coming, over = (world.notice(title, (), *hours) for title, hours in (
        ("now", (-1, 5)), ("coming", (9, 12)), ("over", (-9, -1)),
    ))  # fmt: skip
    assert [one.notice_id for one in desk.book.since(world.now, 9)] == [coming, now]
    assert [one.notice_id for one in desk.book.since(world.now - timedelta(days=1), 2)] == [coming, now]
    kept = desk.book.get(over)
    assert kept is not None
    assert kept.title == "over"


def test_promises_about_a_ticket_are_those_to_call_back(world: World) -> None:
    desk = hotline_of(world)
    when = to_text(world.now)
    for name, ticket in (("p1", "t1"), ("p2", "t2")):
        world.put("promise", name, owner="1001", made_by="1001", made_at=when, due_at=when, text="", ticket_id=ticket)
    assert [one.promise_id for one in desk.incidents.call_backs(TicketId("t1"))] == ["p1"]

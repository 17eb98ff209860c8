"""Tickets as other systems get them, and the list of those that a hook has still to tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from desk.domain.changes import Change
from desk.domain.ticket_out import Choice
from desk.store.change_log import SqlChangeLog
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from desk.store.tickets_out import SqlTicketsOut
from tests.making import START, at, change, ticket


def tickets_of(store: Store) -> SqlTicketsOut:
    return SqlTicketsOut(store, lambda code: f"name of {code}")


def numbers(store: Store, choice: Choice) -> list[str]:
    return [record.number for record in tickets_of(store).records(choice)]


def register() -> Sequence[Change]:
    return (
        change("estate", "e", {"name": "万达花园"}),
        change("building", "b", {"estate_id": "e", "code": "5", "name": "5栋", "phase": "一期"}),
        change("household", "h", {"estate_id": "e", "building_id": "b", "unit": "2", "room": "203"}),
        change("person", "p", {"name": "张三"}),
        change("staff", "s", {"number": "H1", "name": "老王", "duty": "handler"}),
    )


def test_a_ticket_goes_out_with_the_names_beside_the_ids(store: Store, log: SqlChangeLog) -> None:
    log.append(
        [*register(), ticket("t1", household_id="h", person_id="p", handler_id="s", joined_to="t0"), ticket("t0")]
    )
    record = tickets_of(store).record("t1")
    assert record is not None
    assert (record.estate, record.phase, record.building, record.unit, record.room) == (
        "万达花园",
        "一期",
        "5栋",
        "2",
        "203",
    )
    assert (record.resident_name, record.handler, record.joined_to) == ("张三", "老王", "20261121-S01-t0")
    assert record.category_name == f"name of {record.category}"


def test_a_ticket_that_has_not_come_whole_is_not_told_of(store: Store, log: SqlChangeLog) -> None:
    log.append([change("ticket", "t1", {"number": "1"})])
    assert tickets_of(store).record("t1") is None
    assert numbers(store, Choice()) == []


def test_tickets_are_chosen_by_day_and_by_whether_they_are_open(store: Store, log: SqlChangeLog) -> None:
    log.append(
        [
            ticket("t1"),
            ticket("t2", 24 * 60),
            ticket("t3", 48 * 60),
            ticket("t4", 24 * 60 + 1, stage="closed"),
        ]
    )
    day = START.date()
    assert len(numbers(store, Choice())) == 4
    assert numbers(store, Choice(since=day + timedelta(days=1), until=day + timedelta(days=1))) == [
        "20261121-S01-t2",
        "20261121-S01-t4",
    ]
    assert numbers(store, Choice(since=day + timedelta(days=1), open_only=True)) == [
        "20261121-S01-t2",
        "20261121-S01-t3",
    ]
    assert numbers(store, Choice(since=date(2030, 1, 1))) == []


def test_more_than_a_page_comes_once_each_and_in_order(store: Store, log: SqlChangeLog) -> None:
    log.append([ticket(f"t{number:04}", number // 7) for number in range(1203)])
    found = numbers(store, Choice())
    assert found == sorted(set(found))
    assert len(found) == 1203


def test_a_change_puts_its_ticket_on_the_list_until_it_is_told(store: Store, log: SqlChangeLog) -> None:
    tickets = tickets_of(store)
    log.append([ticket("t1"), change("person", "p", {"name": "张三"})])
    [untold] = tickets.due(at(0), 10)
    log.append([change("ticket", "t1", {"priority": "high"})])  # meanwhile
    tickets.told(untold, "hash")
    [again] = tickets.due(at(0), 10)
    assert (again.ticket_id, again.touched > untold.touched, again.body_hash) == ("t1", True, "hash")
    tickets.told(again, "hash")
    assert tickets.due(at(0), 10) == []


def test_what_another_seat_changed_and_what_the_centre_ordered_is_on_the_list(store: Store, log: SqlChangeLog) -> None:
    tickets = tickets_of(store)
    mine = ticket("t1")
    log.append([mine])
    tickets.told(tickets.due(at(0), 10)[0], "hash")
    SqlOutbox(store).apply([Ordered(replace(ticket("t2"), central_seq=4), "1002")], 4)
    SqlOutbox(store).acknowledge({mine.change_id: 5}, "1001")
    assert {one.ticket_id for one in tickets.due(at(0), 10)} == {"t1", "t2"}


def test_what_failed_waits_for_its_time_and_says_why(store: Store, log: SqlChangeLog) -> None:
    tickets = tickets_of(store)
    log.append([ticket("t1"), ticket("t2")])
    first, _second = tickets.due(at(0), 10)
    tickets.later(first, at(5), "HTTP 404")
    assert [one.ticket_id for one in tickets.due(at(4), 10)] == ["t2"]
    assert [(one.ticket_id, one.tries) for one in tickets.due(at(5), 10)] == [("t2", 0), ("t1", 1)]
    state = tickets.state()
    assert (state.waiting, state.failing, list(state.why)) == (2, 1, [("HTTP 404", 1)])
    tickets.retry_now()
    assert len(tickets.due(at(0), 10)) == 2

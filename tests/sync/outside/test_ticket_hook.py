"""The ticket hook against a real receiver: told once it stands, told again until it is taken."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.store.tickets_out import SqlTicketsOut
from desk.sync.outside.signed_post import signature
from desk.sync.outside.ticket_hook import TicketHook, teller
from tests.making import START, change, ticket
from tests.sync.outside.receiver import Receiver, receiver


class Office:
    """A seat whose tickets are told to a receiver; its clock is put on by hand."""

    def __init__(self, store: Store, erp: Receiver) -> None:
        self.now = START
        self.erp = erp
        self.log = SqlChangeLog(store)
        self.tickets = SqlTicketsOut(store, lambda code: code)
        self.hook = self.new_hook()

    def new_hook(self, since: datetime | None = START - timedelta(days=1)) -> TicketHook:
        return TicketHook(self.tickets, teller(f"{self.erp.url}/desk", "s3cret"), lambda: self.now, since)

    def told(self) -> list[tuple[str, str]]:
        """(number, stage) of what arrived, in order."""
        bodies = [json.loads(got.body)["ticket"] for got in self.erp.got]
        return [(body["number"][-2:], body["stage"]) for body in bodies]

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    with receiver() as erp:
        yield Office(store, erp)
    store.close()


def test_a_ticket_is_told_whole_signed_and_once(office: Office) -> None:
    office.log.append([ticket("t1", place_text="5栋2单元203")])
    assert office.hook.work_once()
    assert not office.hook.work_once()
    [got] = office.erp.got
    body = json.loads(got.body)
    assert (body["event"], body["at"]) == ("ticket.changed", "2026-11-21T08:00:00.000000Z")
    assert (body["ticket"]["ticket_id"], body["ticket"]["place"]) == ("t1", "5栋2单元203")
    at_s = int(START.timestamp())
    assert (got.path, got.headers["x-desk-time"]) == ("/desk", str(at_s))
    assert got.headers["x-desk-signature"] == signature("s3cret", at_s, got.body)


def test_every_change_is_told_and_a_change_of_nothing_is_not(office: Office) -> None:
    office.log.append([ticket("t1")])
    office.hook.work_once()
    office.log.append([change("ticket", "t1", {"stage": "dispatched"})])
    office.hook.work_once()
    office.log.append([change("ticket", "t1", {"stage": "dispatched"})])
    office.hook.work_once()
    assert office.told() == [("t1", "registered"), ("t1", "dispatched")]
    keys = {got.headers["idempotency-key"] for got in office.erp.got}
    assert len(keys) == 2


def test_what_is_not_taken_is_told_again_with_the_same_key(office: Office) -> None:
    office.log.append([ticket("t1"), ticket("t2")])
    office.erp.answers = [(503, b"", {}), (503, b"", {})]
    assert not office.hook.work_once()
    assert len(office.erp.got) == 1, "one asks for all"
    assert not office.hook.work_once(), "its pause is not over"
    office.later(1)
    office.hook.work_once()
    assert len(office.erp.got) == 2
    office.later(1)
    office.hook.work_once()
    office.later(1)
    office.hook.work_once()
    assert sorted(set(office.told())) == [("t1", "registered"), ("t2", "registered")]
    of_first = {got.headers["idempotency-key"] for got in office.erp.got if b'"t1"' in got.body}
    assert len(of_first) == 1


def test_a_ticket_that_is_refused_holds_up_no_other(office: Office) -> None:
    office.log.append([ticket("t1"), ticket("t2")])
    office.erp.answers = [(422, b"no such category", {})]
    assert office.hook.work_once()
    assert [number for number, _stage in office.told()] == ["t1", "t2"]
    assert list(office.tickets.state().why) == [("HTTP 422", 1)]
    office.later(5)
    office.hook.work_once()
    assert office.tickets.state().waiting == 0


def test_nobody_there_is_asked_less_and_less(office: Office) -> None:
    office.log.append([ticket("t1")])
    dead = TicketHook(office.tickets, teller("http://127.0.0.1:9", "s"), lambda: office.now, START - timedelta(days=1))
    tries = []
    for _minute in range(8 * 60):
        dead.work_once()
        tries.append(office.tickets.due(START + timedelta(days=9), 1)[0].tries)
        office.later(1)
    assert 8 <= tries[-1] <= 20
    assert office.tickets.state().failing == 1


def test_what_was_registered_before_the_hook_is_not_told(office: Office) -> None:
    office.log.append([ticket("t1", -60), ticket("t2", 1)])
    hook = office.new_hook(since=START)
    hook.work_once()
    assert [number for number, _stage in office.told()] == ["t2"]
    assert office.tickets.state().waiting == 0


def test_a_hook_without_a_day_begins_when_it_first_runs_and_remembers(office: Office) -> None:
    office.log.append([ticket("t1", -60)])
    office.new_hook(since=None).work_once()
    office.later(60)
    office.log.append([ticket("t2", 30)])
    office.new_hook(since=None).work_once()
    assert [number for number, _stage in office.told()] == ["t2"]


def test_what_a_killed_process_had_not_written_down_is_told_again(office: Office) -> None:
    office.log.append([ticket("t1")])
    [untold] = office.tickets.due(START, 1)
    office.hook.work_once()
    with office.tickets._store.write() as connection:  # as if the kill had come between answer and note
        connection.exec_driver_sql("UPDATE ticket_out SET told = 0, body_hash = '' WHERE ticket_id = 't1'")
    office.new_hook().work_once()
    assert untold.ticket_id == "t1"
    assert len({got.headers["idempotency-key"] for got in office.erp.got}) == 1
    assert len(office.erp.got) == 2

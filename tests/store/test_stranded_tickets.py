"""Tickets that were joined to one that carries their work no further: found, and registered again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from desk.domain.clocks import Clocks
from desk.domain.identity import TicketId
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.store.unfit_tickets import SqlUnfitTickets
from desk.usecases.mend_tickets import MendTickets
from tests.making import START, new_id

LONG_AGO = START - timedelta(days=1)


class Joined:
    def __init__(self, store: Store) -> None:
        self.store, self.log, self.now = store, SqlChangeLog(store), START
        self.author = SeatAuthor("S01", lambda: "1001", lambda: self.now, new_id, self.log.base_seq)

    def put(self, name: str, stage: Stage, to: str | None = None, at: datetime = START, incident: str = "") -> None:
        ticket = Ticket(
            TicketId(name),
            f"20260302-S01-00{name[-1]}",
            kind=Kind.REPAIR,
            category="repair.water.tap",
            priority=Priority.NORMAL,
            stage=Stage.REGISTERED,
            description="drips",
            registered_at=START,
            registered_by="1001",
            seat="S01",
            owner="1001",
            incident_id=incident or None,
            step="join x",
        )
        ticket = Clocks().fitted(replace(ticket, stage=stage), START)
        if to is not None:
            ticket = replace(ticket, joined_to=TicketId(to))
        if stage in (Stage.JOINED, Stage.CLOSED, Stage.CANCELLED):
            ticket = replace(ticket, closed_at=at)
        self.log.append([self.author.change("ticket", name, patch_of(ticket, "ticket_id"))])

    def stranded(self) -> list[str]:
        return SqlUnfitTickets(self.store).stranded(LONG_AGO, 9)

    def mender(self) -> MendTickets:
        tickets, tasks, histories = SqlTickets(self.store), SqlTasks(self.store), SqlHistories(self.store)
        found = SqlUnfitTickets(self.store)
        return MendTickets(self.log, self.author, found, tickets, tasks, histories, Clocks(), lambda: self.now, "S01")


@pytest.fixture
def joined(store: Store) -> Joined:
    return Joined(store)


def test_two_that_were_joined_to_each_other_leave_one_that_is_worked_on(joined: Joined) -> None:
    joined.put("t1", Stage.JOINED, "t2")
    joined.put("t2", Stage.JOINED, "t1")
    assert joined.mender().work_once()
    first, second = (SqlTickets(joined.store).get(TicketId(name)) for name in ("t1", "t2"))
    assert first
    assert second
    assert (first.stage, first.joined_to, first.owner, first.closed_at) == (Stage.REGISTERED, None, "1001", None)
    assert (first.next_clock, first.plan_due_at is not None) == ("accept", True)
    assert (second.stage, second.joined_to) == (Stage.JOINED, "t1")
    assert not joined.mender().work_once()


def test_of_three_in_a_circle_one_is_taken_up_again(joined: Joined) -> None:
    joined.put("t4", Stage.JOINED, "t1")  # joined into the circle, and no part of it
    for name, to in (("t1", "t2"), ("t2", "t3"), ("t3", "t1")):
        joined.put(name, Stage.JOINED, to)
    assert joined.stranded() == ["t1"]


def test_what_was_joined_to_a_ticket_that_was_called_off_is_somebodys_again(joined: Joined) -> None:
    joined.put("t1", Stage.JOINED, "t2")
    joined.put("t2", Stage.CANCELLED, at=START + timedelta(hours=1))
    assert joined.stranded() == ["t1"]


def test_what_was_joined_to_a_ticket_that_had_been_closed_elsewhere_is_somebodys_again(joined: Joined) -> None:
    joined.put("t1", Stage.JOINED, "t2")
    joined.put("t2", Stage.CLOSED, at=START - timedelta(minutes=1))
    assert joined.stranded() == ["t1"]


@pytest.mark.parametrize("stage", [Stage.REGISTERED, Stage.DONE, Stage.CLOSED])
def test_what_was_joined_to_a_ticket_that_was_worked_on_stays_joined(joined: Joined, stage: Stage) -> None:
    joined.put("t1", Stage.JOINED, "t2")
    joined.put("t2", stage, at=START + timedelta(hours=1))
    assert joined.stranded() == []


def test_those_of_an_incident_are_called_back_and_stay_joined(joined: Joined) -> None:
    joined.put("t1", Stage.JOINED, "t2", incident="i1")
    joined.put("t2", Stage.CANCELLED, incident="i1")
    assert joined.stranded() == []


def test_what_was_joined_long_ago_is_left_alone(joined: Joined) -> None:
    joined.put("t1", Stage.JOINED, "t2", at=LONG_AGO - timedelta(days=1))
    joined.put("t2", Stage.CANCELLED)
    assert joined.stranded() == []

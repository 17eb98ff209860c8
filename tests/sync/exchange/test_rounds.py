"""Seats and a real PostgreSQL: whatever is cut, everything arrives once and everybody ends with the same rows."""

import contextlib
import random
import time
from collections.abc import Callable

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.domain.identity import TicketId
from desk.domain.tickets import Stage
from desk.store.tickets import SqlTickets
from desk.sync.central.access import CentralFault
from desk.sync.exchange import batch_size
from tests.making import call, change, ticket
from tests.sync.conftest import Seat

MakeSeat = Callable[..., Seat]


def test_a_ticket_saved_here_is_there_after_one_exchange_each(make_seat: MakeSeat) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    here.log.append([ticket("t1"), call("c1", ticket_id="t1")])
    assert here.exchange().pushed == 2
    assert there.exchange().entities == {"ticket", "call"}
    assert SqlTickets(there.store).get(TicketId("t1")) == SqlTickets(here.store).get(TicketId("t1"))
    assert here.rows() == there.rows()


def test_seats_that_wrote_apart_end_with_the_same_rows(make_seat: MakeSeat) -> None:
    seats = [make_seat("a"), make_seat("b", "1002"), make_seat("c")]
    chance = random.Random(7)
    for _ in range(60):
        seat = chance.choice(seats)
        entity_id = f"t{chance.randrange(5)}"
        match chance.randrange(4):
            case 0:
                seat.log.append([ticket(entity_id, chance.randrange(9))])
            case 1:
                seat.log.append([change("ticket", entity_id, {"stage": chance.choice(["dispatched", "closed"])})])
            case 2:
                seat.log.append([change("ticket", entity_id, {"description": str(chance.random())})])
            case _:
                seat.exchange()
    for seat in seats * 2:
        seat.exchange()
    assert seats[0].rows() == seats[1].rows() == seats[2].rows()
    assert all(seat.outbox.unsent_count() == 0 for seat in seats)


def test_what_the_centre_keeps_is_what_the_seats_keep(make_seat: MakeSeat) -> None:
    here = make_seat("here")
    here.log.append([ticket("t1"), change("ticket", "t1", {"stage": "dispatched"})])
    here.exchange()
    with psycopg.connect(
        host=here.access.host,
        port=here.access.port,
        dbname=here.access.database,
        user="1001",
        password=here.access.password(),
        sslmode="verify-full",
        sslrootcert=str(here.access.ca_file),
    ) as connection:
        found = connection.execute("SELECT stage, description FROM desk.ticket").fetchall()
    mine = SqlTickets(here.store).get(TicketId("t1"))
    assert mine is not None
    assert found == [(mine.stage.value, mine.description)]
    assert mine.stage is Stage.DISPATCHED


def test_many_changes_go_in_batches_both_ways(make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "PUSH_SIZE", 30)
    monkeypatch.setattr(batch_size, "PULL_SIZE", 40)
    here, there = make_seat("here"), make_seat("there", "1002")
    here.log.append([change("person", f"p{i}", {"name": f"王{i}"}) for i in range(100)])
    assert here.exchange().pushed == 100
    assert there.exchange().pulled == 100
    assert here.rows() == there.rows()


def test_a_push_whose_answer_was_lost_is_done_again_without_doubling(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    here.log.append([ticket(f"t{i}") for i in range(5)])
    with monkeypatch.context() as patch:
        patch.setattr(here.outbox, "acknowledge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            here.exchange()
    assert here.outbox.unsent_count() == 5
    here.exchange()
    there.exchange()
    assert len(there.rows()["change"]) == 5
    assert here.rows() == there.rows()


def test_one_change_that_the_centre_refuses_holds_up_no_other(make_seat: MakeSeat) -> None:
    here, there = make_seat("here"), make_seat("there", "1002")
    poison = change("person", "x" * 65, {"name": "the centre takes ids of 64 characters"})
    here.log.append([ticket("t1"), poison, ticket("t2")])
    done = here.exchange()
    assert (done.pushed, done.refused) == (2, 1)
    assert [refused.change_id for refused in here.outbox.refused()] == [poison.change_id]
    assert here.outbox.refused()[0].why.startswith("23514")
    there.exchange()
    assert {found.ticket_id for found in SqlTickets(there.store).recent(9)} == {"t1", "t2"}


def test_the_server_killed_in_the_middle_of_pushing_loses_and_doubles_nothing(
    make_seat: MakeSeat, server: PrivatePostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_size, "PUSH_SIZE", 10)
    here, there = make_seat("here"), make_seat("there", "1002")
    here.log.append([ticket(f"t{i}") for i in range(100)])
    batches = 0
    acknowledge = here.outbox.acknowledge

    def killing(*arguments: object) -> None:
        nonlocal batches
        batches += 1
        if batches == 3:  # taken by the centre, and not yet known here
            server.kill()
            server.start()
            raise psycopg.OperationalError("cut")
        acknowledge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(here.outbox, "acknowledge", killing)
    with pytest.raises(psycopg.OperationalError):
        here.exchange()
    end = time.monotonic() + 20
    while here.outbox.unsent_count() and time.monotonic() < end:
        with contextlib.suppress(psycopg.Error, CentralFault):
            here.exchange()
    there.exchange()
    assert len(there.rows()["change"]) == 100
    assert here.rows() == there.rows()


def test_what_is_unsent_survives_a_restart_of_the_seat(make_seat: MakeSeat) -> None:
    first = make_seat("here")
    first.log.append([ticket("t1")])
    first.store.close()
    again = make_seat("here")
    assert again.exchange().pushed == 1


def test_a_seat_that_stood_alone_brings_everything_it_holds(make_seat: MakeSeat) -> None:
    alone, other = make_seat("alone"), make_seat("other", "1002")
    alone.log.append_bulk(change("person", f"p{i}", {"name": f"王{i}"}) for i in range(1_200))
    assert alone.exchange().pushed == 1_200
    assert other.exchange().pulled == 1_200
    assert alone.rows() == other.rows()

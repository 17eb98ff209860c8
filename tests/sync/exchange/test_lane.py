"""The lane: whose connection is used for what, and what it tells meanwhile."""

import json
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.domain.troubles import Trouble
from desk.store.outbox import SqlOutbox
from desk.sync.central.access import CentralAccess
from desk.sync.exchange import lane as lane_module
from desk.sync.exchange import session
from desk.sync.exchange.lane import CentralLane
from desk.usecases.ports import StoreFull
from desk.wire import CallerFetched, CentralState, FetchCaller
from tests.making import change, ticket
from tests.sync.conftest import Seat, access
from tests.sync.exchange.meeting import meet, rows_of, side_of

MakeSeat = Callable[..., Seat]
WAIT_S = 20.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "POLL_S", 0.05)


@contextmanager
def laned(
    seat: Seat,
    who: Callable[[], CentralAccess | None],
    own: CentralAccess | None = None,
    troubles: Callable[[], tuple[str, ...]] = lambda: (),
    **given: Any,
) -> Iterator[tuple[CentralLane, "queue.Queue[CentralState]"]]:
    told: queue.Queue[CentralState] = queue.Queue()
    lane = CentralLane(side_of(seat, **given), who, told.put, lambda _entities: None, own, troubles)
    lane.start()
    try:
        yield lane, told
    finally:
        lane.stop()


def until(told: "queue.Queue[CentralState]", wanted: Callable[[CentralState], bool]) -> CentralState:
    end = time.monotonic() + WAIT_S
    while True:
        state = told.get(timeout=max(0.0, end - time.monotonic()))
        if wanted(state):
            return state


def roles(server: PrivatePostgres, database: str) -> list[str]:
    return server.sql("SELECT entity_id, author FROM desk.change ORDER BY entity_id", database).splitlines()


def test_nobody_signed_in_nothing_moves_until_somebody_is(make_seat: MakeSeat) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    signed_in: list[CentralAccess] = []
    with laned(here, lambda: signed_in[-1] if signed_in else None) as (lane, told):
        state = told.get(timeout=WAIT_S)
        assert (state.connected, state.unsent, state.trouble) == (False, 1, "")
        signed_in.append(here.access)
        lane.nudge()
        until(told, lambda state: state.connected and state.unsent == 0)


def test_when_somebody_else_sits_down_the_next_change_goes_over_their_connection(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    signed_in = [access(server, database, "1001")]
    with laned(here, lambda: signed_in[-1]) as (lane, told):
        here.log.append([ticket("t1")])
        lane.nudge()
        until(told, lambda state: state.connected and here.outbox.unsent_count() == 0)
        signed_in.append(access(server, database, "1002"))
        here.log.append([replace(ticket("t2"), author="1002")])
        wait_until(
            "it to be sent", lambda: here.outbox.unsent_count() == 0 and len(roles(server, database)) == 2, WAIT_S
        )
    found = server.sql("SELECT role FROM desk.seat", database)
    assert found == "1002"


def test_the_seat_s_own_role_reads_and_the_person_s_connection_brings_what_they_wrote(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FILL_FROM", 10)
    old, new = make_seat("S01"), make_seat("S02")
    old.log.append([change("person", f"p{number}", {"name": "王"}) for number in range(50)])
    meet(old)
    own, person = access(server, database, "admin"), access(server, database, "1002")
    new.log.append([replace(ticket("t1"), author="1002"), replace(ticket("t2"), author="S02")])
    with laned(new, lambda: person, own, author_access=lambda author: person if author == "1002" else None) as laning:
        until(laning[1], lambda state: state.filled_permille == 1000 and state.connected and state.unsent == 0)
    meet(old)
    assert rows_of(new) == rows_of(old)
    assert server.sql("SELECT role FROM desk.seat WHERE seat = 'S02'", database) == "admin"
    assert roles(server, database)[-2:] == ["t1|1002", "t2|admin"]


def test_a_seat_s_own_role_that_is_refused_does_not_keep_the_person_out(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([ticket("t1")])
    own = replace(access(server, database, "admin"), password=lambda: None)
    with laned(here, lambda: here.access, own) as (_lane, told):
        state = until(told, lambda state: state.connected and state.unsent == 0)
        assert state.trouble == ""


class Window:
    def __init__(self) -> None:
        self.answers: queue.Queue[Any] = queue.Queue()
        self.send = self.answers.put


def test_whoever_asks_for_a_caller_is_answered_whether_the_centre_is_there_or_not(
    make_seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FILL_FROM", 10)
    old, new = make_seat("S01"), make_seat("S02", "1002")
    old.log.append([change("number", f"n{number}", {"lookup_key": f"+86{number}", "raw": "x"}) for number in range(50)])
    meet(old)
    window = Window()
    with laned(new, lambda: None) as (lane, _told):
        lane.ask_caller(window, FetchCaller(1, ("+8617",)))
        assert window.answers.get(timeout=WAIT_S) == CallerFetched(1, False)
    with laned(new, lambda: new.access) as (lane, told):
        lane.ask_caller(window, FetchCaller(2, ("+8617",)))
        assert window.answers.get(timeout=WAIT_S).request == 2
        until(told, lambda state: state.filled_permille == 1000 and state.connected)
    assert rows_of(new) == rows_of(old)


def test_a_limit_of_the_centre_is_told_by_name(make_seat: MakeSeat, server: PrivatePostgres, database: str) -> None:
    server.sql(
        """INSERT INTO desk.account (role, agent, kind, writes_per_hour) VALUES ('1001', '1001', 'agent', 2);
        CREATE SEQUENCE desk_written."1001";""",
        database,
    )
    here = make_seat("S01")
    here.log.append([ticket(f"t{number}") for number in range(5)])
    with laned(here, lambda: here.access) as (_lane, told):
        state = until(told, lambda state: state.trouble != "")
        assert state.trouble == Trouble.CENTRE_LIMIT.value
        assert here.outbox.refused_count() == 0
        assert troubles_told(server, database) == ["centre_limit"]


def troubles_told(server: PrivatePostgres, database: str) -> list[str]:
    return json.loads(server.sql("SELECT troubles FROM desk.seat", database))  # type: ignore[no-any-return]


def test_what_is_wrong_with_a_seat_is_told_to_the_centre_also_where_its_store_lets_nothing_in(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_seat("S01")
    wrong: tuple[str, ...] = ("line_deaf",)
    with laned(here, lambda: here.access, troubles=lambda: wrong) as (lane, told):
        until(told, lambda state: state.connected)
        assert troubles_told(server, database) == ["line_deaf"]
        pushed = here.outbox.acknowledge

        def full(*_given: object) -> None:
            raise StoreFull("database or disk is full")

        monkeypatch.setattr(SqlOutbox, "acknowledge", full)
        here.log.append([ticket("t1")])
        lane.nudge()
        until(told, lambda state: state.trouble == Trouble.STORE_FULL.value)
        assert troubles_told(server, database) == ["line_deaf", "store_full"]
        monkeypatch.setattr(SqlOutbox, "acknowledge", lambda _self, *given: pushed(*given))
        lane.nudge()
        until(told, lambda state: state.connected and state.unsent == 0)
    assert troubles_told(server, database) == ["line_deaf"]  # told anew at once by the next session

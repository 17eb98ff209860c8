"""A server, or a way to it, that takes everything and says nothing: the seat gives it up, says so, and comes back."""

import queue
from collections.abc import Callable
from dataclasses import replace

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.sync.central.access import connect
from desk.sync.exchange import lane
from desk.sync.exchange.lane import CentralLane
from desk.wire import CentralState
from tests.making import ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, side_of
from tests.sync.faults.proxy import Carrier

MakeSeat = Callable[..., Seat]
WAIT_S = 60.0
# While nothing is swallowed. A round that begins then may be swallowed, and is waited for as long; one that the
# computer is too busy for is tried again.
HEALTHY_S = 6.0


@pytest.mark.parametrize("to_listen_only", [False, True])
def test_a_seat_gives_up_waiting_for_an_answer_and_goes_on_when_there_is_one(
    make_seat: MakeSeat,
    server: PrivatePostgres,
    carrier: Carrier,
    monkeypatch: pytest.MonkeyPatch,
    to_listen_only: bool,
) -> None:
    monkeypatch.setattr(lane, "LAST_PAUSE_S", 0.2)
    here, there = make_seat("S01"), make_seat("S02", "1002")
    proxy = carrier.proxy(server.port)
    monkeypatch.setattr(lane, "ANSWER_S", HEALTHY_S)
    here.access = replace(here.access, port=proxy.port)
    states: queue.Queue[CentralState] = queue.Queue()
    running = CentralLane(side_of(here), lambda: here.access, states.put, lambda _entities: None)
    running.start()
    try:
        wait_until("it to be connected", lambda: states.get(timeout=WAIT_S).connected, WAIT_S)
        monkeypatch.setattr(lane, "ANSWER_S", 0.5)
        monkeypatch.setattr(lane, "LISTEN_S", 0.0 if to_listen_only else 600.0)
        proxy.swallow()
        here.log.append([ticket("t1")])
        running.nudge()
        wait_until("it to be given up", lambda: not states.get(timeout=WAIT_S).connected, WAIT_S)
        monkeypatch.setattr(lane, "ANSWER_S", HEALTHY_S)
        proxy.mend()
        wait_until("it to be sent", lambda: here.outbox.unsent_count() == 0, WAIT_S)
    finally:
        running.stop()
        proxy.close()
    meet(there)
    assert len(there.rows()["ticket"]) == 1


def test_the_server_asks_after_a_seat_that_was_cut_off(make_seat: MakeSeat) -> None:
    with connect(make_seat("S01").access, "test") as connection:
        assert connection.execute("SHOW tcp_keepalives_idle").fetchone() == ("10",)

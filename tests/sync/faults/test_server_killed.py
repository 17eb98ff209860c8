"""PostgreSQL dies at random instants of a push, every one of its processes at once, and comes back: each change arrives
once, in the order in which it was written. `make test` kills it 8 times, `DESK_SOAK=1` 200 times."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.store.tickets import SqlTickets
from desk.sync.exchange import batch_size, lane
from desk.sync.exchange.lane import CentralLane
from tests.making import ticket
from tests.sync.conftest import Seat, access, centre_with
from tests.sync.exchange.meeting import side_of

KILLS = 200 if os.environ.get("DESK_SOAK") else 8
WAIT_S = 60.0


@pytest.fixture(scope="module")
def own_server(memory: Path) -> Iterator[PrivatePostgres]:
    """One of its own, which writes through to the disk as a company's does."""
    with centre_with("killed", durable=True, within=memory) as running:
        yield running


@contextmanager
def lane_of(seat: Seat) -> Iterator[CentralLane]:
    running = CentralLane(side_of(seat), lambda: seat.access, lambda _state: None, lambda _entities: None)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def writing(seat: Seat, nudge: Callable[[], None]) -> Iterator[list[str]]:
    """Somebody who files tickets one after the other, as long as the block runs: as many while the server is away as
    keep it busy for longer than it lives."""
    filed: list[str] = []
    enough = threading.Event()

    def work() -> None:
        while not enough.wait(0.05):
            ids = [f"t{len(filed) + number:06}" for number in range(3)]
            seat.log.append([ticket(ticket_id) for ticket_id in ids])
            filed.extend(ids)
            nudge()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield filed
    finally:
        enough.set()
        thread.join(WAIT_S)


@pytest.mark.timeout(7_200 if os.environ.get("DESK_SOAK") else 200)
def test_postgresql_killed_at_random_instants_of_a_push_loses_and_doubles_nothing(
    own_server: PrivatePostgres, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_size, "PUSH_SIZE", 7)
    monkeypatch.setattr(lane, "LAST_PAUSE_S", 0.2)
    reached = access(own_server, "killed")
    here, there = Seat(memory / "S01", reached), Seat(memory / "S02", access(own_server, "killed", "1002"))
    chance = random.Random(4)
    with lane_of(here) as pushing, lane_of(there), writing(here, pushing.nudge) as filed:
        for _ in range(KILLS):
            before = here.outbox.top()[0]
            wait_until("pushing again", partial(has_more, here, before), WAIT_S)
            time.sleep(chance.uniform(0, 0.03))  # where in the push it dies is left to chance
            own_server.crash()
            own_server.start()
        wait_until("everything to be there", lambda: len(filed) > KILLS, WAIT_S)
    for seat in (here, there):
        wait_until("everything to be sent", partial(rounds_done, seat), WAIT_S)
    assert at_the_centre(own_server) == filed
    assert len(SqlTickets(there.store).recent(len(filed) + 9)) == len(filed)
    assert here.rows() == there.rows()
    for seat in (here, there):
        seat.store.close()


def has_more(seat: Seat, than: int) -> bool:
    return seat.outbox.top()[0] > than


def rounds_done(seat: Seat) -> bool:
    done = seat.exchange()
    return done.pushed == done.pulled == seat.outbox.unsent_count() == 0


def at_the_centre(server: PrivatePostgres) -> list[Any]:
    with psycopg.connect(server.admin_url("killed")) as connection:
        return [row[0] for row in connection.execute("SELECT entity_id FROM desk.change ORDER BY seq")]

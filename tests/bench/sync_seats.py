"""Many seats at one centre.

Fifty: a few real ones (seat store, lane) among light ones, each files a ticket every two seconds; from saved at one to
there at another. A thousand, all light, come back with a backlog at once: what the centre takes, against plain batched
INSERTs of the same rows in the same batches over the same connections, all of it and with the first batch over a new
connection told by itself, because the server makes its plans then; then each files a ticket a minute: the delay.

    .venv/bin/python -m tests.bench.sync_seats [--quick]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from desk.compose.clock import new_id
from desk.demo.postgres import PrivatePostgres, private_postgres
from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.sync.central import admin
from desk.sync.central.access import CentralAccess
from desk.sync.central.people import Account, People
from desk.sync.exchange import rounds
from desk.sync.exchange.lane import CentralLane
from desk.sync.exchange.session import SeatSide
from tests.bench import sync_light_seats as light
from tests.bench.figures import Figure, percentile

PASSWORD = "bench"
REAL, FIFTY, EVERY_S = 3, 50, 2.0
BATCH, BATCHES = 40, 4  # changes of a seat that comes back, after the first batch: tickets, each filed and moved
THOUSAND_EVERY_S = 60.0
KEY = "5a" * 32
_Batch: TypeAlias = list[dict[str, Any]]
_PLAIN = """
CREATE TABLE plain (change_id uuid PRIMARY KEY, seq bigserial UNIQUE, entity text NOT NULL, entity_id text NOT NULL,
    at timestamptz NOT NULL, author text NOT NULL DEFAULT session_user, agent text NOT NULL, seat text NOT NULL,
    patch jsonb NOT NULL, reason text NOT NULL, base_seq bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON plain (entity, entity_id);
GRANT SELECT, INSERT ON plain TO PUBLIC;
GRANT USAGE ON SEQUENCE plain_seq_seq TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def measure(say: Callable[[str], None], quick: bool = False) -> list[Figure]:
    with centre(100 if quick else 1_000) as server, tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        return [
            *_fifty(server, Path(folder), 8.0 if quick else 30.0, say),
            *_thousand(server, 100 if quick else 1_000, 10.0 if quick else 60.0, say),
        ]


@contextmanager
def centre(seats: int) -> Iterator[PrivatePostgres]:
    """With an account for each seat, as the manual has them made."""
    with private_postgres() as server:
        server.sql(f"ALTER SYSTEM SET max_connections = {2 * seats + 50}; ALTER SYSTEM SET shared_buffers = '256MB';")
        server.restart()
        server.create_database("desk")
        owner = admin.Owner(server.admin_url("desk"))
        admin.init(owner, lambda _line: None)
        people = People(owner)
        for name in (*map(_real_name, range(REAL)), *map(light.seat_name, range(max(seats, FIFTY)))):
            people.add(Account(name, name, "", "seat"), PASSWORD)
        yield server


def _real_name(number: int) -> str:
    return f"R{number}"


class _RealSeat:
    """Notes when it has what others saved."""

    def __init__(self, server: PrivatePostgres, folder: Path, number: int) -> None:
        self.name = _real_name(number)
        self.store = Store.open(folder / self.name / "seat.db", FakeSecrets({"store": KEY}))
        self.log = SqlChangeLog(self.store)
        self.delays_ms: list[float] = []
        self._seen = 0
        access = CentralAccess("127.0.0.1", server.port, "desk", self.name, lambda: PASSWORD, server.ca_file)
        side = SeatSide.of(self.store, self.name, lambda: str(uuid.uuid4()))
        self.connected = threading.Event()
        self.lane = CentralLane(side, lambda: access, self._state, self._pulled)
        self.lane.start()

    def _state(self, state: Any) -> None:
        if state.connected:
            self.connected.set()

    def _pulled(self, _entities: set[str]) -> None:
        now = time.monotonic()
        query = (
            "SELECT central_seq, patch ->> 'description' FROM change"
            " WHERE central_seq > ? AND seat <> ? AND entity = 'ticket' ORDER BY 1"
        )
        with self.store.read() as connection:
            for seq, saved in connection.exec_driver_sql(query, (self._seen, self.name)):
                self._seen = seq
                if saved and saved.startswith("saved "):
                    self.delays_ms.append((now - float(saved[6:])) * 1000)

    def file(self) -> None:
        made = light.ticket(self.name, "")
        patch = made["patch"] | {"description": f"saved {time.monotonic()}"}
        change = Change(ChangeId(new_id()), "ticket", new_id(), made["at"], "1001", self.name, patch)
        self.log.append([change])
        self.lane.nudge()


def _fifty(server: PrivatePostgres, folder: Path, for_s: float, say: Callable[[str], None]) -> list[Figure]:
    say(f"{FIFTY} seats, {REAL} of them real, each a ticket per {EVERY_S:g} s, for {for_s:g} s")
    real = [_RealSeat(server, folder, number) for number in range(REAL)]
    for seat in real:
        seat.connected.wait(30)
    given = light.Given(server.port, str(server.ca_file), PASSWORD, FIFTY - REAL, EVERY_S, for_s, own_listeners=True)
    told = folder / "told.json"
    with (
        told.open("w") as out,
        subprocess.Popen([sys.executable, "-m", "tests.bench.sync_light_seats", given.text()], stdout=out) as child,
    ):
        turn = 0
        while child.poll() is None:
            real[turn % REAL].file()
            turn += 1
            time.sleep(EVERY_S / REAL)
    for seat in real:
        seat.lane.stop()
        seat.store.close()
    delays = [delay for seat in real for delay in seat.delays_ms]
    say(f"{len(delays)} seen at the real seats, {len(json.loads(told.read_text()))} at the light ones")
    return [
        Figure("sync_50_seats_visible_there_median", percentile(delays, 0.5), "ms"),
        Figure("sync_50_seats_visible_there_p95", percentile(delays, 0.95), "ms", "<= 250"),
    ]


def _thousand(server: PrivatePostgres, count: int, for_s: float, say: Callable[[str], None]) -> list[Figure]:
    server.sql(_PLAIN, "desk")
    say(f"{count} light seats come back, each with {1 + BATCHES} times {BATCH} changes")
    given = light.Given(server.port, str(server.ca_file), PASSWORD, count, THOUSAND_EVERY_S, for_s, own_listeners=False)
    plain, ours = asyncio.run(_backlogs(given))
    total = count * BATCH * BATCHES
    say(f"{count * BATCH} changes over new connections: {ours.first_s:.1f} s, plain {plain.first_s:.1f} s")
    say(f"{total} more: {ours.rest_s:.1f} s, plain {plain.rest_s:.1f} s; now each a ticket per {THOUSAND_EVERY_S:g} s")
    command = [sys.executable, "-m", "tests.bench.sync_light_seats", given.text()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    delays = json.loads(done.stdout)
    return [
        Figure("sync_1000_seats_taken", total / ours.rest_s, "/s", anchor=total / plain.rest_s),
        Figure("sync_1000_seats_all_to_plain_inserts", plain.whole_s / ours.whole_s, "ratio", ">= 0.5"),
        Figure("sync_1000_seats_taken_to_plain_inserts", plain.rest_s / ours.rest_s, "ratio", ">= 0.5"),
        Figure("sync_1000_seats_first_batch_to_plain_inserts", plain.first_s / ours.first_s, "ratio"),
        Figure("sync_1000_seats_lag_median", percentile(delays, 0.5), "ms"),
        Figure("sync_1000_seats_lag_p95", percentile(delays, 0.95), "ms"),
    ]


@dataclass(frozen=True)
class _Took:
    """Seconds: of every seat's first batch, and of all that came after."""

    first_s: float
    rest_s: float

    @property
    def whole_s(self) -> float:
        return self.first_s + self.rest_s


async def _backlogs(given: light.Given) -> tuple[_Took, _Took]:
    """Plain INSERTs, and ours of the same: every seat its batches one after the other, all seats at once."""
    seats = await light.connected(given)
    backlogs = [[_batch(seat.name) for _turn in range(1 + BATCHES)] for seat in seats]
    statement = rounds._INSERT.replace("desk.change", "public.plain")
    plain = await _took(backlogs, [partial(seat.insert, statement=statement) for seat in seats])
    ours = await _took(backlogs, [seat.push for seat in seats])
    await light.close(seats)
    return plain, ours


async def _took(backlogs: list[list[_Batch]], pushes: Sequence[Callable[[_Batch], Awaitable[None]]]) -> _Took:
    async def all_of(batches: list[_Batch], push: Callable[[_Batch], Awaitable[None]]) -> None:
        for batch in batches:
            await push(batch)

    async def everybody(part: slice) -> float:
        began = time.monotonic()
        await asyncio.gather(*(all_of(own[part], push) for own, push in zip(backlogs, pushes, strict=True)))
        return time.monotonic() - began

    return _Took(await everybody(slice(1)), await everybody(slice(1, None)))


def _batch(seat: str) -> _Batch:
    filed = [light.ticket(seat, "厨房漏水，楼下邻居家天花板也湿了") for _ in range(BATCH // 2)]
    return filed + [light.moved(ticket, "dispatched") for ticket in filed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    for figure in measure(lambda line: print(line, file=sys.stderr, flush=True), parser.parse_args().quick):
        print(figure.line())


if __name__ == "__main__":
    main()

"""Many seats in one process, for load: each has a connection and a cursor, and does over the network what a seat does
(LISTEN, push in batches, pull from the cursor to the head), but keeps nothing. On one asyncio loop.

    python -m tests.bench.sync_light_seats GIVEN
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from desk.compose.clock import new_id
from desk.sync.exchange import rounds
from desk.sync.exchange.batch_size import PULL_SIZE
from desk.sync.exchange.pace import Pace

_AT_ONCE = 16  # connections being made


@dataclass(frozen=True)
class Given:
    """Each seat comes with a role of its own (`seat_name`), all with one password. `every_s`: a change per seat.
    `own_listeners`: every seat listens on a connection of its own, as real ones do;
    else one listens for all."""

    port: int
    ca_file: str
    password: str
    seats: int
    every_s: float
    for_s: float
    own_listeners: bool = True
    seed: int = 1

    def text(self) -> str:
        return json.dumps(asdict(self))


def seat_name(number: int) -> str:
    """Its role's, too."""
    return f"L{number:04}"


class LightSeat:
    def __init__(self, name: str, connection: psycopg.AsyncConnection[Any]) -> None:
        self.name, self.connection = name, connection
        self.cursor = 0
        self.delays_ms: list[float] = []
        self.news = asyncio.Event()
        self._turn = asyncio.Lock()

    async def insert(self, changes: list[dict[str, Any]], statement: str) -> None:
        await self.connection.execute(statement, (Jsonb(changes, msgspec.json.encode),))

    async def push(self, changes: list[dict[str, Any]]) -> None:
        async with self._turn:
            await self.insert(changes, rounds._INSERT)
            ids = [change["change_id"] for change in changes]
            await self.connection.execute(rounds._PLACES, (ids,))

    async def pull(self) -> float:
        """How long it took, in seconds."""
        began = time.monotonic()
        async with self._turn:
            found = await self.connection.execute(rounds._AFTER, (self.cursor, PULL_SIZE))
            rows = await found.fetchall()
        now = time.monotonic()
        for _head, seq, _id, entity, _entity_id, _at, _author, _agent, seat, patch, *_others in rows:
            if seq is None:
                continue
            self.cursor = seq
            saved = patch.get("description", "") if entity == "ticket" else ""
            if saved.startswith("saved ") and seat != self.name:
                self.delays_ms.append((now - float(saved[6:])) * 1000)
        return now - began


def ticket(seat: str, description: str) -> dict[str, Any]:
    """A ticket as it is filed."""
    patch = {
        "number": f"20261121-{seat}-001",
        "kind": "repair",
        "category": "water.leak",
        "priority": "normal",
        "stage": "registered",
        "description": description,
        "registered_at": "2026-11-21T08:00:00.000000Z",
        "registered_by": "1001",
        "seat": seat,
        "place_text": "5栋2单元203",
        "contact_number": "13800138000",
    }
    return _change(seat, new_id(), patch)


def moved(of: dict[str, Any], stage: str) -> dict[str, Any]:
    return _change(of["seat"], of["entity_id"], {"stage": stage})


def _change(seat: str, ticket_id: str, patch: dict[str, str]) -> dict[str, Any]:
    return {
        "change_id": new_id(),
        "entity": "ticket",
        "entity_id": ticket_id,
        "at": datetime(2026, 11, 21, 8, tzinfo=UTC),
        "agent": "1001",
        "seat": seat,
        "patch": patch,
        "reason": "",
        "base_seq": 0,
    }


async def connected(given: Given) -> list[LightSeat]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> LightSeat:
        async with gate:
            connection = await psycopg.AsyncConnection.connect(
                host="127.0.0.1",
                port=given.port,
                dbname="desk",
                user=seat_name(number),
                password=given.password,
                sslmode="verify-full",
                sslrootcert=given.ca_file,
                options="-c jit=off",
                autocommit=True,
            )
        return LightSeat(seat_name(number), connection)

    return list(await asyncio.gather(*(one(number) for number in range(given.seats))))


async def from_the_head(seats: list[LightSeat]) -> None:
    """Nobody is to pull what was there before."""
    found = await seats[0].connection.execute("SELECT coalesce(max(seq), 0) FROM desk.change")
    row = await found.fetchone()
    for seat in seats:
        seat.cursor = row[0] if row else 0


async def live(seat: LightSeat, every_s: float, until: float, chance: random.Random) -> None:
    """Until then: pull as the lane does whenever there is news, and file a ticket every so often."""

    async def write() -> None:
        await asyncio.sleep(chance.uniform(0, every_s))
        while time.monotonic() < until:
            await seat.push([ticket(seat.name, f"saved {time.monotonic()}")])
            await asyncio.sleep(every_s * chance.uniform(0.8, 1.2))

    async def hear() -> None:
        pace = Pace()
        while time.monotonic() < until:
            try:
                await asyncio.wait_for(seat.news.wait(), 1.0)
            except TimeoutError:
                continue
            seat.news.clear()
            pace.worked(await seat.pull())
            await asyncio.sleep(pace.rest_s())

    await asyncio.gather(write(), hear())


async def listen(connection: psycopg.AsyncConnection[Any], seats: list[LightSeat], until: float) -> None:
    await connection.execute("LISTEN desk_change")
    while time.monotonic() < until:
        async for _notice in connection.notifies(timeout=1.0):
            for seat in seats:
                seat.news.set()


async def run(given: Given) -> list[LightSeat]:
    chance = random.Random(given.seed)
    seats = await connected(given)
    listeners = await connected(replace(given, seats=given.seats if given.own_listeners else 1))
    groups = [[seat] for seat in seats] if given.own_listeners else [seats]
    await from_the_head(seats)
    until = time.monotonic() + given.for_s
    await asyncio.gather(
        *(live(seat, given.every_s, until, random.Random(chance.random())) for seat in seats),
        *(listen(one.connection, group, until) for one, group in zip(listeners, groups, strict=True)),
    )
    return [*seats, *listeners]


async def close(seats: list[LightSeat]) -> None:
    for seat in seats:
        await seat.connection.close()


def main() -> None:
    given = Given(**json.loads(sys.argv[1]))

    async def all_of_it() -> list[float]:
        seats = await run(given)
        await close(seats)
        return [delay for seat in seats for delay in seat.delays_ms]

    print(json.dumps(asyncio.run(all_of_it())))


if __name__ == "__main__":
    main()

"""The seat that is filled, in a process of its own: a line of JSON on what has come after every round. Callers ask for
their homes along the way, the first one at once."""

import json
import os
import socket
import struct
import sys
import time
import uuid
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, connect
from desk.sync.exchange.session import SeatSide, Session
from tests.bench.figures import Figure
from tests.making import call, ticket

KEY = "5c" * 32
TICKETS = 100
_TCP_INFO_BYTES = 160
_ACKED, _RECEIVED = 120, 128  # tcpi_bytes_acked, tcpi_bytes_received of linux/tcp.h


@dataclass(frozen=True)
class Given:
    file: str
    port: int
    ca_file: str
    callers: tuple[str, ...]

    def to_text(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, kw_only=True)
class Line:
    at_s: float
    permille: int = 0
    rss_kib: int = 0
    received: int = 0
    cpu_s: float = 0.0
    caller: str = ""
    took_ms: float = 0.0
    opened_ms: float = 0.0


def access(given: Given) -> CentralAccess:
    return CentralAccess("127.0.0.1", given.port, "desk", "S01", lambda: "bench", Path(given.ca_file))


def bytes_of(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """(sent, received) over this connection so far, as TCP counts them."""
    with socket.socket(fileno=os.dup(connection.fileno())) as shared:
        info = shared.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return struct.unpack_from("Q", info, _ACKED)[0], struct.unpack_from("Q", info, _RECEIVED)[0]


def run(given: Given) -> None:
    gentle = Path(given.file).with_name("gentle")
    store = Store.open(Path(given.file), FakeSecrets({"store": KEY}))
    side = SeatSide.of(store, "S01", lambda: str(uuid.uuid4()), gentle.exists)
    began = time.perf_counter()
    with closing(connect(access(given), "bench")) as connection:
        session = Session(side, connection, fill_from=1)
        session.open()
        opened_ms = (time.perf_counter() - began) * 1000
        callers = list(given.callers)
        told_at = 0.0
        while session.fills():
            now = time.perf_counter() - began
            if callers and now >= told_at:
                told_at = now + 0.5
                caller = callers.pop()
                at = time.perf_counter()
                session.fetch_caller((caller,))
                _tell(Line(at_s=now, caller=caller, took_ms=(time.perf_counter() - at) * 1000, opened_ms=opened_ms))
            session.round()
            at_s = time.perf_counter() - began
            received = bytes_of(connection)[1]
            permille, cpu_s = session.filled_permille, time.process_time()
            _tell(Line(at_s=at_s, permille=permille, rss_kib=_rss_kib(), received=received, cpu_s=cpu_s))
        session.close()
    store.close()


def ticket_bytes(given: Given) -> list[Figure]:
    """A ticket with its call, from one seat to the centre and from there to another."""
    stores = [Store.open(Path(given.file).with_name(f"{n}.db"), FakeSecrets({"store": KEY})) for n in range(2)]
    sides = [SeatSide.of(store, f"B{n}", lambda: str(uuid.uuid4())) for n, store in enumerate(stores)]
    log = SqlChangeLog(stores[0])
    with closing(connect(access(given), "bench")) as one, closing(connect(access(given), "bench")) as two:
        seats = [Session(side, link, fill_from=10**12) for side, link in zip(sides, (one, two), strict=True)]
        for seat in seats:
            seat.open()
            seat.round()
        before = bytes_of(one), bytes_of(two)
        for number in range(TICKETS):
            log.append([ticket(f"bench{number}", call_id=f"call{number}"), call(f"call{number}")])
            for seat in seats:
                seat.round()
        after = bytes_of(one), bytes_of(two)
    for store in stores:
        store.close()
    writer, reader = (sum(b) - sum(a) for a, b in zip(before, after, strict=True))
    return [
        Figure("sync.bytes_per_ticket_at_its_seat", writer / TICKETS, "B"),
        Figure("sync.bytes_per_ticket_at_another", reader / TICKETS, "B"),
    ]


def _rss_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def _tell(line: Line) -> None:
    print(json.dumps(asdict(line)), flush=True)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    run(Given(told["file"], told["port"], told["ca_file"], tuple(told["callers"])))

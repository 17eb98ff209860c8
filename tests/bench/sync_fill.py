"""A new seat's first fill from a centre with a million people: how long, how soon the first caller is known, what a
save and a search cost meanwhile, what crosses the network, and that memory does not grow with the hotline.

The centre's rows are copied straight into its tables (`sync_fill_centre`); the seat is a process of its own
(`sync_fill_seat`), as the sync process is one, and this process is its window.

    .venv/bin/python -m tests.bench.sync_fill [--quick]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from desk.compose.clock import new_id
from desk.demo.postgres import private_postgres
from desk.domain.party import Party
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.notices import SqlNotices
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.sync.central import admin
from desk.usecases.screen_pop import ScreenPop
from tests.bench import sync_fill_centre, sync_fill_seat
from tests.bench.figures import Figure, percentile
from tests.bench.sync_fill_seat import KEY

QUICK_HOUSEHOLDS, HOUSEHOLDS = 9_000, 450_000
PASSWORD = "bench"
CALLERS = 20
SAVES = 60
_LONGEST_S = 3_600.0


def measure(say: Callable[[str], None], quick: bool = False, households: int = 0) -> list[Figure]:
    households = households or (QUICK_HOUSEHOLDS if quick else HOUSEHOLDS)
    with private_postgres() as server, tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        server.create_database("desk")
        admin.init(admin.Owner(server.admin_url("desk")), lambda _line: None)
        server.create_role("S01", PASSWORD, "desk_agent")
        say(f"a centre with {households} households")
        made = sync_fill_centre.make(server.admin_url("desk"), households, say)
        say(f"{made.people} people, {made.rows} rows; a new seat")
        file = Path(folder) / "seat.db"
        given = sync_fill_seat.Given(str(file), server.port, str(server.ca_file), made.keys[:CALLERS])
        with _Seat(given) as seat:
            figures = _filled(seat, file, made, say)
        say("tickets, one by one")
        return [*figures, *sync_fill_seat.ticket_bytes(given)]


class _Seat:
    """The process that is filled; its lines are read as they come."""

    def __init__(self, given: sync_fill_seat.Given) -> None:
        self.gentle = Path(given.file).with_name("gentle")
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sync_fill_seat", given.to_text()], stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "_Seat":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._child.poll() is None:
            self._child.terminate()
        self._child.wait(30)
        if self._child.stdout is not None:
            self._child.stdout.close()

    def lines(self) -> Iterator[sync_fill_seat.Line]:
        assert self._child.stdout is not None
        for text in self._child.stdout:
            yield sync_fill_seat.Line(**json.loads(text))


@contextmanager
def _window(file: Path) -> Iterator["_Window"]:
    store = Store.open(file, FakeSecrets({"store": KEY}))
    try:
        yield _Window(store)
    finally:
        store.close()


class _Window:
    """What people at the seat do while it is filled."""

    def __init__(self, store: Store) -> None:
        self._log = SqlChangeLog(store)
        self._author = SeatAuthor("S01", lambda: "1001", lambda: datetime.now(UTC), new_id, self._log.base_seq)
        residents = SqlResidents(store)
        self._residents = residents
        self._pop = ScreenPop(
            residents, SqlTickets(store), SqlCallLog(store), SqlNotices(store), lambda: datetime.now(UTC), "0755"
        )

    def save_ms(self) -> float:
        began = time.perf_counter()
        ticket = self._author.change("ticket", new_id(), {"description": "厨房漏水", "stage": "registered"})
        self._log.append([ticket])
        return (time.perf_counter() - began) * 1000

    def search_ms(self, text: str) -> float:
        began = time.perf_counter()
        self._residents.search_people(text, 20)
        return (time.perf_counter() - began) * 1000

    def knows(self, number: str) -> bool:
        return bool(self._pop.profile(Party(number)).candidates)


def _filled(seat: _Seat, file: Path, made: sync_fill_centre.Centre, say: Callable[[str], None]) -> list[Figure]:
    pops: list[sync_fill_seat.Line] = []
    saves: list[float] = []
    searches: list[float] = []
    grown: list[tuple[int, int]] = []
    last: sync_fill_seat.Line | None = None
    said = 0
    with _window_when_there(file) as window:
        for line in seat.lines():
            if line.caller:
                pops.append(line)
                if not window.knows(line.caller):
                    raise RuntimeError("a caller that was fetched is not known")
                continue
            last = line
            grown.append((line.permille, line.rss_kib))
            if line.permille - said >= 100:
                said = line.permille
                say(f"{line.permille / 10:.0f} %, {line.rss_kib / 1024:.0f} MiB")
            if 300 <= line.permille < 999 and len(saves) < SAVES:
                seat.gentle.touch()
                for _ in range(SAVES // 3):
                    saves.append(window.save_ms())
                    searches += [window.search_ms(text) for text in ("王", "wang", "李")]
            else:
                seat.gentle.unlink(missing_ok=True)
        alone = [window.save_ms() for _ in range(SAVES)]
        alone_searches = [window.search_ms(text) for _ in range(SAVES) for text in ("王", "wang", "李")]
    if last is None or last.permille != 1000:
        raise RuntimeError("the seat was not filled")
    early = max(kib for permille, kib in grown if permille <= 300) if grown[0][0] <= 300 else grown[0][1]
    late = max(kib for _permille, kib in grown)
    million = 1e6 / made.people
    return [
        Figure("sync.fill_1m_people_s", last.at_s * million, "s"),
        Figure("sync.fill_rows_per_s", made.rows / last.at_s, "1/s"),
        Figure("sync.fill_cpu_ms_per_row", last.cpu_s * 1000 / made.rows, "ms"),
        Figure("sync.fill_first_pop_ms", pops[0].took_ms + pops[0].opened_ms, "ms", "<= 2000"),
        Figure("sync.fill_pop_p95_ms", percentile([line.took_ms for line in pops], 0.95), "ms", "<= 1000"),
        Figure("sync.fill_bytes_per_row", last.received / made.rows, "B"),
        Figure("sync.fill_memory_growth_mib", (late - early) / 1024, "MiB", "<= 32"),
        Figure("sync.fill_save_p95_ms", percentile(saves, 0.95), "ms", "<= 100", percentile(alone, 0.95))
        if saves
        else Figure("sync.save_p95_ms", percentile(alone, 0.95), "ms"),
        *(
            [
                Figure(
                    "sync.fill_keystroke_p95_ms",
                    percentile(searches, 0.95),
                    "ms",
                    "<= 16",
                    percentile(alone_searches, 0.95),
                )
            ]
            if searches
            else []
        ),
    ]


@contextmanager
def _window_when_there(file: Path) -> Iterator[_Window]:
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.01)
    with _window(file) as window:
        yield window


def main() -> int:
    parser = argparse.ArgumentParser(prog="sync_fill", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="twenty thousand people")
    parser.add_argument("--households", type=int, default=0, help="so many; a household has some two people")
    arguments = parser.parse_args()
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {line}", file=sys.stderr, flush=True)

    for figure in measure(say, arguments.quick, arguments.households):
        print(figure.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())

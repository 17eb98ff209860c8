"""How long a save takes while a store from before is brought into the index by another process, as the sync process
does it beside the windows: the two share one writer's lock."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from desk.domain.changes import Change
from desk.secrets import FakeSecrets
from desk.store.call_index import CallIndexer
from desk.store.change_log import SqlChangeLog
from desk.store.key import ENTRY
from desk.store.search_tables import FILLED, begin_anew
from desk.store.store import Store
from tests.bench.figures import Figure, percentile
from tests.bench.recording_search_store import KEY, Kept
from tests.making import change, ticket

_SAVES = 200
_EVERY_S = 0.05


def measure(kept: Kept, say: Callable[[str], None]) -> list[Figure]:
    """On a copy of this store."""
    with TemporaryDirectory(dir=kept.file.parent.parent) as folder:
        file = Path(folder) / "seat.db"
        shutil.copyfile(kept.file, file)
        store = Store.open(file, FakeSecrets({ENTRY: KEY}))
        log = SqlChangeLog(store)
        with store.write() as connection:
            while not begin_anew(connection):
                pass
        alone_ms = _saves(log, "a")
        indexer = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.recording_search_saves", str(file)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert indexer.stdout
            indexer.stdout.readline()  # it is at it
            beside_ms = _saves(log, "b")
            with store.read() as connection:
                query = "SELECT value FROM meta WHERE name = ?"
                until = connection.exec_driver_sql(query, (FILLED,)).scalar_one_or_none()
        finally:
            indexer.terminate()
            indexer.wait()
            store.close()
    p95, alone_p95 = percentile(beside_ms, 0.95), percentile(alone_ms, 0.95)
    say(f"search: a save beside the indexing: p95 {p95:.1f} ms, worst {max(beside_ms):.1f} ms (until {until})")
    return [Figure("search: a save while an old store is indexed, p95", p95, "ms", "<= 20", alone_p95)]


def _saves(log: SqlChangeLog, letter: str) -> list[float]:
    took_ms = []
    for number in range(_SAVES):
        changes: list[Change] = [
            ticket(f"{letter}{number}"),
            change("ticket", f"{letter}{number}", {"description": f"第{number}次"}),
        ]
        began = time.perf_counter()
        log.append(changes)
        took_ms.append((time.perf_counter() - began) * 1000)
        time.sleep(_EVERY_S)
    return took_ms


def _index(file: Path) -> None:
    indexer = CallIndexer(Store.open(file, FakeSecrets({ENTRY: KEY})))
    indexer.work_once()
    sys.stdout.write("at it\n")
    sys.stdout.flush()
    while indexer.work_once():
        pass


if __name__ == "__main__":
    _index(Path(sys.argv[1]))

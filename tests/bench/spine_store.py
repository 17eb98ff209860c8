"""The big store: a sample estate of about a million people, made once and kept under build/bench with its key, and put
under a seat for a run. The kept one is never opened by a seat: each run works on a copy. It is a store of long ago: its
calls are indexed and its second copies lie elsewhere, or a seat would do nothing else for its first minutes."""

import hashlib
import random
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from desk.demo import data
from desk.demo.seat import Seat
from desk.domain.call_words import WORDING
from desk.secrets import FakeSecrets
from desk.store import schema
from desk.store.call_index import CallIndexer
from desk.store.change_log import SqlChangeLog
from desk.store.key import ENTRY
from desk.store.store import Store

HOUSEHOLDS = 450_000  # about a million people
SEED = 1
_TOLD_BY, _SOME_DAY = 2_000, datetime(2026, 1, 1, tzinfo=UTC)  # households and day of the estate that tells it


@dataclass(frozen=True, slots=True)
class BigStore:
    """`file` is closed and whole; `key` opens it."""

    file: Path
    key: str
    people: int

    def put_under(self, seat: Seat) -> None:
        """Copy it to where this seat looks for its store; its key into the seat's keyring. Raises `RuntimeError`."""
        seat.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.file, seat.data_dir / "seat.db")
        seat.keep_secret(ENTRY, self.key, timeout_s=60)

    def numbers(self, count: int, seed: int) -> list[str]:
        """So many lookup keys of the register, spread over it."""
        choose = random.Random(seed)
        store = Store.open(self.file, FakeSecrets({ENTRY: self.key}))
        found: list[str] = []
        try:
            with store.read() as connection:
                while len(found) < count:
                    start = f"+861{choose.randrange(30, 100)}{choose.randrange(10**8):08d}"
                    query = text("SELECT lookup_key FROM number WHERE lookup_key >= :start ORDER BY lookup_key LIMIT 1")
                    key = connection.execute(query, {"start": start}).scalar_one_or_none()
                    if key:
                        found.append(str(key))
        finally:
            store.close()
        return found


def big_store(folder: Path, report: Callable[[str], None], households: int = HOUSEHOLDS, seed: int = SEED) -> BigStore:
    """The kept one where it was made by this very program, else a new one (minutes)."""
    kept = folder / f"store-{households}-{seed}-{_recipe()}"
    file, key_file = kept / "seat.db", kept / "key"
    if not (kept / "whole").exists():
        _make(kept, file, key_file, households, seed, report)
    key = key_file.read_text()
    return BigStore(file, key, int((kept / "whole").read_text()))


def _make(kept: Path, file: Path, key_file: Path, households: int, seed: int, report: Callable[[str], None]) -> None:
    for old in kept.parent.glob(f"store-{households}-{seed}-*"):
        shutil.rmtree(old)
    kept.mkdir(parents=True)
    key_file.touch(mode=0o600)
    key_file.write_text(secrets.token_hex(32))
    store = Store.open(file, FakeSecrets({ENTRY: key_file.read_text()}))
    try:
        data.fill(SqlChangeLog(store).append_bulk, households, seed, datetime.now(UTC), report, file)
        _settle(store)
        with store.read() as connection:
            people = connection.execute(text("SELECT count(*) FROM person")).scalar_one()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.close()
    (kept / "whole").write_text(str(people))


def _settle(store: Store) -> None:
    """What the background service of a seat would do with what has just come in."""
    indexer = CallIndexer(store, rest=lambda _s: None)
    while indexer.work_once():
        pass
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM copy_due")


def _recipe() -> str:
    """Changes whenever what makes the store does: what a small estate is, where it is kept, how calls are indexed."""
    digest = hashlib.sha256()
    for change in data.generate(_TOLD_BY, SEED, _SOME_DAY):
        digest.update(repr(change).encode())
    digest.update(Path(schema.__file__).read_bytes())
    digest.update(WORDING.encode())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    made = big_store(Path("build/bench"), lambda line: print(line, flush=True))
    print(f"{made.people:,} people", file=sys.stderr)

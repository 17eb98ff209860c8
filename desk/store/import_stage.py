"""A list of residents on its way into the seat store: its rows, what they would change, and, once that was decided
upon, how far it has been carried out. A file of its own beside the seat store, encrypted with a key of its own that
lies in the seat store, so that saving goes on while a million rows are sorted.

Promises: until `decide` nothing of the list is anywhere else, and the file is worthless when the process ends (nobody
has its key). After `decide` everything of it gets into the seat store: a process that is killed half-way is followed by
another that goes on (`unfinished`), and what was written twice is there once (changes are known by their id). One
import at a time. See `desk.usecases.import_ports.ImportStage`. The thread that made it."""

import secrets as randomness
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import filelock
import msgspec
from sqlcipher3 import dbapi2

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.import_plan import DONE, Outcome, Planned
from desk.domain.import_rows import TOLD_ONLY, CellFault, Problem, ResidentRow, RowFault
from desk.domain.times import from_text, to_text
from desk.store.store import Store
from desk.usecases.ports import NewId, StoreBroken, StoreFull

LOT = 250  # changes in a transaction: a save waits for one at most
REST_S = 0.02  # SQLite looks again for the lock after 1, 3, 8, 18 ms
KEPT_EVERY = 20  # lots, that it is written down how far it is
LOCK_S = 0.5  # the sync process looks in for a moment, whether there is anything to finish
_KEY = "import_key"  # in the seat store's `meta`, from the decision to the end
_CACHE_KIB = 65_536
_SQLITE_FULL = 13  # https://www.sqlite.org/rescode.html

_TABLES = """
CREATE TABLE row (
    estate TEXT, phase TEXT, building TEXT, unit TEXT, room TEXT, row INTEGER, content BLOB NOT NULL,
    PRIMARY KEY (estate, phase, building, unit, room, row)) WITHOUT ROWID;
CREATE TABLE plan (
    place INTEGER PRIMARY KEY, outcome TEXT NOT NULL, entity TEXT NOT NULL, entity_id TEXT NOT NULL,
    change_id TEXT NOT NULL, patch BLOB NOT NULL, before BLOB NOT NULL, about TEXT NOT NULL, row INTEGER NOT NULL);
CREATE UNIQUE INDEX plan_once ON plan (entity_id, outcome);
CREATE TABLE problem (
    place INTEGER PRIMARY KEY, row INTEGER, heading TEXT, fault TEXT, value TEXT, cell TEXT, other_row INTEGER);
CREATE INDEX problem_by_row ON problem (row, place);
CREATE TABLE present (entity_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE home (household_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE decision (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_encode = msgspec.json.Encoder().encode
_read_row = msgspec.json.Decoder(ResidentRow).decode
_read_patch = msgspec.json.Decoder(dict[str, Any]).decode


class ImportRuns(Exception):
    """Another import is under way at this seat."""


class SqlImportStage:
    """Use `new` or `unfinished`; `close` when done. All of it raises `StoreFull` and `StoreBroken`."""

    def __init__(self, store: Store, file: Path, key: str, lock: filelock.FileLock, new_id: NewId) -> None:
        self._store, self._file, self._lock, self._key, self._new_id = store, file, lock, key, new_id
        self._database: Any = dbapi2.connect(str(file), isolation_level=None, check_same_thread=False)
        self._run(f"PRAGMA key = \"x'{key}'\"")
        self._run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._run("PRAGMA synchronous = OFF")

    @classmethod
    def new(cls, store: Store, new_id: NewId) -> Self:
        """An empty one. Raises `ImportRuns`; finish an `unfinished` one before."""
        file, lock = _locked(store, LOCK_S)
        _remove(file)
        stage = cls(store, file, randomness.token_hex(32), lock, new_id)
        stage._database.executescript(_TABLES)
        stage._run("BEGIN")
        return stage

    @classmethod
    def unfinished(cls, store: Store, new_id: NewId) -> Self | None:
        """The one that was decided upon and not carried out to its end. None where there is none, or another process
        is at it."""
        with store.read() as connection:
            query = "SELECT value FROM meta WHERE name = ?"
            key = connection.exec_driver_sql(query, (_KEY,)).scalar_one_or_none()
        if key is None and not _file_of(store).exists():
            return None
        try:
            file, lock = _locked(store, 0.0)
        except ImportRuns:
            return None
        if key is None:
            _remove(file)  # of a process that was killed before it had decided
            lock.release()
            return None
        if not file.exists():
            lock.release()
            _forget(store)
            return None
        return cls(store, file, str(key), lock, new_id)

    def close(self) -> None:
        """What was not decided upon is gone."""
        if self._database is None:
            return
        self._database.close()
        self._database = None
        with self._store.read() as connection:
            query = "SELECT count(*) FROM meta WHERE name = ?"
            decided = connection.exec_driver_sql(query, (_KEY,)).scalar_one()
        if not decided:
            _remove(self._file)
        self._lock.release()

    def _run(self, statement: str, given: Sequence[Any] = ()) -> Any:
        with _translated():
            return self._database.execute(statement, given)

    def _many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with _translated():
            self._database.executemany(statement, rows)

    # The list.

    def put_rows(self, rows: Sequence[ResidentRow]) -> None:
        self._many(
            "INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((row.estate, row.phase, row.building, row.unit, row.room, row.row, _encode(row)) for row in rows),
        )

    def rows(self) -> Iterator[ResidentRow]:
        for (content,) in self._run("SELECT content FROM row ORDER BY estate, phase, building, unit, room, row"):
            yield _read_row(content)

    # What it would change.

    def put_plan(self, planned: Sequence[Planned]) -> None:
        self._many(
            "INSERT INTO plan (outcome, entity, entity_id, change_id, patch, before, about, row)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entity_id, outcome) DO NOTHING",
            (
                (
                    *(plan.outcome.value, plan.entity, plan.entity_id, self._new_id()),
                    *(_encode(plan.patch), _encode(plan.before), plan.about, plan.row),
                )
                for plan in planned
            ),
        )

    def put_problems(self, problems: Sequence[Problem]) -> None:
        self._many(
            "INSERT INTO problem (row, heading, fault, value, cell, other_row) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (one.row, one.column, one.fault.value, one.value, one.cell.value if one.cell else None, one.other_row)
                for one in problems
            ),
        )

    def put_present(self, ids: Iterable[str]) -> None:
        self._many("INSERT OR IGNORE INTO present VALUES (?)", ((one,) for one in ids))

    def put_homes(self, ids: Sequence[str]) -> None:
        self._many("INSERT OR IGNORE INTO home VALUES (?)", ((one,) for one in ids))

    def homes_absent(self, ids: Sequence[str]) -> Sequence[str]:
        query = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT household_id FROM home)"
        return [one for (one,) in self._run(query, (_encode(list(ids)).decode(),))]

    def finish(self) -> None:
        self._run(
            "DELETE FROM plan WHERE outcome IN ('missing', 'ended') AND entity_id IN (SELECT entity_id FROM present)"
        )

    def counts(self) -> Mapping[tuple[str, Outcome], int]:
        counted = Counter(self._run("SELECT entity, outcome FROM plan"))  # GROUP BY would sort them all in memory
        return {(entity, Outcome(outcome)): count for (entity, outcome), count in counted.items()}

    def planned(self, outcomes: Iterable[Outcome], limit: int | None = None) -> Iterator[Planned]:
        query = (
            "SELECT outcome, entity, entity_id, patch, before, about, row FROM plan"
            " WHERE outcome IN (SELECT value FROM json_each(?)) ORDER BY place LIMIT ?"
        )
        wanted = _encode([outcome.value for outcome in outcomes]).decode()
        for outcome, entity, entity_id, patch, before, about, row in self._run(query, (wanted, _limit(limit))):
            yield Planned(Outcome(outcome), entity, entity_id, _read_patch(patch), _read_patch(before), about, row)

    def problems(self, limit: int | None = None) -> Iterator[Problem]:
        """By row, whatever came first."""
        query = "SELECT row, heading, fault, value, cell, other_row FROM problem ORDER BY row, place LIMIT ?"
        for row, heading, fault, value, cell, other_row in self._run(query, (_limit(limit),)):
            found = CellFault(cell) if cell else None
            yield Problem(row, heading, RowFault(fault), value, found, other_row)

    def problem_counts(self) -> tuple[int, int]:
        told = _encode([fault.value for fault in TOLD_ONLY]).decode()
        query = "SELECT fault IN (SELECT value FROM json_each(?)), count(*) FROM problem GROUP BY 1"
        counts = dict(self._run(query, (told,)).fetchall())
        return counts.get(0, 0), counts.get(1, 0)

    # From the decision on.

    def decide(self, author: str, seat: str, reason: str, at: datetime, base_seq: int) -> None:
        """From here on it will be carried out, by this process or a later one. Durable when it returns."""
        decision = {"author": author, "seat": seat, "reason": reason, "at": to_text(at), "base_seq": base_seq}
        self._run("INSERT OR REPLACE INTO decision VALUES ('decision', ?)", (_encode(decision).decode(),))
        self._run("COMMIT")
        self._run("PRAGMA synchronous = FULL")
        self._keep_place(0)
        with self._store.write() as connection:
            connection.exec_driver_sql("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_KEY, self._key))

    def carry_out(
        self,
        append: Callable[[Sequence[Change]], None],
        report: Callable[[int], None] = lambda _done: None,
        going_on: Callable[[], bool] = lambda: True,
        rest: Callable[[float], None] = time.sleep,
    ) -> bool:
        """Write what was decided upon, from where it stands; whether it came to the end. Between two lots the writer's
        lock is left alone for longer than a waiting save takes to look again."""
        (text,) = self._run("SELECT value FROM decision WHERE name = 'decision'").fetchone()
        decision = msgspec.json.decode(text, type=_Decision)
        (place,) = self._run("SELECT CAST(value AS INTEGER) FROM decision WHERE name = 'place'").fetchone()
        done = lots = 0
        while lot := self._lot(place):
            if not going_on():
                self._keep_place(place)
                return False
            append([_change(row, decision) for row in lot])
            place, done, lots = lot[-1][0], done + len(lot), lots + 1
            if lots % KEPT_EVERY == 0:
                self._keep_place(place)
                report(done)
            rest(REST_S)
        report(done)
        _forget(self._store)
        return True

    def _lot(self, after: int) -> list[tuple[Any, ...]]:
        query = (
            "SELECT place, entity, entity_id, change_id, patch FROM plan"
            " WHERE place > ? AND outcome IN (SELECT value FROM json_each(?)) ORDER BY place LIMIT ?"
        )
        done = _encode([outcome.value for outcome in DONE]).decode()
        found: list[tuple[Any, ...]] = self._run(query, (after, done, LOT)).fetchall()
        return found

    def _keep_place(self, place: int) -> None:
        self._run("INSERT OR REPLACE INTO decision VALUES ('place', ?)", (str(place),))


class _Decision(msgspec.Struct):
    author: str
    seat: str
    reason: str
    at: str
    base_seq: int


def _change(row: tuple[Any, ...], decision: _Decision) -> Change:
    _place, entity, entity_id, change_id, patch = row
    return Change(
        ChangeId(change_id),
        entity,
        entity_id,
        from_text(decision.at),
        decision.author,
        decision.seat,
        _read_patch(patch),
        decision.reason,
        decision.base_seq,
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except dbapi2.Error as error:
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == _SQLITE_FULL
        raise (StoreFull if full else StoreBroken)(f"import: {error}") from error


def _limit(limit: int | None) -> int:
    return -1 if limit is None else limit


def _file_of(store: Store) -> Path:
    return store.file.with_name(f"{store.file.name}.import")


def _locked(store: Store, timeout_s: float) -> tuple[Path, filelock.FileLock]:
    file = _file_of(store)
    lock = filelock.FileLock(f"{file}.lock")
    try:
        lock.acquire(timeout=timeout_s)
    except filelock.Timeout as error:
        raise ImportRuns(str(file)) from error
    return file, lock


def _forget(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (_KEY,))


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-journal", f"{file.name}-wal"):
        file.with_name(name).unlink(missing_ok=True)

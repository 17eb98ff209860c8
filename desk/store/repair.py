"""Makes a whole store of a damaged one: sets the damaged file aside, makes a new one, and puts into it at once what
exists nowhere else: changes that the centre has not taken, drafts, who may sign in. The rest comes by and by, from the
centre (a new store's first fill) and from what can be read of the file that was set aside (`desk.store.refill`).

Promises: nothing is deleted, ever; a repair that was killed anywhere is gone on with at the next start; no process
opens the store meanwhile. The caller's thread; it takes seconds, and longer where it first has to look whether there
is damage at all."""

import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from desk.domain.changes import Change
from desk.domain.drafts import Draft
from desk.store import damage
from desk.store.drafts import SqlDrafts
from desk.store.filling import AGED
from desk.store.holding import AGAIN_S, StoreInUse, alone
from desk.store.integrity import IntegrityCheck
from desk.store.key import ENTRY, KeyKeeper
from desk.store.meta import keep_value, value_of
from desk.store.rows import present, write_changes
from desk.store.salvage import Salvage, Saved
from desk.store.store import Store
from desk.store.unsent_export import Head, NotAnExport
from desk.usecases.ports import Clock, StoreBroken

WAIT_S = 20.0  # for the other processes of the seat to let go
AT_ONCE = 500
MOST_AT_ONCE = 5_000  # unsent changes that the window waits for, the newest; at a seat that stands alone all are unsent
ASIDE = "set-aside"  # folder beside the store
REFILL_FROM, REPAIRED = "refill_from", "repaired"  # in `meta`
# Local to this seat, and in no other place. Who this store is to the centre is left behind: it is another one now.
_LOCAL = ("draft", "dropped_change", "sign_in_verifier", "sign_in_tries", "kept_password", "ticket_out")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """`step`: "waiting", "looking", "saving", "copies". `done` of `total`, 0 = not known."""

    step: str
    done: int = 0
    total: int = 0


@dataclass
class Repaired:
    """`was_whole`: there was nothing to repair. `from_file`, `from_copies`: unsent changes that were saved from the
    damaged file, and further ones from the second copy. `lost`: unsent ones that are known of and in neither yet.
    `readable`: whether more may come from the file that was set aside."""

    was_whole: bool = False
    aside: str = ""
    from_file: int = 0
    from_copies: int = 0
    drafts: int = 0
    lost: list[str] = field(default_factory=list)
    readable: bool = False
    why: str = ""
    at: str = ""


Copies = Callable[[], Iterable[Iterator[Head | Change | Draft]]]  # the second copy's files that this seat can open


class Repair:
    """`copies`: the second copy, where its files can be opened here. `tell` hears how far it is."""

    def __init__(
        self,
        file: Path,
        secrets: KeyKeeper,
        clock: Clock,
        copies: Copies = lambda: (),
        tell: Callable[[Progress], None] = lambda _progress: None,
        wait_s: float | None = None,
    ) -> None:
        self._file, self._secrets, self._clock, self._copies, self._tell = file, secrets, clock, copies, tell
        self._wait_s = WAIT_S if wait_s is None else wait_s

    def run(self, *, anew: bool = False, why: str = "") -> Repaired:
        """`anew`: a new store even though this one cannot be shown to be damaged (its key is lost). Raises
        `StoreInUse`, `StoreFull`, `StoreBroken`, `KeyringWeak`, `OSError`; whatever it raises, it can be run again."""
        self._tell(Progress("waiting"))
        with alone(self._file, self._wait_s):
            found = damage.noted(self._file)
            if anew:
                found = damage.Damage(why or "asked for", found.aside if found else "", sure=True)
            if found is not None and not found.aside and not found.sure and self._is_whole():
                damage.forget(self._file)
                return Repaired(was_whole=True)
            return self._repair(found or damage.Damage(why))

    def _is_whole(self) -> bool:
        """A look at the whole file, as somebody may have seen a ghost."""
        if not self._file.exists():
            return False
        try:
            store = Store.open(self._file, self._secrets, repairing=True)
            try:
                check = IntegrityCheck(store)
                for step in check.steps():
                    self._tell(Progress("looking", step.done, step.total))
            finally:
                store.close()
        except StoreBroken as error:
            _log.warning("the seat store is damaged: %s", error)
            return False
        return check.found.whole

    def _repair(self, found: damage.Damage) -> Repaired:
        at = self._clock()
        key = self._secrets.get(ENTRY)
        aside = self._set_aside(found, at)
        done = Repaired(aside=aside.name, why=found.why, at=at.isoformat())
        new_file = self._file.with_name(f"{self._file.name}.new")
        _remove(new_file)
        store = Store.open(new_file, self._secrets)
        try:
            old = aside / self._file.name
            if key is not None and old.exists():
                self._save(store, Salvage(old, key), done)
            if done.from_file < MOST_AT_ONCE or done.lost:  # else the refill asks the copies for what it misses
                self._take_copies(store, done)
            with store.write() as connection:
                if done.readable:
                    keep_value(connection, REFILL_FROM, aside.name)
                    keep_value(connection, AGED, "1")  # a centre fills it, however little it has
                keep_value(connection, REPAIRED, json.dumps(vars(done)))
            _close_whole(store)
        finally:
            store.close()
        new_file.replace(self._file)
        _remove(new_file)
        damage.forget(self._file)
        _log.warning("the seat store was made anew", extra={"aside": done.aside, "unsent": done.from_file})
        return done

    def _set_aside(self, found: damage.Damage, at: datetime) -> Path:
        name = found.aside or f"{at:%Y%m%dT%H%M%SZ}"
        damage.note(self._file, damage.Damage(found.why, name, sure=True))
        folder = self._file.with_name(ASIDE) / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for ending in ("", "-wal", "-shm"):
            there = self._file.with_name(self._file.name + ending)
            target = folder / there.name
            if there.exists() and not target.exists():
                self._move(there, target)
        return folder

    def _move(self, there: Path, target: Path) -> None:
        """Windows refuses it for as long as anybody has the file open, and there it is what keeps others away."""
        end_s = time.monotonic() + self._wait_s
        while True:
            try:
                there.rename(target)
                return
            except PermissionError as error:
                if os.name != "nt":
                    raise
                if time.monotonic() > end_s:
                    raise StoreInUse(f"{there}: another program of this seat has it open") from error
                time.sleep(AGAIN_S)

    def _save(self, store: Store, salvage: Salvage, done: Repaired) -> None:
        try:
            done.readable = salvage.readable
            if not done.readable:
                return
            ids = salvage.unsent_ids(MOST_AT_ONCE)
            lot: list[Saved] = []
            for saved in salvage.these(ids):
                lot.append(saved)
                if len(lot) == AT_ONCE:
                    done.from_file += put(store, lot)
                    lot = []
                    self._tell(Progress("saving", done.from_file, len(ids)))
            done.from_file += put(store, lot)
            done.lost = sorted(set(ids) - _present(store, ids))
            for table in _LOCAL:
                rows = salvage.rows(table)
                _put_rows(store, table, rows)
                done.drafts += len(rows) if table == "draft" else 0
        finally:
            salvage.close()

    def _take_copies(self, store: Store, done: Repaired) -> None:
        """What the damaged file did not give, from the second copy. A draft that is there already is the newer one."""
        drafts = SqlDrafts(store)
        before = {row["draft_id"] for row in _rows(store, "SELECT draft_id FROM draft")}
        for number, parts in enumerate(self._copies()):
            self._tell(Progress("copies", number))
            lot: list[Saved] = []
            try:
                for part in parts:
                    if isinstance(part, Draft):
                        if part.draft_id not in before:
                            drafts.save(part)
                            done.drafts += 1
                    elif isinstance(part, Change):
                        lot.append(Saved(part, None))
            except NotAnExport as error:
                _log.warning("a copy of unsent work cannot be read to its end: %s", error)
            for start in range(0, len(lot), AT_ONCE):
                done.from_copies += put(store, lot[start : start + AT_ONCE])
        done.lost = sorted(set(done.lost) - _present(store, done.lost))


def put(store: Store, saved: list[Saved]) -> int:
    """Those of them that are not there yet, as they were. How many were new."""
    ids = [one.change.change_id for one in saved]
    before = _present(store, ids)
    new = [one for one in saved if one.change.change_id not in before]
    if new:
        with store.write() as connection:
            write_changes(connection, [one.change for one in new], [one.role for one in new])
    return len(new)


def last_repair(store: Store) -> Repaired | None:
    with store.read() as connection:
        kept = value_of(connection, REPAIRED)
    return Repaired(**json.loads(kept)) if kept else None


def stores_set_aside(file: Path) -> list[Path]:
    """The files of damaged stores, oldest first."""
    return sorted(file.with_name(ASIDE).glob(f"*/{file.name}"))


def _present(store: Store, ids: Iterable[str]) -> set[str]:
    with store.read() as connection:
        return present(connection, ids)


def _rows(store: Store, query: str) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(row) for row in connection.exec_driver_sql(query).mappings()]


def _put_rows(store: Store, table: str, rows: list[dict[str, Any]]) -> None:
    """Of a damaged store of an older or newer version: the columns that both have."""
    known = {row["name"] for row in _rows(store, f'PRAGMA table_info("{table}")')}
    for row in rows:
        kept = {name: value for name, value in row.items() if name in known}
        columns, marks = ", ".join(f'"{name}"' for name in kept), ", ".join("?" * len(kept))
        with store.write() as connection:
            connection.exec_driver_sql(
                f'INSERT OR REPLACE INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608 - tables of our own
                tuple(kept.values()),
            )


def _close_whole(store: Store) -> None:
    """All of it in the one file, so that renaming that file takes all of it along."""
    with store.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()


def _remove(new_file: Path) -> None:
    """A half-made store of an earlier try: it holds copies only."""
    for ending in ("", "-wal", "-shm", ".lock", ".use"):
        new_file.with_name(new_file.name + ending).unlink(missing_ok=True)

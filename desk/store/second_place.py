"""The second copy of unsent work: what the centre has not taken yet, and the drafts, in sealed files in another folder,
on another disk if IT gives one. They are what a repair falls back on, and what a supervisor can open when this seat's
keyring is lost.

A change that was there at two looks in a row is copied: at a seat in step none is, because the centre takes them
within milliseconds. Files are written once, under new names; small ones are merged, and a file goes when the centre
has taken all that is in it. Files that this store does not know (an earlier store's, another seat's) are never
touched. A process killed anywhere leaves a file too many at worst. One thread of the sync process."""

import errno
import io
import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from desk.store.meta import drop_value, keep_value, value_of
from desk.store.store import Store
from desk.store.unsent_export import Amount, Head, drafts_of, unsent_of, write
from desk.usecases.ports import Clock

SUFFIX = ".unsent.age"
TAKEN = ".taken"
EVERY_S = 10.0
MOST_CHANGES = 5_000  # of a file
MANY_SMALL = 16  # files that are not full, before they are merged
_DRAFTS, _DRAFTS_FILE = "copied_drafts", "copied_drafts_file"  # in `meta`

Seal = Callable[[IO[bytes], IO[bytes]], None]  # plain to sealed; raises `OSError`, `KeyMissing`, `KeyringWeak`
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    number: int
    name: str
    changes: int
    ids: tuple[str, ...]


class SecondPlace:
    """`folder` is this seat's own. `sends`: whether there is a centre that takes changes now, so that files may have
    become needless. `copied` files are there by now."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        seat: str,
        seal: Seal,
        clock: Clock,
        sends: Callable[[], bool],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._folder, self._seat, self._seal, self._clock = store, folder, seat, seal, clock
        self._sends, self._now_s = sends, monotonic_s
        self._due_s = 0.0
        self._seen: set[str] = set()

    def work_once(self) -> bool:
        """A look every `EVERY_S`; whether there is more to do at once. Raises `OSError` where the folder cannot be
        written, `KeyMissing`, `KeyringWeak`, `StoreFull`, `StoreBroken`."""
        if self._now_s() < self._due_s:
            return False
        more = self.copy(_those(self._seen))
        if not more:
            self._due_s = self._now_s() + EVERY_S
            self._merge()
            self._copy_drafts()
            if self._sends():
                self._drop_needless()
        return more

    def copy(self, wanted: Callable[[list[str]], list[str]] = lambda due: due) -> bool:
        """Write a file of what is due, as far as it is `wanted`; whether there is more."""
        with self._store.read() as connection:
            query = "SELECT change_id FROM copy_due ORDER BY change_id LIMIT ?"
            due = [row[0] for row in connection.exec_driver_sql(query, (MOST_CHANGES,))]
        ids = wanted(due)
        self._seen = set(due)
        if not ids:
            return False
        name = self._write(ids)
        with self._store.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO copy_file (name, changes, ids) VALUES (?, ?, ?)", (name, len(ids), json.dumps(ids))
            )
            connection.exec_driver_sql(
                "DELETE FROM copy_due WHERE change_id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
            )
        return len(due) == MOST_CHANGES

    def _merge(self) -> None:
        small = [file for file in self._files() if file.changes < MOST_CHANGES]
        if len(small) < MANY_SMALL:
            return
        chosen: list[_File] = []
        for file in small:  # the oldest first: the others are merged at the next look
            if sum(one.changes for one in chosen) + file.changes <= MOST_CHANGES:
                chosen.append(file)
        if len(chosen) < MANY_SMALL // 2:
            return
        ids = self._still_unsent([one for file in chosen for one in file.ids])
        name = self._write(ids) if ids else ""
        with self._store.write() as connection:
            if name:
                connection.exec_driver_sql(
                    "INSERT INTO copy_file (name, changes, ids) VALUES (?, ?, ?)", (name, len(ids), json.dumps(ids))
                )
            connection.exec_driver_sql(
                "DELETE FROM copy_file WHERE number IN (SELECT value FROM json_each(?))",
                (json.dumps([file.number for file in chosen]),),
            )
        for file in chosen:
            self._remove(file.name)

    def _copy_drafts(self) -> None:
        drafts = drafts_of(self._store)
        told = json.dumps(sorted((draft.draft_id, draft.saved_at.isoformat()) for draft in drafts))
        with self._store.read() as connection:
            before, old = value_of(connection, _DRAFTS) or "[]", value_of(connection, _DRAFTS_FILE)
        if told == before:
            return
        name = self._write([], with_drafts=True) if drafts else ""
        with self._store.write() as connection:
            keep_value(connection, _DRAFTS, told)
            if name:
                keep_value(connection, _DRAFTS_FILE, name)
            else:
                drop_value(connection, _DRAFTS_FILE)
        if old:
            self._remove(old)

    def _drop_needless(self) -> None:
        files = self._files()
        if not files:
            return
        with self._store.read() as connection:
            query = "SELECT EXISTS (SELECT 1 FROM change INDEXED BY change_unsent WHERE central_seq IS NULL"
            unsent = connection.exec_driver_sql(f"{query} AND refused IS NULL)").scalar_one()
        for file in files if not unsent else files[:1]:
            if not self._still_unsent(list(file.ids)):
                with self._store.write() as connection:
                    connection.exec_driver_sql("DELETE FROM copy_file WHERE number = ?", (file.number,))
                self._remove(file.name)

    def _still_unsent(self, ids: list[str]) -> list[str]:
        query = (
            "SELECT c.change_id FROM json_each(?) j CROSS JOIN change c ON c.change_id = j.value"
            " WHERE c.central_seq IS NULL ORDER BY c.change_id"
        )
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(query, (json.dumps(ids),))]

    def _files(self) -> list[_File]:
        with self._store.read() as connection:
            rows = connection.exec_driver_sql("SELECT number, name, changes, ids FROM copy_file ORDER BY number").all()
        return [_File(number, name, changes, tuple(json.loads(ids))) for number, name, changes, ids in rows]

    def _write(self, ids: list[str], *, with_drafts: bool = False) -> str:
        at = self._clock()
        drafts = drafts_of(self._store) if with_drafts else []
        name = name_of(self._seat, at)
        write_sealed(
            self._folder / name,
            lambda target: write(target, Head(self._seat, at.isoformat()), unsent_of(self._store, ids), drafts),
            self._seal,
        )
        return name

    def _remove(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("a needless copy of unsent work stays: %s", error)


def _those(seen: set[str]) -> Callable[[list[str]], list[str]]:
    """All that is due, once some of it was due at the look before."""
    return lambda due: due if seen.intersection(due) or len(due) == MOST_CHANGES else []


def name_of(seat: str, at: datetime) -> str:
    return f"{seat}-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}{SUFFIX}"


def files_in(folder: Path) -> list[Path]:
    """What lies there, oldest first; [] where the folder is away."""
    try:
        return sorted(file for file in folder.iterdir() if file.name.endswith(SUFFIX))
    except OSError:
        return []


def unknown_in(store: Store, folder: Path) -> list[Path]:
    """Files that this store has not written: an earlier store's, that nobody has taken in yet."""
    with store.read() as connection:
        ours = {row[0] for row in connection.exec_driver_sql("SELECT name FROM copy_file")}
        drafts = value_of(connection, _DRAFTS_FILE)
    return [file for file in files_in(folder) if file.name not in ours and file.name != drafts]


def write_sealed(file: Path, write_plain: Callable[[IO[bytes]], Amount], seal: Seal) -> Amount:
    """A sealed file of what is written, whole and durable or not there. The plain text is held in memory, never on a
    disk. Raises `FileExistsError` and what sealing raises."""
    plain = io.BytesIO()
    amount = write_plain(plain)
    plain.seek(0)
    put(file, lambda target: seal(plain, target))
    return amount


def put(file: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """A new file, for this user only, durable when it returns. Raises `FileExistsError`, `OSError`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists():
        raise FileExistsError(errno.EEXIST, "it exists already", str(file))
    part = file.with_name(f".{file.name}.part")
    try:
        part.touch(mode=0o600)
        with part.open("wb") as handle:
            fill(handle)
            handle.flush()
            os.fsync(handle.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)

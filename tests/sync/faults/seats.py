"""A seat among faults: a store that can be killed at any of its writes, a clock that jumps, ids made of that clock, and
a way to the centre through a `FaultProxy`. What it does is what the sync process's lane does, step by step."""

import contextlib
import random
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection

from desk.domain.changes import Change, Patch
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.entities import ENTITIES, columns_of
from desk.store.outbox import SqlOutbox
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, connect
from desk.sync.exchange.rounds import Round
from desk.sync.exchange.session import GoneStale, SeatSide, Session
from tests.making import START
from tests.sync.faults.proxy import FaultProxy

KEY = "5a" * 32
Row = tuple[Any, ...]
Rows = dict[str, dict[str, Row]]  # entity -> id -> columns


class Killed(BaseException):
    """The process died here. Not an `Exception`: nothing on the way may catch it."""


class Life:
    """How many steps a process has left. `steps` None: it lives."""

    def __init__(self) -> None:
        self.steps: int | None = None

    def step(self) -> None:
        if self.steps is None:
            return
        if self.steps == 0:
            self.steps = None
            raise Killed
        self.steps -= 1


class MortalStore(Store):
    """Dies before a transaction, before its commit, or right after it."""

    life = Life()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.life.step()
        with super().write() as connection:
            yield connection
            self.life.step()
        self.life.step()


class FaultSeat:
    """`template`: an empty store's file, copied because making one takes longer than the rest of a history."""

    def __init__(self, name: str, folder: Path, template: Path, access: CentralAccess, proxy: FaultProxy) -> None:
        self.name, self.folder, self._template, self.proxy = name, folder, template, proxy
        self.access = replace(access, port=proxy.port)
        self.agent = access.user
        self.ahead = timedelta()  # of the true time
        self.life = Life()
        self._chance = random.Random(name)
        self.fill_from: int | None = None  # how far behind the centre an empty store is filled with rows
        self.session: Session | None = None
        self._connection: psycopg.Connection[Any] | None = None
        folder.mkdir(parents=True)
        shutil.copyfile(template, self.file)
        self._open()

    @property
    def file(self) -> Path:
        return self.folder / "seat.db"

    def _open(self) -> None:
        self.store = MortalStore.open(self.file, FakeSecrets({"store": KEY}))
        self.store.life = self.life
        self.log = SqlChangeLog(self.store)
        self.outbox = SqlOutbox(self.store)
        self.side = SeatSide.of(self.store, self.name, self.new_id, gentle=lambda: False)
        self._last_ms = 0
        self._ticks = 0
        self.author = SeatAuthor(
            self.name, lambda: self.agent, self.clock, self.new_id, self.log.base_seq, self.log.newest_unsent
        )

    def clock(self) -> datetime:
        """A millisecond a look."""
        self._ticks += 1
        return START + self.ahead + timedelta(milliseconds=self._ticks)

    def new_id(self) -> str:
        """As the process makes them: of its clock, never backwards while it lives."""
        self._last_ms = max(self._last_ms + 1, int(self.clock().astimezone(UTC).timestamp() * 1000))
        low = (2 << 62) | self._chance.getrandbits(62)
        return str(uuid.UUID(int=(self._last_ms << 80) | (7 << 76) | (self._chance.getrandbits(12) << 64) | low))

    def write(self, entity: str, entity_id: str, patch: Patch) -> Change:
        """Somebody types here; saved when it returns."""
        change = self.author.change(entity, entity_id, patch)
        self.log.append([change])
        return change

    def exchange(self) -> Round:
        """One round, over the connection that is there or a new one. Raises what the lane would meet."""
        if self.session is None:
            self._connection = connect(self.access, "test")
            self.session = Session(self.side, self._connection, fill_from=self.fill_from)
            self.session.open()
        try:
            done = self.session.round()
            while self.session.fills():
                done = self.session.round()
            self.session.tell(0, 0)
        except GoneStale:
            self.disconnect()
            return self.exchange()
        return done

    def disconnect(self) -> None:
        with contextlib.suppress(psycopg.Error):
            if self.session is not None:
                self.session.close()
            if self._connection is not None:
                self._connection.close()
        self.session = self._connection = None

    def restart(self) -> None:
        """The process ends, however, and another starts on its files."""
        self.stop()
        self._open()

    def stop(self) -> None:
        self.life.steps = None
        self.disconnect()
        self.store.close()

    def replace_files(self, source: Path | None) -> None:
        """The store of another day, of another seat, or an empty one (None) takes this one's place."""
        self.stop()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source or self._template, self.file)
        self._open()

    def copy_files(self, target: Path) -> None:
        """A whole image of the store as it is now."""
        with self.store.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.file, target)

    def rows(self) -> Rows:
        found: Rows = {}
        with self.store.read() as connection:
            for name, entity in ENTITIES.items():
                columns = ", ".join(f'"{column}"' for column in columns_of(entity))
                rows = connection.exec_driver_sql(f"SELECT {columns} FROM {name}")  # noqa: S608
                if kept := {row[0]: tuple(row) for row in rows}:
                    found[name] = kept
        return found

    def row(self, entity_name: str, entity_id: str) -> Row | None:
        entity = ENTITIES[entity_name]
        columns = ", ".join(f'"{column}"' for column in columns_of(entity))
        query = f"SELECT {columns} FROM {entity.name} WHERE {entity.id_field} = ?"  # noqa: S608
        with self.store.read() as connection:
            found = connection.exec_driver_sql(query, (entity_id,)).one_or_none()
        return None if found is None else tuple(found)

    def held(self) -> dict[str, int | None]:
        """Change id -> its place in the central order, as this seat knows it."""
        with self.store.read() as connection:
            found = connection.exec_driver_sql("SELECT change_id, central_seq FROM change")
            return {row[0]: row[1] for row in found}


def empty_store(file: Path) -> Path:
    """The file that seats are copied from."""
    store = Store.open(file, FakeSecrets({"store": KEY}))
    with store.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file

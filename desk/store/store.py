"""The seat store: one encrypted file, opened by ui and sync at the same time.

Promises: what a `write` has committed survives a power cut (WAL with synchronous=FULL); a `write` that fails changes
nothing; readers never wait for a writer. One writer at a time, across threads and processes (BEGIN IMMEDIATE, waiting
up to `cipher.BUSY_S`). Any thread: each `read` and `write` borrows a connection of its own.

The key is given raw, so opening costs no key derivation; the price is that the keyring's entry is the key itself."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import filelock
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from desk.store import cipher, damage, going_back, schema
from desk.store.holding import Holding
from desk.store.key import KeyKeeper, key_for
from desk.usecases.ports import KeyUnfit, StoreBroken, StoreDamaged, StoreFull, StoreNewer

LOCK_S = 30.0
CACHE_KIB = 32_768  # of decrypted pages, per connection; connections are reused newest first
CHECKPOINT_PAGES = 4_000  # a saver rarely pays for a checkpoint: sync makes them in quiet moments
SPARE_BYTES = 1 << 20

# https://www.sqlite.org/rescode.html, primary codes
_FULL, _IO_ERROR = 13, 10
_LOOKED_AT = (
    "SELECT count(*) FROM sqlite_schema",
    "SELECT change_id FROM change ORDER BY change_id DESC LIMIT 1",
    "SELECT change_id FROM change WHERE central_seq IS NULL AND refused IS NULL ORDER BY change_id LIMIT 1",
    "SELECT name FROM meta",
    "SELECT draft_id FROM draft",
)
_BROKEN = frozenset({5, 6, 8, _IO_ERROR, 11, 14, 26})  # busy, locked, read-only, i/o, corrupt, cannot open, no database

_log = logging.getLogger(__name__)


class Store:
    """Use `open`. `close` when the process ends; what is committed is safe without it."""

    def __init__(self, file: Path, engine: Engine, holding: Holding | None) -> None:
        self.file = file
        self._engine, self._holding = engine, holding
        self._opened = False

    @classmethod
    def open(cls, file: Path, secrets: KeyKeeper, cache_kib: int = CACHE_KIB, *, repairing: bool = False) -> Self:
        """Open the store, make it where there is none, bring its schema up to date. `repairing`: by the repair, which
        holds the file alone, and whom the note of the damage does not keep away. Raises `KeyMissing` (the file is
        there, its key is not), `KeyUnfit` (the key is another store's), `StoreDamaged` (see `desk.store.repair`),
        `StoreNewer` (see `desk.store.going_back`), `StoreBroken` (not to be reached), `StoreFull`."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # ui and sync start together: only one of them may make the key and the tables.
            with filelock.FileLock(f"{file}.lock", timeout=LOCK_S):
                if (found := damage.noted(file)) is not None and not repairing:
                    raise StoreDamaged(f"{file}: {found.why}")
                key = key_for(file, secrets)
                store = cls(file, _engine(file, key, cache_kib), None if repairing else Holding(file))
                try:
                    store._migrate()
                    store._look()
                except StoreDamaged as error:
                    store.close()
                    if file.exists() and cipher.fit(file, key) is cipher.Fit.UNFIT:
                        raise KeyUnfit(f"{file}: the keyring's key does not open it") from error
                    damage.note(file, damage.Damage(str(error)))
                    raise
                except BaseException:
                    store.close()
                    raise
                store._opened = True
        except (OSError, filelock.Timeout) as error:
            raise StoreBroken(str(error)) from error
        return store

    def close(self) -> None:
        self._engine.dispose()
        if self._holding is not None:
            self._holding.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees what was committed before. Raises `StoreBroken`."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed and durable when the block ends, undone when it raises. Raises `StoreFull`,
        `StoreBroken`."""
        with self._translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextmanager
    def write_lightly(self) -> Iterator[Connection]:
        """As `write`, without waiting for the disk: for what can be fetched again. A power cut may undo the newest of
        these, never part of one, and never one that a `write` came after. Raises `StoreFull`, `StoreBroken`."""
        with self._translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            finally:
                connection.rollback()  # else the pragma would change nothing
                connection.exec_driver_sql("PRAGMA synchronous = FULL")

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the file without making anybody wait."""
        with self.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
            reason = f"{self.file}: {error.orig}"
            if code == _FULL or (code == _IO_ERROR and self._no_space()):
                raise StoreFull(reason) from error
            if cipher.is_damage(error.orig):
                if self._opened:
                    damage.note(self.file, damage.Damage(reason))
                raise StoreDamaged(reason) from error
            if code in _BROKEN:
                raise StoreBroken(reason) from error
            raise

    def _look(self) -> None:
        """A short look at what everything hangs on; the whole is checked in quiet moments (`desk.store.integrity`)."""
        with self.read() as connection:
            for statement in _LOOKED_AT:
                connection.exec_driver_sql(statement).all()

    def _no_space(self) -> bool:
        return shutil.disk_usage(self.file.parent).free < SPARE_BYTES

    def _migrate(self) -> None:
        with self._translated(), self._engine.connect() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(schema.STEPS) and not going_back.may_go_on(connection, len(schema.STEPS)):
                raise StoreNewer(f"{self.file}: made by a newer Desk (schema {version})")
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        if version == len(schema.STEPS):
            return
        if version > len(schema.STEPS):
            with self.write() as connection:
                going_back.take_over(connection, len(schema.STEPS))
            _log.warning("seat store of schema %d is gone on with as %d", version, len(schema.STEPS))
            return
        with self.write() as connection:
            for step in schema.STEPS[version:]:
                step(connection)
            going_back.caught_up(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={len(schema.STEPS)}")
        _log.info("seat store brought from schema %d to %d", version, len(schema.STEPS))


def _engine(file: Path, key: str, cache_kib: int) -> Engine:
    def connect() -> Any:
        connection = cipher.connect(file, key, cache_kib)
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    return create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        pool_use_lifo=True,
        hide_parameters=True,  # what a statement that failed was given are names, numbers and rooms: not for logs
    )

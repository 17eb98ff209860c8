"""The seat store: one encrypted file, opened by ui and sync at the same time.

Promises: what a `write` has committed survives a power cut (WAL with synchronous=FULL); a `write` that fails changes
nothing; readers never wait for a writer. One writer at a time, across threads and processes (BEGIN IMMEDIATE, waiting
up to `BUSY_S`). Any thread: each `read` and `write` borrows a connection of its own.

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

from desk.store import schema
from desk.store.key import KeyKeeper, key_for
from desk.usecases.ports import StoreBroken, StoreFull

BUSY_S = 10.0
LOCK_S = 30.0
CACHE_KIB = 32_768  # of decrypted pages, per connection; connections are reused newest first
CHECKPOINT_PAGES = 4_000  # a saver rarely pays for a checkpoint: sync makes them in quiet moments
SPARE_BYTES = 1 << 20

# https://www.sqlite.org/rescode.html, primary codes
_FULL, _IO_ERROR = 13, 10
_BROKEN = frozenset({5, 6, 8, _IO_ERROR, 11, 14, 26})  # busy, locked, read-only, i/o, corrupt, cannot open, no database

_log = logging.getLogger(__name__)


class Store:
    """Use `open`. `close` when the process ends; what is committed is safe without it."""

    def __init__(self, file: Path, engine: Engine) -> None:
        self.file = file
        self._engine = engine

    @classmethod
    def open(cls, file: Path, secrets: KeyKeeper, cache_kib: int = CACHE_KIB) -> Self:
        """Open the store, make it where there is none, bring its schema up to date. Raises `KeyMissing` (the file is
        there, its key is not), `StoreBroken` (wrong key, damaged, newer than this program), `StoreFull`."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # ui and sync start together: only one of them may make the key and the tables.
            with filelock.FileLock(f"{file}.lock", timeout=LOCK_S):
                key = key_for(file, secrets)
                store = cls(file, _engine(file, key, cache_kib))
                try:
                    store._migrate()
                except BaseException:
                    store.close()
                    raise
        except (OSError, filelock.Timeout) as error:
            raise StoreBroken(str(error)) from error
        return store

    def close(self) -> None:
        self._engine.dispose()

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
            if code in _BROKEN:
                raise StoreBroken(reason) from error
            raise

    def _no_space(self) -> bool:
        return shutil.disk_usage(self.file.parent).free < SPARE_BYTES

    def _migrate(self) -> None:
        with self._translated(), self._engine.connect() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(schema.STEPS):
                raise StoreBroken(f"{self.file}: made by a newer Desk (schema {version})")
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        if version == len(schema.STEPS):
            return
        with self.write() as connection:
            for step in schema.STEPS[version:]:
                step(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={len(schema.STEPS)}")
        _log.info("seat store brought from schema %d to %d", version, len(schema.STEPS))


def _engine(file: Path, key: str, cache_kib: int) -> Engine:
    def connect() -> Any:
        # Autocommit: SQLAlchemy's own BEGIN would be a deferred one, which fails when two writers meet half-way.
        connection = dbapi2.connect(
            str(file), timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
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

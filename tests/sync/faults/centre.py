"""The central database among faults: made in a moment, cut off from everybody, backed up and put back."""

import itertools
from typing import Any

import psycopg
from psycopg import sql

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.store.entities import ENTITIES, columns_of, to_columns
from tests.sync.faults.seats import Rows

_numbers = itertools.count(1)


class Centre:
    """One central database on a server that many share. `admin` is a connection of the server's owner. `wipe` makes it
    as new in a tenth of the time that a new one takes."""

    def __init__(self, server: PrivatePostgres, admin: psycopg.Connection[Any]) -> None:
        self._server, self._admin = server, admin
        self.database = f"history{next(_numbers)}"
        self._backup: str | None = None
        self._copy("template", self.database)
        with self._look() as connection:
            self._empty = [name for name in _tables(connection) if not _holds_rows(connection, name)]

    @property
    def backed_up(self) -> bool:
        return self._backup is not None

    def hang_up(self) -> None:
        """End everybody's connection, as a server does that is restarted."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (self.database,)
        )

    def back_up(self) -> None:
        """All connections are ended for it."""
        self.hang_up()
        if self._backup:
            self._drop(self._backup)
        self._backup = f"{self.database}_backup"
        self._copy(self.database, self._backup)

    def restore(self) -> None:
        """Everything since the backup is forgotten."""
        assert self._backup is not None
        self.hang_up()
        self._drop(self.database)
        self._copy(self._backup, self.database)

    def wipe(self) -> None:
        """Nothing has ever been written here."""
        self.hang_up()
        if self._backup:
            self._drop(self._backup)
            self._backup = None
        deletions = [sql.SQL("DELETE FROM desk.{}").format(sql.Identifier(name)) for name in self._empty]
        with self._look() as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # no trigger keeps the history
            connection.execute(sql.SQL(";").join(deletions))
            connection.execute("ALTER SEQUENCE desk.change_seq RESTART")

    def remove(self) -> None:
        self._drop(self.database)
        if self._backup:
            self._drop(self._backup)

    def log(self) -> list[Change]:
        """All changes, in the central order."""
        with self._look() as connection:
            found = connection.execute(
                "SELECT change_id::text, entity, entity_id, at, agent, seat, patch, reason, base_seq, seq"
                " FROM desk.change ORDER BY seq"
            ).fetchall()
        return [Change(ChangeId(row[0]), *row[1:]) for row in found]

    def rows(self) -> Rows:
        """In the seats' form of the values. Times are left out of what is compared here: no history writes one."""
        found: Rows = {}
        with self._look() as connection:
            for name, entity in ENTITIES.items():
                query = sql.SQL("SELECT to_jsonb(t) FROM desk.{} t").format(sql.Identifier(name))
                kept = {}
                for (row,) in connection.execute(query):
                    fields = {column: row[column] for column in columns_of(entity)}
                    entity_id = fields[entity.id_field]
                    kept[entity_id] = to_columns(entity, entity_id, fields)
                if kept:
                    found[name] = kept
        return found

    def _look(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._server.admin_url(self.database), autocommit=True)

    def _copy(self, source: str, target: str) -> None:
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source))
        )

    def _drop(self, name: str) -> None:
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in found]


def _holds_rows(connection: psycopg.Connection[Any], name: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM desk.{})").format(sql.Identifier(name))
    row = connection.execute(query).fetchone()
    return row is not None and row[0]

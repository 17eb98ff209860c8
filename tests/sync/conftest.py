"""A real PostgreSQL for the whole run, a fresh central database per test, and seats on it."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres, private_postgres
from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.store import Store
from desk.sync.central import admin as central_admin
from desk.sync.central.access import CentralAccess, connect
from desk.sync.exchange.rounds import Exchange, Round

PEOPLE = {"1001": "desk_agent", "1002": "desk_agent", "reader": "desk_reader", "admin": "desk_admin"}
PASSWORD = 'it\'s a "secret"'
_names = (f"central{number}" for number in itertools.count(1))


@contextmanager
def centre_with(database: str, durable: bool = False, within: Path | None = None) -> Iterator[PrivatePostgres]:
    """A server with the hotline's schema in this database, and its people."""
    with private_postgres(durable=durable, within=within) as running:
        running.create_database(database)
        central_admin.init(central_admin.Owner(running.admin_url(database)), lambda _line: None)
        for person, group in PEOPLE.items():
            running.create_role(person, PASSWORD, group)
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[PrivatePostgres]:
    with centre_with("template") as running:
        yield running


@pytest.fixture
def database(server: PrivatePostgres) -> str:
    name = next(_names)
    server.create_database(name, "template")
    return name


def access(server: PrivatePostgres, database: str, user: str = "1001") -> CentralAccess:
    return CentralAccess("127.0.0.1", server.port, database, user, lambda: PASSWORD, server.ca_file)


@pytest.fixture
def central(server: PrivatePostgres, database: str) -> Iterator[Callable[[str], psycopg.Connection[Any]]]:
    """A connection as one of the people."""
    opened: list[psycopg.Connection[Any]] = []

    def connection_of(user: str = "1001") -> psycopg.Connection[Any]:
        opened.append(connect(access(server, database, user), "test"))
        return opened[-1]

    yield connection_of
    for connection in opened:
        connection.close()


class Seat:
    """A seat's store and its exchange, driven by hand."""

    def __init__(self, folder: Path, central: CentralAccess) -> None:
        self.name, self.access = folder.name, central
        self.store = Store.open(folder / "seat.db", FakeSecrets({"store": "5a" * 32}))
        self.log = SqlChangeLog(self.store)
        self.outbox = SqlOutbox(self.store)

    def exchange(self) -> Round:
        with connect(self.access, "test") as connection:
            return Exchange(self.outbox, connection).run()

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every entity, and the log, for comparing seats."""
        queries = {
            name: f"SELECT * FROM {name} ORDER BY 1"  # noqa: S608
            for name in ("ticket", "call", "household", "membership", "number", "notice")
        }
        queries["person"] = "SELECT person_id, name, tags, notes FROM person ORDER BY 1"
        changes = "SELECT change_id, entity, entity_id, central_seq, patch FROM change ORDER BY central_seq"
        with self.store.read() as connection:
            rows = {name: [tuple(row) for row in connection.exec_driver_sql(query)] for name, query in queries.items()}
            rows["change"] = [(*row[:4], json.loads(row[4])) for row in connection.exec_driver_sql(changes)]
        return rows


@pytest.fixture
def make_seat(server: PrivatePostgres, database: str, tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    made: list[Seat] = []

    def make(name: str, user: str = "1001") -> Seat:
        made.append(Seat(tmp_path / name, access(server, database, user)))
        return made[-1]

    yield make
    for seat in made:
        seat.store.close()

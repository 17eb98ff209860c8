"""Seats behind PgBouncer, Debian's, with the SQL and the settings that stand in docs/growth.md."""

import configparser
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import ADMIN, PrivatePostgres
from desk.domain.troubles import Trouble
from desk.sync.central.access import CentralAccess, CentralFault, connect
from tests.making import ticket
from tests.sync.conftest import PASSWORD, Seat, access
from tests.sync.exchange.meeting import meet, rows_of

MANUAL = (Path(__file__).parents[3] / "docs" / "growth.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- drill: (\w+) -->\n```\w+\n(.*?)```", MANUAL, re.DOTALL))
START_S, HEARD_S = 20.0, 30.0


class PrivateBouncer:
    """One PgBouncer in front of a private PostgreSQL; two names for one database: "desk" as in the manual, and
    "by_transaction" with the other kind of pool."""

    def __init__(self, server: PrivatePostgres, database: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desk-pgb-"))
        self.port = _free_port()
        for name in ("server.crt", "server.key", "ca.crt"):
            shutil.copy(server.folder / name, self.folder / name)
        (self.folder / "userlist.txt").write_text('"pgbouncer" "change me"\n')
        settings = configparser.ConfigParser(interpolation=None)
        settings.read_string(BLOCKS["ini"].replace("/etc/pgbouncer", str(self.folder)))
        way = f"host=127.0.0.1 port={server.port} dbname={database}"
        settings["databases"] = {"desk": way, "by_transaction": f"{way} pool_mode=transaction pool_size=1"}
        settings["pgbouncer"].update(
            listen_addr="127.0.0.1",
            listen_port=str(self.port),
            unix_socket_dir="",
            logfile=str(self.folder / "log"),
        )
        with (self.folder / "pgbouncer.ini").open("w") as file:
            settings.write(file)
        self._user = ADMIN if os.geteuid() == 0 else None
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._running = subprocess.Popen(
            [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", "-q", str(self.folder / "pgbouncer.ini")],
            user=self._user,
            group=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait()
        except BaseException:
            self.remove()
            raise

    def _wait(self) -> None:
        end = time.monotonic() + START_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            log = self.folder / "log"
            assert self._running.poll() is None, log.read_text() if log.exists() else "no log"
            assert time.monotonic() < end
            time.sleep(0.02)

    def remove(self) -> None:
        if self._running.poll() is None:
            self._running.terminate()
        self._running.wait(START_S)
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def bouncer(server: PrivatePostgres) -> Iterator[PrivateBouncer]:
    server.create_database("behind_pgbouncer", "template")
    server.sql(BLOCKS["people"], "behind_pgbouncer")
    running = PrivateBouncer(server, "behind_pgbouncer")
    try:
        yield running
    finally:
        running.remove()
        server.sql("DROP OWNED BY pgbouncer; DROP ROLE pgbouncer;", "behind_pgbouncer")


@pytest.fixture
def way(server: PrivatePostgres, bouncer: PrivateBouncer) -> Callable[..., CentralAccess]:
    def make(user: str = "1001", database: str = "desk") -> CentralAccess:
        return replace(access(server, database, user), port=bouncer.port)

    return make


def test_seats_exchange_through_it_each_in_its_persons_name(
    way: Callable[..., CentralAccess], make_seat: Callable[..., Seat], server: PrivatePostgres
) -> None:
    here, there = make_seat("S01"), make_seat("S02", "1002")
    here.access, there.access = way("1001"), way("1002")
    here.log.append([ticket("t1")])
    there.log.append([ticket("t2")])
    for seat in (here, there, here):
        meet(seat)
    assert rows_of(here) == rows_of(there)
    wrote = server.sql("SELECT entity_id, author FROM desk.change ORDER BY 1", "behind_pgbouncer")
    assert wrote.splitlines() == ["t1|1001", "t2|1002"]


def test_a_session_hears_and_a_pool_of_transactions_does_not(way: Callable[..., CentralAccess]) -> None:
    """The second listens over a connection that is nobody's between two statements: what comes then reaches nobody, or
    whoever asks next."""
    with (
        closing(connect(way(), "test")) as session,
        closing(connect(way(database="by_transaction"), "test")) as shared,
        closing(connect(way("1002"), "test")) as writer,
    ):
        for listener in (session, shared):
            listener.execute("LISTEN desk_change")
        writer.execute("NOTIFY desk_change")
        end = time.monotonic() + HEARD_S
        heard: list[psycopg.Notify] = []
        while not heard:
            assert time.monotonic() < end
            heard = list(session.notifies(timeout=0.2, stop_after=1))
        assert list(shared.notifies(timeout=0.5, stop_after=1)) == []


def test_prepared_statements_do_not_survive_a_pool_of_transactions(way: Callable[..., CentralAccess]) -> None:
    with (
        closing(connect(way(database="by_transaction"), "test")) as one,
        closing(connect(way(database="by_transaction"), "test")) as other,
        pytest.raises((psycopg.errors.DuplicatePreparedStatement, psycopg.errors.InvalidSqlStatementName)),
    ):
        _in_turns(one, other)


def _in_turns(*connections: psycopg.Connection[Any]) -> None:
    """The same statement often enough for psycopg to prepare it."""
    for _times in range(20):
        for connection in connections:
            connection.execute("SELECT %s::int", (1,))


def test_who_may_not_come_in_does_not_come_in(way: Callable[..., CentralAccess]) -> None:
    with pytest.raises(CentralFault):
        connect(replace(way(), password=lambda: "wrong"), "test")
    with pytest.raises(CentralFault):
        connect(way("nobody"), "test")
    with pytest.raises(CentralFault):
        connect(way(ADMIN), "test")
    with pytest.raises(CentralFault) as raised:
        connect(replace(way(), ca_file=None), "test")
    assert raised.value.trouble is Trouble.CENTRAL_UNVERIFIED
    with closing(connect(way(), "test")) as agent, pytest.raises(psycopg.errors.InsufficientPrivilege):
        agent.execute("SELECT * FROM desk.pgbouncer_secret('1002')")


def test_the_certificate_is_verified_on_both_sides(server: PrivatePostgres, bouncer: PrivateBouncer) -> None:
    settings = (bouncer.folder / "pgbouncer.ini").read_text()
    assert "client_tls_sslmode = require" in settings
    assert "server_tls_sslmode = verify-full" in settings
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host="127.0.0.1", port=bouncer.port, dbname="desk", user="1001", password=PASSWORD, sslmode="disable"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

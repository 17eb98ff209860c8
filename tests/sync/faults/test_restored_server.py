"""The central server is restored from yesterday's backup: what it forgot, the seats bring again, each once."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from desk.demo.postgres import PrivatePostgres, find_binaries
from tests.making import ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, rows_of

MakeSeat = Callable[..., Seat]


def tool(server: PrivatePostgres, name: str, *arguments: str) -> None:
    command = [str(find_binaries() / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def ids_at(server: PrivatePostgres, database: str) -> list[str]:
    return server.sql("SELECT entity_id FROM desk.change ORDER BY seq", database).split()


def test_seats_push_again_what_a_restored_server_forgot(
    make_seat: MakeSeat, server: PrivatePostgres, database: str, tmp_path: Path
) -> None:
    early, late, away, fresh = (make_seat(name, user) for name, user in zip("abcd", ["1001", "1002"] * 2, strict=True))
    early.log.append([ticket("before1")])
    meet(early)
    meet(away)
    backup = tmp_path / "yesterday.dump"
    tool(server, "pg_dump", "-Fc", "-f", str(backup), server.admin_url(database))
    early.log.append([ticket("today1"), ticket("before1", stage="dispatched")])
    meet(early)
    late.log.append([ticket("today2"), ticket("today1", stage="closed")])
    meet(late)
    meet(early)
    before = rows_of(early)

    server.drop_database(database)
    server.create_database(database, "template0")
    tool(server, "pg_restore", "--exit-on-error", "-d", server.admin_url(database), str(backup))
    assert ids_at(server, database) == ["before1"]
    # A seat that was away all the time comes first: what it writes takes the numbers that were forgotten.
    away.log.append([ticket(f"tomorrow{number}") for number in range(7)])
    meet(away)
    late.log.append([ticket("offline")])
    for seat in (late, early, late, away, early, fresh):
        meet(seat)

    everything = ["before1", "before1", "offline", "today1", "today1", "today2", *(f"tomorrow{n}" for n in range(7))]
    assert sorted(ids_at(server, database)) == everything
    for seat in (late, away, fresh):
        assert rows_of(seat) == rows_of(early)
        assert seat.outbox.unsent_count() == seat.outbox.refused_count() == 0
    assert {row for row in before["ticket"] if row not in rows_of(early)["ticket"]} == set()

"""The restore drills of docs/restore.md, with the very commands that stand there, on real servers: from a dump into
another server, and back to a moment from a base and the archive. Seats that knew more than the backup give it back."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from desk.demo.postgres import ADMIN, PrivatePostgres, find_binaries, private_postgres
from desk.sync.central.access import connect
from tests.making import change, ticket
from tests.sync.conftest import Seat, access, centre_with
from tests.sync.exchange.meeting import meet, rows_of

MANUAL = Path(__file__).parents[3] / "docs" / "restore.md"
PROMOTED_S = 60.0
_BLOCK = re.compile(r"<!-- drill: ([a-z ]+) -->\n```sh\n(.*?)```", re.DOTALL)
BLOCKS = dict(_BLOCK.findall(MANUAL.read_text(encoding="utf-8")))

pytestmark = pytest.mark.timeout(300)


def drill(server: PrivatePostgres, name: str, backup: Path, **given: str) -> None:
    """Run a block of the manual as the server's user. Psql's complaints about roles that are there are not errors."""
    environment = {
        **os.environ,
        "PATH": f"{find_binaries()}:{os.environ['PATH']}",
        "HOME": str(server.folder),
        "LC_ALL": "C.UTF-8",
        "PGHOST": str(server.folder),
        "PGPORT": str(server.port),
        "PGUSER": ADMIN,
        "PGDATA": str(server.data),
        "BACKUP": str(backup),
        **given,
    }
    user = ADMIN if os.geteuid() == 0 else None
    done = subprocess.run(
        ["bash", "-euc", BLOCKS[name]],
        env=environment,
        cwd=server.folder,
        user=user,
        group=user,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[PrivatePostgres]:
    """A server of the test's own with the database `desk`."""
    with centre_with("desk") as running:
        yield running


@pytest.fixture
def backup(centre: PrivatePostgres) -> Path:
    folder = centre.folder / "backup"
    folder.mkdir()
    shutil.chown(folder, *((ADMIN, ADMIN) if os.geteuid() == 0 else (os.getuid(), None)))
    return folder


@pytest.fixture
def seat_of(tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    made: list[Seat] = []

    def make(server: PrivatePostgres, name: str, user: str = "1001") -> Seat:
        made.append(Seat(tmp_path / name, access(server, "desk", user)))
        return made[-1]

    yield make
    for seat in made:
        seat.store.close()


def central_tickets(server: PrivatePostgres) -> list[str]:
    return server.sql("SELECT ticket_id, stage FROM desk.ticket ORDER BY 1", "desk").splitlines()


def all_meet(*seats: Seat) -> None:
    for seat in (*seats, *seats):
        meet(seat)


def same_everywhere(*seats: Seat) -> None:
    first, *others = (rows_of(seat) for seat in seats)
    assert all(rows == first for rows in others)


def test_a_dump_on_another_server_is_the_hotline_again(
    centre: PrivatePostgres, backup: Path, seat_of: Callable[..., Seat]
) -> None:
    here, there = seat_of(centre, "S01"), seat_of(centre, "S02", "1002")
    here.log.append([ticket(f"t{number}") for number in range(20)])
    all_meet(here, there)
    drill(centre, "dump", backup)
    here.log.append([change("ticket", "t1", {"stage": "dispatched"}), ticket("after")])
    all_meet(here, there)
    there.log.append([change("ticket", "t2", {"stage": "closed"})])  # never sent to the server that dies now
    centre.stop()

    with private_postgres(durable=False) as new:
        drill(new, "restore dump", backup)
        assert len(central_tickets(new)) == 20
        for seat in (here, there):
            seat.access = replace(seat.access, port=new.port, ca_file=new.ca_file)
        all_meet(here, there)
        fresh = seat_of(new, "S03")
        all_meet(fresh)
        same_everywhere(here, there, fresh)
        assert {"after|registered", "t1|dispatched", "t2|closed"} <= set(central_tickets(new))
        assert len(central_tickets(new)) == 21
        with connect(here.access, "test") as agent:
            for forbidden in ("DELETE FROM desk.change", "UPDATE desk.ticket SET stage = 'closed'"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    agent.execute(forbidden)


def test_the_centre_goes_back_to_the_moment_before_a_mistake(
    centre: PrivatePostgres, backup: Path, seat_of: Callable[..., Seat]
) -> None:
    hba = centre.data / "pg_hba.conf"
    hba.write_text(hba.read_text() + "local replication all trust\n")
    drill(centre, "archive", backup)
    centre.restart()
    here, there = seat_of(centre, "S01"), seat_of(centre, "S02", "1002")
    here.log.append([ticket("base")])
    all_meet(here, there)
    drill(centre, "base", backup)

    here.log.append([ticket("archived")])
    all_meet(here, there)
    moment = centre.sql("SELECT clock_timestamp()")
    time.sleep(0.02)  # a commit in the same millisecond would be a matter of taste
    there.log.append([ticket("forgotten")])  # acknowledged, and after the moment
    all_meet(there, here)
    centre.sql("DROP TABLE desk.ticket CASCADE; SELECT pg_switch_wal();", "desk")
    archived(centre, backup)
    here.log.append([ticket("meanwhile")])  # the centre is broken by now
    centre.stop()

    drill(centre, "restore moment", backup, MOMENT=moment)
    centre.start()
    promoted(centre)
    drill(centre, "after moment", backup)
    assert central_tickets(centre) == ["archived|registered", "base|registered"]
    all_meet(here, there)
    fresh = seat_of(centre, "S03")
    all_meet(fresh)
    same_everywhere(here, there, fresh)
    assert central_tickets(centre) == [f"{name}|registered" for name in ("archived", "base", "forgotten", "meanwhile")]


def archived(server: PrivatePostgres, backup: Path) -> None:
    """Until the piece that was written last is in the archive."""
    wanted = server.sql("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    before = time.monotonic()
    while not any(name.name >= wanted for name in (backup / "wal").iterdir()):
        assert time.monotonic() < before + PROMOTED_S, (wanted, sorted((backup / "wal").iterdir()))
        if server.sql("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)") != wanted:
            server.sql("SELECT pg_switch_wal()")
        time.sleep(0.05)


def promoted(server: PrivatePostgres) -> None:
    before = time.monotonic()
    while server.sql("SELECT pg_is_in_recovery()") != "f":
        assert time.monotonic() < before + PROMOTED_S
        time.sleep(0.05)

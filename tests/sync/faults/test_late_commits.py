"""A change that took its number early and committed late: no cursor passes over it. And a proof that these tests would
see it happen: without the lock that the centre takes before it numbers, cursors do."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.sync.central.access import connect
from tests.making import START, ticket
from tests.sync.conftest import Seat, access
from tests.sync.exchange.meeting import meet

MakeSeat = Callable[..., Seat]
INSERT = (
    "INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch, reason, base_seq)"
    " VALUES (%s, 'person', %s, %s, '1001', 'S01', %s, '', 0) RETURNING seq"
)
WRITERS, EACH, LOOKS = 5, 25, 2
WAIT_S = 60.0


def insert(connection: psycopg.Connection[Any], name: str = "x") -> int:
    row = connection.execute(INSERT, (uuid.uuid4(), name, START, Jsonb({"name": name}))).fetchone()
    assert row is not None
    seq: int = row[0]
    return seq


def waits_for_a_lock(server: PrivatePostgres, database: str) -> bool:
    count = server.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = :'name' AND wait_event_type = 'Lock'",
        variables={"name": database},
    )
    return int(count) > 0


def test_a_seat_passes_over_nothing_that_another_transaction_still_holds(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    reading, pushing = make_seat("S01"), make_seat("S02", "1002")
    pushing.log.append([ticket("later")])
    with closing(connect(access(server, database), "test")) as early:
        with early.transaction():
            early_seq = insert(early, "early")
            thread = threading.Thread(target=pushing.exchange)
            thread.start()
            wait_until("the later one to wait", lambda: waits_for_a_lock(server, database), WAIT_S)
            meet(reading)
            assert reading.outbox.cursor() == 0  # it has not seen what came later, as there is none yet
        thread.join(WAIT_S)
    meet(reading)
    with reading.store.read() as connection:
        found = connection.exec_driver_sql("SELECT entity_id, central_seq FROM change")
        seqs: dict[str, int] = {row[0]: row[1] for row in found}
    assert seqs == {"early": early_seq, "later": early_seq + 1}


def passed_over(server: PrivatePostgres, database: str) -> int:
    """Writers that dawdle between their number and their commit, and readers that ask for what is after their cursor
    all the time: how many changes the readers never saw."""
    chance = random.Random(5)
    pauses = [[chance.choice((0.0, 0.0, 0.01)) for _ in range(EACH)] for _ in range(WRITERS)]
    done = threading.Event()
    seen: list[set[int]] = [set() for _ in range(LOOKS)]

    def write(connection: psycopg.Connection[Any], own: list[float]) -> None:
        for pause_s in own:
            with connection.transaction():
                insert(connection)
                time.sleep(pause_s)

    def look(connection: psycopg.Connection[Any], mine: set[int]) -> None:
        cursor = 0
        while True:
            last = done.is_set()
            rows = connection.execute("SELECT seq FROM desk.change WHERE seq > %s ORDER BY seq", (cursor,)).fetchall()
            mine.update(row[0] for row in rows)
            cursor = rows[-1][0] if rows else cursor
            if last:
                return

    with ExitStack() as stack:

        def connected() -> psycopg.Connection[Any]:
            return stack.enter_context(closing(connect(access(server, database), "test")))

        writers = [threading.Thread(target=write, args=(connected(), own)) for own in pauses]
        readers = [threading.Thread(target=look, args=(connected(), mine)) for mine in seen]
        for thread in readers + writers:
            thread.start()
        for thread in writers:
            thread.join(WAIT_S)
        done.set()
        for thread in readers:
            thread.join(WAIT_S)
        everything = {row[0] for row in connected().execute("SELECT seq FROM desk.change")}
    assert len(everything) == WRITERS * EACH
    return sum(len(everything - mine) for mine in seen)


def test_no_reader_passes_over_a_change_whoever_dawdles(server: PrivatePostgres, database: str) -> None:
    assert passed_over(server, database) == 0


def test_without_the_lock_they_would(server: PrivatePostgres, database: str) -> None:
    order = server.sql("SELECT pg_get_functiondef('desk.open_order'::regproc)", database)
    unlocked = order.replace("NOT pg_try_advisory_xact_lock(1684370283)", "false")
    if unlocked == order:
        pytest.fail("where the order is made, the lock is not taken in the words that this test knows")
    server.sql(unlocked, database)
    assert passed_over(server, database) > 0

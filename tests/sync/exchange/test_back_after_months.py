"""A seat that comes back after months: all that the others wrote meanwhile arrives, whole and in the centre's order,
and what it wrote itself is there, too. It holds a cursor, so nothing is filled: every change is pulled."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from desk.sync.exchange.fill import FILL_FROM
from desk.sync.exchange.session import Session
from tests.making import ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet, rows_of, session_of

BACKLOG, TICKETS = 20_000, 250
_WRITTEN_MEANWHILE = """
INSERT INTO desk.change (change_id, entity, entity_id, at, agent, seat, patch)
SELECT gen_random_uuid(), 'ticket', 't' || n %% %(tickets)s::int, now(), '1002', 'S02',
    jsonb_build_object('description', 'no ' || n)
FROM generate_series(%(first)s::int, %(last)s::int) AS n ORDER BY n
"""


def in_step(session: Session) -> None:
    """As the lane does."""
    done = session.round()
    while done.more:
        done = session.round()


@pytest.mark.timeout(300)
def test_all_of_it_arrives_whole_and_in_order(
    make_seat: Callable[..., Seat], central: Callable[..., psycopg.Connection[Any]]
) -> None:
    away, other = make_seat("S01"), make_seat("S02", "1002")
    other.log.append([ticket(f"t{number}") for number in range(TICKETS)])
    meet(other)
    meet(away)
    came_to = away.outbox.cursor()
    assert came_to == TICKETS
    writer = central("1002")
    for first in range(0, BACKLOG, 1_000):
        writer.execute(_WRITTEN_MEANWHILE, {"tickets": TICKETS, "first": first, "last": first + 999})
    away.log.append([ticket("mine")])
    with session_of(away) as session:
        assert not session.fills()
        assert session.welcome.head - came_to == BACKLOG >= FILL_FROM
        in_step(session)
    with session_of(other) as session:
        in_step(session)
    meet(away)
    with away.store.read() as connection:
        query = "SELECT central_seq, patch FROM change WHERE central_seq > ? ORDER BY central_seq"
        came = connection.exec_driver_sql(query, (came_to,)).all()
    places = [place for place, _patch in came]
    assert places == sorted(set(places))
    told = [json.loads(patch)["description"] for _place, patch in came]
    assert [one for one in told if one.startswith("no ")] == [f"no {number}" for number in range(BACKLOG)]
    assert len(told) == BACKLOG + 1
    assert rows_of(away) == rows_of(other)
    assert (away.outbox.unsent_count(), away.outbox.refused_count()) == (0, 0)
    [(last,)] = central("reader").execute("SELECT description FROM desk.ticket WHERE ticket_id = 't0'").fetchall()
    with away.store.read() as connection:
        shown = connection.exec_driver_sql("SELECT description FROM ticket WHERE ticket_id = 't0'").scalar_one()
    assert shown == last == f"no {BACKLOG - TICKETS}"

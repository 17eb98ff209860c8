"""The centre is away for 72 hours. Three seats go on through two hand-overs a day each their own way; when it is back,
everything is there once, in the names of those who did it, and all hold the same."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.sync.central.access import CentralFault
from tests.sync.conftest import access
from tests.sync.faults.proxy import Carrier
from tests.sync.faults.seats import FaultSeat

HOURS, CALLS_AN_HOUR = 72, 1
SHIFTS = ["1001", "1002", "1003"]  # of 36, 24 and 12 hours: two hand-overs
ENDS_H = [36, 60, 72]
ACCOUNTS = """
INSERT INTO desk.account (role, agent, kind) VALUES ('1001', '1001', 'agent'), ('1002', '1002', 'agent'),
    ('away1003', '1003', 'agent'), ('admin', 'S01', 'seat');
"""
# Seats' clocks are off, and stay so: a day ahead, an hour behind, right.
OFF = [timedelta(days=1), timedelta(hours=-1), timedelta()]


@pytest.fixture
def seats(server: PrivatePostgres, database: str, carrier: Carrier, empty: Path, memory: Path) -> list[FaultSeat]:
    server.sql(ACCOUNTS, database)
    made = []
    for number, off in enumerate(OFF, 1):
        name = f"S{number:02}"
        seat = FaultSeat(
            name, memory / database / name, empty, access(server, database, "admin"), carrier.proxy(server.port)
        )
        seat.ahead = off
        made.append(seat)
    return made


def work(seat: FaultSeat, hour: int, tickets: list[str]) -> None:
    """An hour at a seat: calls come, tickets are filed and moved, and the profile of somebody is put right."""
    number = hour * CALLS_AN_HOUR
    for call in range(number, number + CALLS_AN_HOUR):
        ticket_id = f"{seat.name}-{call:04}"
        seat.write("call", f"call-{ticket_id}", {"line": "热线", "seat": seat.name, "agent": seat.agent})
        seat.write("ticket", ticket_id, {"description": "厨房漏水", "stage": "registered", "registered_by": seat.agent})
        tickets.append(ticket_id)
    seat.write("ticket", tickets[hour], {"stage": "dispatched"})
    seat.write("person", "p1", {"notes": f"{seat.agent} {hour}"})  # the same one at all seats


def try_to_exchange(seat: FaultSeat) -> bool:
    try:
        seat.exchange()
    except (psycopg.Error, CentralFault):
        seat.disconnect()
        return False
    return True


def test_after_three_days_alone_everything_is_there_in_the_names_of_those_who_did_it(
    server: PrivatePostgres, database: str, seats: list[FaultSeat]
) -> None:
    for seat in seats:
        seat.exchange()
        seat.proxy.refuse()
    tickets: dict[str, list[str]] = {seat.name: [] for seat in seats}
    typed: dict[str, str] = {}
    for hour in range(HOURS):
        shift = next(index for index, end in enumerate(ENDS_H) if hour < end)
        for seat in seats:
            if seat.agent != SHIFTS[shift]:
                seat.agent = SHIFTS[shift]
                seat.restart()  # somebody else starts the shift
            seat.ahead += timedelta(hours=1)
            work(seat, hour, tickets[seat.name])
            typed[seat.name] = f"{seat.agent} {hour}"
        if hour % 12 == 0:
            assert not try_to_exchange(seats[hour // 12 % 3])
    for seat in seats:
        assert seat.row("person", "p1") is not None
        assert typed[seat.name] in (seat.row("person", "p1") or ())
        assert seat.outbox.unsent_count() == HOURS * (2 * CALLS_AN_HOUR + 2)
        seat.proxy.mend()
    for _ in range(2):
        for seat in seats:
            assert try_to_exchange(seat)

    each = HOURS * (2 * CALLS_AN_HOUR + 2)
    counted = server.sql(
        "SELECT seat, count(*), count(DISTINCT change_id) FROM desk.change GROUP BY 1 ORDER BY 1", database
    )
    assert counted.split() == [f"{seat.name}|{each}|{each}" for seat in seats]
    names = server.sql("SELECT agent, count(*) FROM desk.change GROUP BY 1 ORDER BY 1", database)
    hours = [end - begin for begin, end in pairwise([0, *ENDS_H])]
    assert names.split() == [f"{who}|{each // HOURS * own * 3}" for who, own in zip(SHIFTS, hours, strict=True)]
    first, *others = (seat.rows() for seat in seats)
    assert all(rows == first for rows in others)
    assert len(first["ticket"]) == 3 * HOURS * CALLS_AN_HOUR
    last_of_each = server.sql(
        "SELECT string_agg(notes, ',' ORDER BY seat) FROM (SELECT DISTINCT ON (seat) seat, patch ->> 'notes' AS notes"
        " FROM desk.change WHERE entity = 'person' ORDER BY seat, seq DESC) AS last",
        database,
    )
    assert last_of_each == ",".join(typed[seat.name] for seat in seats)  # at each seat the last word was typed last
    for seat in seats:
        assert (seat.outbox.unsent_count(), seat.outbox.refused_count()) == (0, 0)
        seat.stop()
        seat.proxy.close()

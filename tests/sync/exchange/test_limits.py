"""A seat without a role of its own: what its agent may read or write in an hour is less than what there is. It comes
all the same, hour by hour, and what comes after it as well."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.sync.central.admin import Owner
from desk.sync.central.people import READS_PER_HOUR, Account, People
from desk.sync.exchange import session as session_module
from desk.sync.exchange.batch_size import LIMIT_S, Pace
from tests.making import change, ticket
from tests.sync.conftest import PASSWORD, Seat
from tests.sync.exchange.meeting import meet, rows_of, session_of, side_of

MakeSeat = Callable[..., Seat]
REGISTER = 600  # of which a role may have 500 in an hour
AGENT = Account("7001", "7001", "", "agent", reads_per_hour=READS_PER_HOUR, writes_per_hour=60)


@pytest.fixture
def people(server: PrivatePostgres, database: str) -> Iterator[People]:
    made = People(Owner(server.admin_url(database)))
    made.add(AGENT, PASSWORD)
    yield made
    server.drop_database(database)
    server.sql('DROP ROLE "7001";')


def written(by: Seat) -> None:
    numbers = [
        change("number", f"n{one:04}", {"raw": f"139{one:08}", "lookup_key": str(one)}) for one in range(REGISTER)
    ]
    by.log.append([*numbers, ticket("t1")])
    meet(by)


def hours(here: Seat, people: People, enough: Callable[[], bool]) -> int:
    """How many it took. An agent's connection, tried again and again until the hour is used up."""
    side = side_of(here)
    for hour in range(1, 6):
        people.reset(AGENT.role, PASSWORD)  # a new hour begins
        for _try in range(3):
            with suppress(psycopg.errors.ConfigurationLimitExceeded), session_of(here, side) as session:
                session.round()
                while session.fills():
                    session.round()
            if enough():
                return hour
    raise AssertionError("it never came")


def test_a_list_of_residents_comes_in_over_an_agent_s_connection_and_so_does_what_follows_it(
    make_seat: MakeSeat, people: People
) -> None:
    by, here = make_seat("S01", "admin"), make_seat("S02", AGENT.role)
    written(by)
    assert hours(here, people, lambda: here.outbox.cursor() == by.outbox.cursor()) == 3  # the first is lost
    assert rows_of(here) == rows_of(by)


def test_a_first_fill_does_so_too(make_seat: MakeSeat, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    by, here = make_seat("S01", "admin"), make_seat("S02", AGENT.role)
    written(by)
    monkeypatch.setattr(session_module, "FILL_FROM", 10)
    assert hours(here, people, lambda: rows_of(here) == rows_of(by)) == 3


def test_what_a_seat_writes_more_than_its_role_may_goes_hour_by_hour(make_seat: MakeSeat, people: People) -> None:
    here = make_seat("S02", AGENT.role)
    here.log.append([replace(ticket(f"t{one:03}"), author=AGENT.agent) for one in range(80)])
    assert hours(here, people, lambda: here.outbox.unsent_count() == 0) == 3


def test_a_limit_makes_statements_smaller_once_an_hour_until_all_is_through(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    pace, sizes = Pace(1_000, 50), []
    for at in (0.0, 30.0, LIMIT_S + 60.0, 2 * LIMIT_S + 90.0, 3 * LIMIT_S + 120.0):
        now[0] = at
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded), pace.within_limit():
            raise psycopg.errors.ConfigurationLimitExceeded
        pace.took(0.01)
        sizes.append(pace.size)
    assert sizes == [100, 100, 10, 1, 1]
    pace.took(9.0)
    assert pace.size == 1
    pace.through()
    for _ in range(12):
        pace.took(0.01)
    assert pace.size == 1_000

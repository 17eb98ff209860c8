"""Two people at one seat wrote about the same thing: whoever brings what, the later word stays the later one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change
from tests.making import change
from tests.sync.conftest import Seat, access
from tests.sync.exchange.meeting import meet, side_of

MakeSeat = Callable[..., Seat]
ACCOUNTS = """
INSERT INTO desk.account (role, agent, kind) VALUES ('1001', '1001', 'agent'), ('1002', '1002', 'agent'),
    ('admin', 'S01', 'seat');
"""


@pytest.fixture(autouse=True)
def accounts(server: PrivatePostgres, database: str) -> None:
    server.sql(ACCOUNTS, database)


def named(name: str, author: str, person: str = "p1") -> Change:
    return replace(change("person", person, {"name": name}), author=author)


def at_the_centre(server: PrivatePostgres, database: str) -> list[str]:
    return server.sql("SELECT patch ->> 'name' FROM desk.change ORDER BY seq", database).splitlines()


def at_the_seat(seat: Seat) -> str:
    with seat.store.read() as connection:
        found: str = connection.exec_driver_sql("SELECT name FROM person WHERE person_id = 'p1'").scalar_one()
    return found


def test_they_take_turns_where_each_one_s_password_is_at_hand(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01", "admin")
    here.log.append([named("first", "1002"), named("second", "1001"), named("third", "1002"), named("last", "1001")])
    meet(here, side_of(here, lambda author: access(server, database, author)))
    assert at_the_centre(server, database) == ["first", "second", "third", "last"]
    assert server.sql("SELECT DISTINCT author = agent FROM desk.change", database) == "t"


def test_what_stands_on_somebody_s_waiting_word_waits_with_it_and_nothing_else_does(
    make_seat: MakeSeat, server: PrivatePostgres, database: str
) -> None:
    here = make_seat("S01")
    here.log.append([named("theirs", "1002"), named("mine, later", "1001"), named("elsewhere", "1001", "p2")])
    meet(here)
    assert at_the_centre(server, database) == ["elsewhere"]
    assert at_the_seat(here) == "mine, later"
    here.access = access(server, database, "1002")
    meet(here)
    here.access = access(server, database, "1001")
    meet(here)
    assert at_the_centre(server, database) == ["elsewhere", "theirs", "mine, later"]
    assert at_the_seat(here) == "mine, later"

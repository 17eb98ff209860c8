"""Which of several seats sends, against a real PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from desk.demo.postgres import PrivatePostgres
from desk.domain.messages import Delivery, Message
from desk.store.change_log import SeatAuthor
from desk.store.messages import SqlMessages
from desk.sync.outside.channels import FakeChannel
from desk.sync.outside.claims import CentralClaims, Claim
from desk.sync.outside.sender import Sender, SenderParts
from tests.making import new_id
from tests.sync.conftest import Seat, access
from tests.sync.outside.messages import made, message

Central = Callable[[str], psycopg.Connection[Any]]


def fresh(**fields: Any) -> Message:
    return message(made_at=datetime.now(UTC), **fields)


def claim(
    central: Central, seat: str, one: Message, *, lease: str = "5 minutes", grace: str = "0", user: str = "1001"
) -> str:
    row = central(user).execute(
        "SELECT desk.claim_message(%s, %s, %s::interval, %s::interval)", (one.message_id, seat, lease, grace)
    )
    found: str = row.fetchall()[0][0]
    return found


@pytest.fixture
def pushed(make_seat: Callable[..., Seat]) -> Message:
    """A message that S01 has made and sent to the centre."""
    one = fresh()
    seat = make_seat("S01")
    seat.log.append([made(one, "S01")])
    seat.exchange()
    return one


def test_one_seat_gets_it_until_its_lease_is_over(central: Central, pushed: Message) -> None:
    assert claim(central, "S02", pushed) == "mine"
    assert claim(central, "S02", pushed) == "mine"
    assert claim(central, "S03", pushed, user="1002") == "other"
    assert claim(central, "S02", pushed, lease="-1 second") == "mine"
    assert claim(central, "S03", pushed, user="1002") == "mine"
    assert claim(central, "S02", pushed) == "other"


def test_of_many_that_ask_at_once_exactly_one_gets_each(
    central: Central, make_seat: Callable[..., Seat], server: PrivatePostgres, database: str
) -> None:
    wanted = [fresh(key=f"k{number}") for number in range(40)]
    seat = make_seat("S01")
    seat.log.append([made(one, "S01") for one in wanted])
    seat.exchange()
    connections = [central("1001") for _seat in range(6)]
    gate = threading.Barrier(len(connections))

    def ask(place: int) -> list[str]:
        gate.wait(30)
        query = "SELECT desk.claim_message(%s, %s, '5 minutes', '0')"
        asked = wanted if place % 2 else wanted[::-1]
        answers = [(one.message_id, connections[place].execute(query, (one.message_id, f"S{place}"))) for one in asked]
        return [message_id for message_id, answer in answers if answer.fetchall() == [("mine",)]]

    with ThreadPoolExecutor(len(connections)) as pool:
        got = [message_id for mine in pool.map(ask, range(len(connections))) for message_id in mine]
    assert sorted(got) == sorted(one.message_id for one in wanted)


def test_its_maker_comes_first(central: Central, pushed: Message) -> None:
    assert claim(central, "S02", pushed, grace="1 hour") == "other"
    assert claim(central, "S01", pushed, grace="1 hour") == "mine"


def test_what_is_not_there_and_what_is_done_cannot_be_claimed(
    central: Central, pushed: Message, make_seat: Callable[..., Seat]
) -> None:
    assert claim(central, "S02", message("nobody made this")) == "unknown"
    author = SeatAuthor("S04", lambda: "S04", lambda: datetime.now(UTC), new_id, lambda: 0)
    seat = make_seat("S04")
    seat.log.append([author.change("message", pushed.message_id, {"delivery": "failed", "why": "x"})])
    seat.exchange()
    assert claim(central, "S02", pushed) == "done"


def test_a_reader_claims_nothing_and_nobody_writes_claims_by_hand(central: Central, pushed: Message) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        claim(central, "S02", pushed, user="reader")
    for statement in (
        "INSERT INTO desk.message_claim VALUES ('m', 's', 'r', now(), now())",
        "DELETE FROM desk.message_claim",
        "SELECT * FROM desk.message_claim",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            central("1001").execute(statement)


def test_a_centre_that_is_away_is_said_so_and_asked_again(server: PrivatePostgres, database: str) -> None:
    claims = CentralClaims(access(server, "no such database"), "S01")
    assert claims.claim("m") is Claim.AWAY
    claims = CentralClaims(access(server, database), "S01")
    assert claims.claim("m") is Claim.UNKNOWN
    server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")  # noqa: S608
    assert claims.claim("m") is Claim.AWAY
    assert claims.claim("m") is Claim.UNKNOWN
    claims.close()


class Office:
    """A seat with channels, its sender and its exchange."""

    def __init__(self, seat: Seat, name: str) -> None:
        self.seat, self.name = seat, name
        self.now = datetime.now(UTC)
        self.channel = FakeChannel()
        self.claims = CentralClaims(seat.access, name)
        self.messages = SqlMessages(seat.store)
        self.sender = Sender(
            SenderParts(
                messages=self.messages,
                log=seat.log,
                author=SeatAuthor(name, lambda: name, lambda: self.now, new_id, seat.log.base_seq),
                channels={"sms": self.channel},
                quiet={},
                claims=self.claims,
                seat=name,
                clock=lambda: self.now,
                connected=lambda: True,
                on_changed=lambda: None,
            )
        )

    def send(self) -> None:
        self.now += timedelta(seconds=10)
        while self.sender.work_once():
            pass


def test_of_three_seats_with_channels_one_sends_and_all_see_it(make_seat: Callable[..., Seat]) -> None:
    offices = [Office(make_seat(name), name) for name in ("S01", "S02", "S03")]
    first = offices[0].seat
    wanted = [fresh(key=f"k{number}") for number in range(5)]
    first.log.append([made(one, "S01") for one in wanted])
    for office in offices:
        office.seat.exchange()
    for _round in range(3):
        for office in reversed(offices):
            office.send()
    assert [len(office.channel.sent) for office in offices] == [5, 0, 0]  # the others leave its maker time
    for office in (*offices, *offices):
        office.seat.exchange()
        office.claims.close()
    for office in offices:
        states = [office.messages.get(one.message_id) for one in wanted]
        assert [state.delivery for state in states if state] == [Delivery.SENT] * 5

"""Finding a ticket by what is said of its number, and the open ones near another."""

import pytest

from desk.domain.identity import TicketId
from desk.domain.tickets import Ticket
from desk.store.ticket_numbers import SqlTicketNumbers
from desk.store.tickets import SqlTickets
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_ticket_page import FakeTicketNumbers
from desk.usecases.find_ticket import FindTicket
from tests.making import START, ticket
from tests.usecases.conftest import World


@pytest.fixture
def finding(world: World) -> FindTicket:
    world.log.append(
        [
            ticket("t1", number="20261121-S01-003", household_id="h1", building_id="b1"),
            ticket("t2", 1, number="20261121-S02-003", building_id="b1"),
            ticket("t3", 2, number="20261120-S01-003", building_id="b1", category="repair.lift"),
            ticket("t4", 3, number="20261121-S01-004", household_id="h1", building_id="b1"),
            ticket("t5", 4, number="20261121-S01-005", household_id="h1", building_id="b1", stage="closed"),
            ticket("t6", 5, number="20261121-S01-003"),  # two seats that bore one name
        ]
    )
    if isinstance(world.log, FakeStore):
        store = world.log
        return FindTicket(store.tickets, FakeTicketNumbers(store), lambda: START, "S01")
    sql = world.log._store  # type: ignore[attr-defined]
    return FindTicket(SqlTickets(sql), SqlTicketNumbers(sql), lambda: START, "S01")


@pytest.mark.parametrize(
    ("spoken", "found"),
    [
        ("20261121-S01-003", "t1"),
        ("3", "t1"),
        (" 004 ", "t4"),
        ("S02-3", "t2"),
        ("20261120-3", "t3"),
        ("20261120-S01-3", "t3"),
        ("99", None),
        ("", None),
        ("漏水", None),
    ],
)
def test_a_number_is_found_as_it_is_said(finding: FindTicket, spoken: str, found: str | None) -> None:
    ticket_found = finding.by_number(spoken)
    assert (ticket_found.ticket_id if ticket_found else None) == found


def _get(finding: FindTicket, number: str) -> Ticket:
    found = finding.by_number(number)
    assert found is not None
    return found


def test_near_are_the_open_ones_of_the_home_then_of_the_matter_then_the_building(finding: FindTicket) -> None:
    near = finding.near(_get(finding, "20261121-S01-003"))
    assert [one.ticket_id for one in near] == [TicketId("t4"), TicketId("t2"), TicketId("t3")]

"""With a centre and a second seat: the ticket is elsewhere while the call still runs."""

import pytest

from desk.demo.baresip import Baresip
from desk.demo.known import KNOWN
from desk.demo.outcome import central_ticket
from desk.demo.processes import wait_until
from desk.demo.stage import DATABASE
from tests.end2end import kept
from tests.end2end.ground import START_S, STEP_S, Ground, Post

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]


def test_ticket_is_at_the_centre_and_at_a_second_seat_before_the_caller_hangs_up(
    ground: Ground, resident: Baresip
) -> None:
    central = ground.central
    with (
        ground.seat(alone=False, agent="1001") as here,
        ground.seat(alone=False, agent="1002", on_line=False, on_screen=False, empty=True) as there,
    ):
        first = Post(ground, here).start()
        first.after("central in step", role="sync", timeout_s=START_S)
        second = Post(ground, there).start(line="direct")
        second.after("central in step", role="sync", timeout_s=START_S)
        call_id = first.talk(resident)
        first.type("slt")
        first.press("Return")
        first.type("dripping since noon")
        first.press("ctrl+Return")
        ticket_id = str(first.after("ticket_filed")["ticket_id"])
        second.after("tickets_listed", newest=ticket_id)
        ticket = kept.ticket(there, ticket_id)
        assert ticket is not None
        assert (ticket.category, ticket.description) == ("repair.water.tap", "dripping since noon")
        row = wait_until("the row at the centre", lambda: central_ticket(central, DATABASE, ticket_id), STEP_S)
        assert row is not None
        assert (row.stage, row.place, row.author) == ("registered", KNOWN.place_code, "agent1001")
        first.hang_up(resident, call_id)
        assert kept.wait_call(here, call_id) is not None
        there_too = wait_until("the call at the second seat", lambda: kept.call(there, call_id), STEP_S)
        assert there_too is not None
        assert there_too.ticket_id == ticket_id
        assert there_too.person_id is not None

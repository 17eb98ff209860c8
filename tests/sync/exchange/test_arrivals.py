"""Over whose role a change came, and when by the centre's clock: the same at every seat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from desk.compose.clock import now
from desk.demo.postgres import PrivatePostgres
from desk.domain.arrival import OFF
from desk.domain.identity import TicketId
from desk.store.trails import SqlTrails
from tests.making import change, ticket
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet


def test_every_seat_knows_over_whose_role_a_change_came_and_which_seat_s_clock_is_off(
    make_seat: Callable[..., Seat], server: PrivatePostgres, database: str
) -> None:
    one, two = make_seat("S01", "1001"), make_seat("S02", "1002")
    days = {"right": timedelta(0), "ahead": timedelta(days=2), "away": timedelta(days=-3)}
    made = {word: change("ticket", "t1", {"description": word}) for word in days}
    one.log.append([replace(ticket("t1"), at=now())])
    one.log.append([replace(made[word], at=now() + day) for word, day in days.items()])
    for seat in (one, two, one):
        meet(seat)
    known = SqlTrails(one.store).arrivals(TicketId("t1"))
    assert known == SqlTrails(two.store).arrivals(TicketId("t1"))
    assert {arrival.role for arrival in known.values()} == {"1001"}
    at = {word: known[one.change_id].at for word, one in made.items()}
    assert at["right"] is None
    assert all(time is not None and abs(now() - time) < OFF for time in (at["ahead"], at["away"]))
    stored = "SELECT count(*) FROM desk.change WHERE abs(extract(epoch FROM received_at - at)) > 300"
    assert server.sql(stored, database) == "2"

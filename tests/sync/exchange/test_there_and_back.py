"""The self-check's last question: does a change of this seat reach the centre and come back ordered?"""

from collections.abc import Callable

from desk.compose.clock import new_id, now
from desk.compose.seat_register import there_and_back
from desk.demo.postgres import PrivatePostgres
from desk.store.change_log import SeatAuthor
from desk.store.outbox import SqlOutbox
from desk.store.seats import SqlSeats
from tests.sync.conftest import Seat
from tests.sync.exchange.meeting import meet


def asked(seat: Seat, written: Callable[[], object], limit_s: float) -> float | None:
    author = SeatAuthor("S01", lambda: "1001", now, new_id, seat.log.base_seq)
    return there_and_back(seat.log, author, SqlSeats(seat.store, new_id), SqlOutbox(seat.store), written, limit_s)


def test_it_is_measured_where_the_centre_answers_and_said_where_it_does_not(
    make_seat: Callable[..., Seat], server: PrivatePostgres, database: str
) -> None:
    seat = make_seat("S01")
    took_ms = asked(seat, lambda: meet(seat), 30.0)
    assert took_ms is not None
    assert 0.0 < took_ms < 30_000
    assert server.sql("SELECT count(*) FROM desk.seat_record", database).strip() == "1"
    assert asked(seat, lambda: None, 0.3) is None  # nobody sends it
    assert SqlOutbox(seat.store).unsent_count() == 1  # and it is kept

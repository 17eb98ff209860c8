"""A seat's session with the centre, step by step."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from desk.sync.central.access import CentralAccess, connect
from desk.sync.exchange.hello import Welcome
from desk.sync.exchange.session import SeatSide, Session
from tests.sync.conftest import Seat


def new_token() -> str:
    return str(uuid.uuid4())


def side_of(
    seat: Seat, author_access: Callable[[str], CentralAccess | None] = lambda _author: None, name: str = ""
) -> SeatSide:
    side = SeatSide.of(seat.store, name or seat.name, new_token, lambda: False, author_access)
    side.filling._rest = lambda _seconds: None
    return side


@contextmanager
def session_of(seat: Seat, side: SeatSide | None = None, **given: Any) -> Iterator[Session]:
    """Opened; `given` goes to the `Session`."""
    with closing(connect(seat.access, "test")) as connection:
        session = Session(side or side_of(seat), connection, **given)
        with closing(session):
            session.open()
            yield session


def meet(seat: Seat, side: SeatSide | None = None, **given: Any) -> Welcome:
    """Hello, and rounds until there is nothing left to do."""
    with session_of(seat, side, **given) as session:
        session.round()
        while session.fills():
            session.round()
        session.round()
        return session.welcome


def rows_of(seat: Seat) -> dict[str, list[tuple[Any, ...]]]:
    """Every row, without the log: seats that were filled have another one."""
    return {name: rows for name, rows in seat.rows().items() if name != "change"}

"""A seat of the day without window and telephone: its store, who sits there, its exchange with the centre. Everything
that is written goes through the use cases that the window has."""

import contextlib
from pathlib import Path
from typing import Any

import psycopg

from desk.compose.clock import new_id
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, CentralFault, connect
from desk.sync.exchange.session import GoneStale, SeatSide, Session
from desk.usecases.ports import Clock

_KEY = "5a" * 32  # of stores that live for this run only


class Workplace:
    """`agent`: the work number of whoever sits here; "" nobody."""

    def __init__(self, name: str, folder: Path, central: CentralAccess, clock: Clock) -> None:
        self.name, self.agent = name, ""
        self._central = central
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(folder / "seat.db", FakeSecrets({"store": _KEY}))
        self.log = SqlChangeLog(self.store)
        self.author = SeatAuthor(
            name, lambda: self.agent or name, clock, new_id, self.log.base_seq, self.log.newest_unsent
        )
        self.machine = SeatAuthor(name, lambda: name, clock, new_id, self.log.base_seq, self.log.newest_unsent)
        self._side = SeatSide.of(self.store, name, new_id, gentle=lambda: False)
        self._connection: psycopg.Connection[Any] | None = None
        self._session: Session | None = None

    @property
    def unsent(self) -> int:
        return self._side.outbox.unsent_count()

    @property
    def refused(self) -> int:
        return self._side.outbox.refused_count()

    def exchange(self) -> bool:
        """Until nothing is left to bring or to take; False where the centre is away."""
        try:
            session = self._session or self._open()
            while session.round().more or session.fills():
                pass
        except (CentralFault, GoneStale, psycopg.Error):
            self._hang_up()
            return False
        return True

    def close(self) -> None:
        self._hang_up()
        self.store.close()

    def _open(self) -> Session:
        self._connection = connect(self._central, "exchange")
        session = Session(self._side, self._connection)
        session.open()
        self._session = session
        return session

    def _hang_up(self) -> None:
        with contextlib.suppress(psycopg.Error):
            if self._session is not None:
                self._session.close()
            if self._connection is not None:
                self._connection.close()
        self._session = self._connection = None

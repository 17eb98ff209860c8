"""The change log of a seat: the port `ChangeLog` over the seat store, and who writes into it. Any thread, any process
of the seat; each call is one transaction."""

import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, func, select

from desk.domain.changes import Change, Patch
from desk.domain.identity import ChangeId, id_after
from desk.store.entities import check_patch
from desk.store.rows import write_changes
from desk.store.schema import CHANGE, UNSENT
from desk.store.store import Store
from desk.usecases.ports import Clock, NewId

BULK_SIZE = 10_000


def cursor_of(connection: Connection) -> int:
    """The highest central sequence folded here (0 = none)."""
    value = connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'cursor'").scalar_one_or_none()
    return int(value or 0)


class SqlChangeLog:
    """See `desk.usecases.ports.ChangeLog`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, changes: Sequence[Change]) -> None:
        """All or nothing, durable when it returns. A change whose id is there already is left as it stands. Raises
        `BadPatch` (a bug of the caller's), `StoreFull`, `StoreBroken`."""
        for change in changes:
            check_patch(change.entity, change.entity_id, change.patch)
        if changes:
            with self._store.write() as connection:
                write_changes(connection, changes)

    def append_bulk(self, changes: Iterable[Change], report: Callable[[int], None] = lambda _done: None) -> int:
        """For imports: `append` by the ten thousand, each lot a transaction of its own, the memory flat. `report` is
        told how many were written so far. Returns how many there were."""
        stream, done = iter(changes), 0
        while lot := list(islice(stream, BULK_SIZE)):
            self.append(lot)
            done += len(lot)
            report(done)
        return done

    def base_seq(self) -> int:
        with self._store.read() as connection:
            return cursor_of(connection)

    def newest_unsent(self) -> str:
        """The highest id of what the centre has not taken yet, "" = none."""
        with self._store.read() as connection:
            return connection.execute(select(func.max(CHANGE.c.change_id)).where(UNSENT)).scalar_one() or ""


class SeatAuthor:
    """Makes changes in the name of whoever is signed in (`signed_in` gives the work number), see `ChangeAuthor`. Any
    thread.

    What a seat has not sent is folded and sent in the order of its ids, and ids are made of the clock. So that what is
    typed later also stands later when the clock was put back meanwhile, an id is never below `newest_unsent`."""

    def __init__(
        self,
        seat: str,
        signed_in: Callable[[], str],
        clock: Clock,
        new_id: NewId,
        base_seq: Callable[[], int],
        newest_unsent: Callable[[], str] = lambda: "",
    ) -> None:
        self._seat, self._signed_in, self._clock, self._new_id = seat, signed_in, clock, new_id
        self._base_seq, self._newest_unsent = base_seq, newest_unsent
        self._lock = threading.Lock()
        self._last = ""

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change:
        return Change(
            self._next_id(),
            entity,
            entity_id,
            self._clock(),
            self._signed_in(),
            self._seat,
            patch,
            reason,
            self._base_seq(),
        )

    def _next_id(self) -> ChangeId:
        with self._lock:
            self._last = id_after(self._new_id(), max(self._newest_unsent(), self._last))
            return ChangeId(self._last)

"""The promise ledger read from the seat store. Implements `desk.usecases.work_ports.Promises`. Any thread."""

from desk.domain.identity import CallId, TicketId
from desk.domain.promises import Promise, PromiseState
from desk.store.queries import Reader
from desk.store.store import Store

_OPEN = PromiseState.OPEN.value
_EARLIEST = "ORDER BY due_at, promise_id"


class SqlPromises:
    def __init__(self, store: Store) -> None:
        self._promises = Reader(store, Promise)

    def get(self, promise_id: str) -> Promise | None:
        return next(iter(self._promises.where("promise_id = ?", promise_id)), None)

    def open(self) -> list[Promise]:
        return self._promises.where(f"state = ? {_EARLIEST}", _OPEN)

    def open_of(self, owner: str) -> list[Promise]:
        return self._promises.where(f"state = ? AND owner = ? {_EARLIEST}", _OPEN, owner)

    def of_ticket(self, ticket_id: TicketId) -> list[Promise]:
        return self._promises.where("ticket_id = ? ORDER BY made_at, promise_id", ticket_id)

    def of_call(self, call_id: CallId) -> list[Promise]:
        """Few are open at a time: no index of its own."""
        return self._promises.where("state = ? AND call_id = ? ORDER BY made_at, promise_id", _OPEN, call_id)

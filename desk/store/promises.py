"""The promise ledger read from the seat store. Implements `desk.usecases.work_ports.Promises`. Any thread.

Surprising choice: a promise that says nothing of its state is open. Those of an incident are made so, because two seats
may make one and the same: what one of them has kept the other does not set back."""

from desk.domain.identity import CallId, TicketId
from desk.domain.promises import Promise, PromiseState
from desk.store.queries import Reader
from desk.store.store import Store

IS_OPEN = f"(state = '{PromiseState.OPEN.value}' OR state IS NULL)"
_EARLIEST = "ORDER BY due_at, promise_id"


class SqlPromises:
    def __init__(self, store: Store) -> None:
        self._promises = Reader(store, Promise)

    def get(self, promise_id: str) -> Promise | None:
        return next(iter(self._promises.where("promise_id = ?", promise_id)), None)

    def open(self) -> list[Promise]:
        return self._promises.where(f"{IS_OPEN} {_EARLIEST}")

    def open_of(self, owner: str) -> list[Promise]:
        return self._promises.where(f"{IS_OPEN} AND owner = ? {_EARLIEST}", owner)

    def of_ticket(self, ticket_id: TicketId) -> list[Promise]:
        return self._promises.where("ticket_id = ? ORDER BY made_at, promise_id", ticket_id)

    def of_call(self, call_id: CallId) -> list[Promise]:
        return self._promises.where(f"{IS_OPEN} AND call_id = ? ORDER BY made_at, promise_id", call_id)

    def given_in(self, call_id: CallId) -> list[Promise]:
        return self._promises.where("call_id = ? ORDER BY made_at, promise_id", call_id)

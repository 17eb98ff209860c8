"""Attempts read from the seat store. Implements `desk.usecases.task_ports.Attempts`. Any thread."""

from datetime import datetime

from desk.domain.attempts import Attempt
from desk.domain.identity import TaskId, TicketId
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.store import Store

_OLDEST = 'ORDER BY "at", attempt_id'


class SqlAttempts:
    """All lists oldest first."""

    def __init__(self, store: Store) -> None:
        self._attempts = Reader(store, Attempt)

    def of_ticket(self, ticket_id: TicketId) -> list[Attempt]:
        return self._attempts.where(f"ticket_id = ? {_OLDEST}", ticket_id)

    def of_task(self, ticket_id: TicketId, task_id: TaskId) -> list[Attempt]:
        return self._attempts.where(f"ticket_id = ? AND task_id = ? {_OLDEST}", ticket_id, task_id)

    def about(self, about_id: str) -> list[Attempt]:
        return self._attempts.where(f"about_id = ? {_OLDEST}", about_id)

    def between(self, since: datetime, until: datetime) -> list[Attempt]:
        return self._attempts.where(f'"at" >= ? AND "at" < ? {_OLDEST}', to_text(since), to_text(until))

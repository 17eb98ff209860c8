"""Tasks read from the seat store. Implements `desk.usecases.task_ports.Tasks`. Any thread."""

from collections.abc import Sequence
from datetime import datetime

from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.times import to_text
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_IN_TURN = "ORDER BY ticket_id, coalesce(place, 1), made_at, task_id"
_WITH_HANDLER = listed([TaskStage.DISPATCHED.value, TaskStage.ACCEPTED.value, TaskStage.IN_PROGRESS.value])


class SqlTasks:
    def __init__(self, store: Store) -> None:
        self._tasks = Reader(store, Task)

    def get(self, task_id: TaskId) -> Task | None:
        return next(iter(self._tasks.where("task_id = ?", task_id)), None)

    def of_ticket(self, ticket_id: TicketId) -> list[Task]:
        """In their turn."""
        return self._tasks.where(f"ticket_id = ? {_IN_TURN}", ticket_id)

    def of_tickets(self, ids: Sequence[TicketId]) -> dict[TicketId, list[Task]]:
        found: dict[TicketId, list[Task]] = {}
        for task in self._tasks.where(f"ticket_id {AMONG} {_IN_TURN}", listed(ids)) if ids else ():
            found.setdefault(task.ticket_id, []).append(task)
        return found

    def open_of_handlers(self, ids: Sequence[StaffId]) -> list[Task]:
        """Earliest limit first, without one last."""
        if not ids:
            return []
        order = "ORDER BY due_at IS NULL, due_at, made_at, task_id"
        return self._tasks.where(f"handler_id {AMONG} AND stage {AMONG} {order}", listed(ids), _WITH_HANDLER)

    def done_of_handlers(self, ids: Sequence[StaffId], since: datetime) -> list[Task]:
        """Latest first."""
        if not ids:
            return []
        condition = f"handler_id {AMONG} AND stage = ? AND done_at >= ? ORDER BY done_at DESC, task_id DESC"
        return self._tasks.where(condition, listed(ids), TaskStage.DONE.value, to_text(since))

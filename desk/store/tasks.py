"""Tasks read from the seat store. Implements `desk.usecases.task_ports.Tasks`. Any thread."""

from collections.abc import Sequence
from datetime import datetime

from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.times import from_text, to_text
from desk.domain.workload import WITH_HANDLER, Day, Workload
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_IN_TURN = "ORDER BY ticket_id, coalesce(place, 1), made_at, task_id"
_WITH_HANDLER = listed(sorted(stage.value for stage in WITH_HANDLER))
_LOADS = f"""
SELECT handler_id, count(*), sum(stage = ?), sum(coalesce(due_at <= ?, 0)),
    sum(coalesce(due_at > ? AND due_at < ?, 0)), min(CASE WHEN due_at > ? THEN due_at END)
FROM task WHERE handler_id {AMONG} AND stage {AMONG} GROUP BY handler_id
"""  # noqa: S608 - no value in it
_DONE = f"SELECT handler_id, count(*) FROM task WHERE handler_id {AMONG} AND stage = ? AND done_at >= ? GROUP BY 1"  # noqa: S608


class SqlTasks:
    def __init__(self, store: Store) -> None:
        self._store = store
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

    def workloads(self, ids: Sequence[StaffId], now: datetime, day: Day) -> dict[StaffId, Workload]:
        """Counted by SQLite: a centre has hundreds of handlers with thousands of tasks."""
        at, wanted = to_text(now), listed(ids)
        given = (TaskStage.DISPATCHED.value, at, at, to_text(day.end), at, wanted, _WITH_HANDLER)
        with self._store.read() as connection:
            counted = connection.exec_driver_sql(_LOADS, given).all()
            done = connection.exec_driver_sql(_DONE, (wanted, TaskStage.DONE.value, to_text(day.start))).all()
        done_of = {row[0]: int(row[1]) for row in done}
        loads = {
            StaffId(row[0]): Workload(row[1], row[2], row[3], row[4], done_of.get(row[0], 0), _time(row[5]))
            for row in counted
        }
        return {one: loads.get(one) or Workload(done_today=done_of.get(one, 0)) for one in ids}


def _time(text: str | None) -> datetime | None:
    return from_text(text) if text else None

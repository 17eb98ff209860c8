"""Tasks, attempts and the duty roster over the store in memory: see `desk.usecases.fakes`."""

from collections.abc import Sequence
from datetime import UTC, datetime

from desk.domain.attempts import Attempt
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.shifts import DutyTurn
from desk.domain.tasks import Task, TaskStage
from desk.domain.workload import WITH_HANDLER, Day, Workload, workload
from desk.usecases.fakes import FakeStore

_NEVER = datetime.max.replace(tzinfo=UTC)


class FakeTasks:
    """`task_ports.Tasks`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, task_id: TaskId) -> Task | None:
        return next((task for task in self._store.all_of(Task) if task.task_id == task_id), None)

    def of_ticket(self, ticket_id: TicketId) -> list[Task]:
        return self.of_tickets([ticket_id]).get(ticket_id, [])

    def of_tickets(self, ids: Sequence[TicketId]) -> dict[TicketId, list[Task]]:
        wanted, found = set(ids), dict[TicketId, list[Task]]()
        for task in sorted(self._store.all_of(Task), key=lambda task: (task.place, task.made_at, task.task_id)):
            if task.ticket_id in wanted:
                found.setdefault(task.ticket_id, []).append(task)
        return found

    def open_of_handlers(self, ids: Sequence[StaffId]) -> list[Task]:
        found = [task for task in self._of(ids) if task.stage in WITH_HANDLER]
        return sorted(found, key=lambda task: (task.due_at or _NEVER, task.made_at, task.task_id))

    def done_of_handlers(self, ids: Sequence[StaffId], since: datetime) -> list[Task]:
        found = [
            (task.done_at, task.task_id, task)
            for task in self._of(ids)
            if task.stage is TaskStage.DONE and task.done_at is not None and task.done_at >= since
        ]
        return [task for _at, _id, task in sorted(found, key=lambda one: one[:2], reverse=True)]

    def workloads(self, ids: Sequence[StaffId], now: datetime, day: Day) -> dict[StaffId, Workload]:
        return {one: workload(self._of([one]), now, day) for one in ids}

    def _of(self, ids: Sequence[StaffId]) -> list[Task]:
        return [task for task in self._store.all_of(Task) if task.handler_id in ids]


class FakeAttempts:
    """`task_ports.Attempts`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of_ticket(self, ticket_id: TicketId) -> list[Attempt]:
        return [one for one in self._oldest() if one.ticket_id == ticket_id]

    def of_task(self, ticket_id: TicketId, task_id: TaskId) -> list[Attempt]:
        return [one for one in self.of_ticket(ticket_id) if one.task_id == task_id]

    def about(self, about_id: str) -> list[Attempt]:
        return [one for one in self._oldest() if one.about_id == about_id]

    def between(self, since: datetime, until: datetime) -> list[Attempt]:
        return [one for one in self._oldest() if since <= one.at < until]

    def _oldest(self) -> list[Attempt]:
        return sorted(self._store.all_of(Attempt), key=lambda one: (one.at, one.attempt_id))


class FakeDutyTurns:
    """`task_ports.DutyTurns`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def on_duty(self, at: datetime) -> list[DutyTurn]:
        found = [turn for turn in self._store.all_of(DutyTurn) if turn.start <= at < turn.until and not turn.ended]
        return sorted(found, key=lambda turn: (turn.start, turn.duty_turn_id))

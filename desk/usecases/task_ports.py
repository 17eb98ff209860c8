"""What the use cases ask of tasks, of what was tried, and of the duty roster. Reads only: what is written goes through
the change log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.domain.attempts import Attempt
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.shifts import DutyTurn
from desk.domain.tasks import Task
from desk.domain.workload import Day, Workload


class Tasks(Protocol):
    """Reads of tasks, from the seat store. Any thread; each a few indexed rows."""

    def get(self, task_id: TaskId) -> Task | None: ...

    def of_ticket(self, ticket_id: TicketId) -> list[Task]:
        """All of them, done and cancelled too, in their turn (`Task.place`), then by when they were made."""
        ...

    def of_tickets(self, ids: Sequence[TicketId]) -> dict[TicketId, list[Task]]:
        """The same of several tickets in one read; a ticket without any is left out."""
        ...

    def open_of_handlers(self, ids: Sequence[StaffId]) -> list[Task]:
        """What these handlers still have to do (dispatched, accepted, in progress), the earliest limit first; without
        a limit last."""
        ...

    def done_of_handlers(self, ids: Sequence[StaffId], since: datetime) -> list[Task]:
        """Done since then (`Task.done_at`), the latest first."""
        ...

    def workloads(self, ids: Sequence[StaffId], now: datetime, day: Day) -> dict[StaffId, Workload]:
        """How much each of these handlers has to do, in one read however many they are; all of them are in it."""
        ...


class Attempts(Protocol):
    """Reads of attempts, from the seat store. Any thread. Oldest first, all of them."""

    def of_ticket(self, ticket_id: TicketId) -> list[Attempt]:
        """Those of its tasks too."""
        ...

    def of_task(self, ticket_id: TicketId, task_id: TaskId) -> list[Attempt]: ...

    def about(self, about_id: str) -> list[Attempt]:
        """Of a promise, a warning, a follow-up or a survey."""
        ...

    def between(self, since: datetime, until: datetime) -> list[Attempt]:
        """Made from `since` on and before `until`."""
        ...


class DutyTurns(Protocol):
    """Reads of the duty roster, from the seat store. Any thread."""

    def on_duty(self, at: datetime) -> list[DutyTurn]:
        """The turns that run at this moment and were not taken back, in the order in which they began."""
        ...

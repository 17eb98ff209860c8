"""Tasks of a ticket: what one handler has to do of it. A leak is a plumber's task and then a painter's; each has its
own handler and its own clock. The ticket's stage follows from those of its tasks (`desk.domain.moves`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import StaffId, TaskId, TicketId


class TaskStage(Enum):
    WAITING = "waiting"  # for the task before it, or for somebody to dispatch it
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    RETURNED = "returned"  # misdispatched: somebody else has to have it
    CANCELLED = "cancelled"


OPEN_TASKS = frozenset(TaskStage) - {TaskStage.DONE, TaskStage.CANCELLED}


@dataclass(frozen=True, slots=True)
class Task:
    """`place`: its turn within the ticket, from 1. `due_at`: the internal limit, set at dispatch. `said`: what was last
    heard of it (a report, why it was returned), `said_at` when. `via` how the handler took or returned it ("call",
    "link", "keyword", "desk"). `step`: the move that wrote it last, as in the ticket. `round`: how
    often the ticket had been reopened when it was done."""

    task_id: TaskId
    ticket_id: TicketId
    title: str
    stage: TaskStage
    made_at: datetime
    made_by: str
    place: int = 1
    trade: str = ""
    handler_id: StaffId | None = None
    backup_id: StaffId | None = None
    lead_id: StaffId | None = None
    dispatched_at: datetime | None = None
    accept_due_at: datetime | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    progress_due_at: datetime | None = None
    said: str = ""
    said_at: datetime | None = None
    reason: str = ""
    done_at: datetime | None = None
    via: str = ""
    step: str = ""
    round: int = 0

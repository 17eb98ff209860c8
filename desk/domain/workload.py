"""How much a handler has to do, as it is seen before somebody is chosen: a table of counts from the tasks. Pure, any
thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desk.domain.tasks import Task, TaskStage


@dataclass(frozen=True, slots=True)
class Workload:
    """`open`: tasks with the handler; of them `unaccepted`, `overdue` (past their limit) and `due_today`. `done_today`:
    since midnight. `next_due_at`: the earliest limit to come."""

    open: int = 0
    unaccepted: int = 0
    overdue: int = 0
    due_today: int = 0
    done_today: int = 0
    next_due_at: datetime | None = None


def workload(open_tasks: Iterable[Task], done_today: int, now: datetime, midnight: datetime) -> Workload:
    """Of one handler. `open_tasks`: those with the handler; `midnight`: the end of this day."""
    tasks = tuple(open_tasks)
    limits = [task.due_at for task in tasks if task.due_at is not None]
    return Workload(
        open=len(tasks),
        unaccepted=sum(task.stage is TaskStage.DISPATCHED for task in tasks),
        overdue=sum(limit <= now for limit in limits),
        due_today=sum(now < limit < midnight for limit in limits),
        done_today=done_today,
        next_due_at=min((limit for limit in limits if limit > now), default=None),
    )

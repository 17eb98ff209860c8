"""How much a handler has to do, as it is seen before somebody is chosen: a table of counts from the tasks. Pure, any
thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from desk.domain.tasks import Task, TaskStage

WITH_HANDLER = frozenset({TaskStage.DISPATCHED, TaskStage.ACCEPTED, TaskStage.IN_PROGRESS})


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


@dataclass(frozen=True, slots=True)
class Day:
    """From its midnight to the next one, aware UTC."""

    start: datetime
    end: datetime


def day_of(now: datetime, zone: tzinfo) -> Day:
    start = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Day(start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC))


def workload(tasks_of_one: Iterable[Task], now: datetime, day: Day) -> Workload:
    """Of one handler, from all of their tasks."""
    known = tuple(tasks_of_one)
    tasks = [task for task in known if task.stage in WITH_HANDLER]
    done_at = [task.done_at for task in known if task.stage is TaskStage.DONE and task.done_at is not None]
    limits = [task.due_at for task in tasks if task.due_at is not None]
    return Workload(
        open=len(tasks),
        unaccepted=sum(task.stage is TaskStage.DISPATCHED for task in tasks),
        overdue=sum(limit <= now for limit in limits),
        due_today=sum(now < limit < day.end for limit in limits),
        done_today=sum(done >= day.start for done in done_at),
        next_due_at=min((limit for limit in limits if limit > now), default=None),
    )

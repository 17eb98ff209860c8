from dataclasses import replace
from datetime import timedelta, timezone

from desk.domain.identity import TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.workload import Workload, day_of, workload
from tests.making import START

CHINA = timezone(timedelta(hours=8))
NOW = START
DAY = day_of(NOW, CHINA)  # 16:00 in China: midnight is in eight hours
TASK = Task(TaskId("k"), TicketId("t"), "", TaskStage.ACCEPTED, START, "1001")


def test_a_handler_without_work_has_none() -> None:
    assert workload([], NOW, DAY) == Workload()


def test_what_is_late_due_today_and_not_accepted_is_counted() -> None:
    tasks = [
        replace(TASK, due_at=NOW),  # just late
        replace(TASK, due_at=NOW + timedelta(hours=1)),
        replace(TASK, due_at=DAY.end, stage=TaskStage.DISPATCHED),  # tomorrow's
        TASK,
        replace(TASK, stage=TaskStage.DONE, done_at=DAY.start),
        replace(TASK, stage=TaskStage.DONE, done_at=DAY.start - timedelta(seconds=1)),
        replace(TASK, stage=TaskStage.RETURNED, due_at=NOW),
    ]
    assert workload(tasks, NOW, DAY) == Workload(
        open=4, unaccepted=1, overdue=1, due_today=1, done_today=1, next_due_at=NOW + timedelta(hours=1)
    )

from dataclasses import replace
from datetime import timedelta

from desk.domain.identity import TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.workload import Workload, workload
from tests.making import START

NOW = START
MIDNIGHT = START + timedelta(hours=8)
TASK = Task(TaskId("k"), TicketId("t"), "", TaskStage.ACCEPTED, START, "1001")


def test_a_handler_without_work_has_none() -> None:
    assert workload([], 3, NOW, MIDNIGHT) == Workload(done_today=3)


def test_what_is_late_due_today_and_not_accepted_is_counted() -> None:
    tasks = [
        replace(TASK, due_at=NOW),  # just late
        replace(TASK, due_at=NOW + timedelta(hours=1)),
        replace(TASK, due_at=MIDNIGHT, stage=TaskStage.DISPATCHED),  # tomorrow's
        TASK,
    ]
    assert workload(tasks, 0, NOW, MIDNIGHT) == Workload(
        open=4, unaccepted=1, overdue=1, due_today=1, next_due_at=NOW + timedelta(hours=1)
    )

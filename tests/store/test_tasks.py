"""Tasks, attempts and the duty roster, from the store in memory and from the real one: what holds for one holds for
both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.patches import patch_of
from desk.domain.shifts import DutyTurn, Post
from desk.domain.tasks import Task, TaskStage
from desk.domain.workload import Day, Workload, workload
from desk.store.attempts import SqlAttempts
from desk.store.change_log import SqlChangeLog
from desk.store.duty_turns import SqlDutyTurns
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_tasks import FakeAttempts, FakeDutyTurns, FakeTasks
from desk.usecases.ports import ChangeLog
from desk.usecases.task_ports import Attempts, DutyTurns, Tasks
from tests.making import START, at, change

HERE, THERE = TicketId("t1"), TicketId("t2")
PLUMBER, PAINTER = StaffId("w1"), StaffId("w2")
TASK = Task(TaskId("k1"), HERE, "Stop the leak", TaskStage.DISPATCHED, START, "1001", handler_id=PLUMBER, due_at=at(60))
TRY = Attempt("a1", Purpose.DISPATCH, START, "1001", Outcome.NO_ANSWER, HERE, TASK.task_id, staff_id=PLUMBER)
TURN = DutyTurn("d1", "H0001", Post.HANDLER, START, START + timedelta(hours=12))


@dataclass
class Ground:
    log: ChangeLog
    tasks: Tasks
    attempts: Attempts
    turns: DutyTurns

    def put(self, *values: Task | Attempt | DutyTurn) -> None:
        names = {Task: "task", Attempt: "attempt", DutyTurn: "duty_turn"}
        for value in values:
            name = names[type(value)]
            row = patch_of(value)
            self.log.append([change(name, str(row.pop(f"{name}_id")), row)])


@pytest.fixture(params=["memory", "sqlcipher"])
def ground(request: pytest.FixtureRequest) -> Ground:
    if request.param == "memory":
        fake = FakeStore()
        return Ground(fake, FakeTasks(fake), FakeAttempts(fake), FakeDutyTurns(fake))
    open_store: Callable[[], Store] = request.getfixturevalue("open_store")
    store = open_store()
    return Ground(SqlChangeLog(store), SqlTasks(store), SqlAttempts(store), SqlDutyTurns(store))


def test_the_tasks_of_a_ticket_come_in_their_turn(ground: Ground) -> None:
    paint = replace(TASK, task_id=TaskId("k0"), place=2, stage=TaskStage.WAITING, handler_id=PAINTER)
    other = replace(TASK, task_id=TaskId("k3"), ticket_id=THERE)
    ground.put(paint, TASK, other)
    assert ground.tasks.of_ticket(HERE) == [TASK, paint]
    assert ground.tasks.of_tickets([THERE, HERE, TicketId("t9")]) == {THERE: [other], HERE: [TASK, paint]}
    assert ground.tasks.of_tickets([]) == {}
    assert ground.tasks.get(TASK.task_id) == TASK
    assert ground.tasks.get(TaskId("k9")) is None


def test_what_a_handler_has_to_do_comes_by_its_limit(ground: Ground) -> None:
    sooner = replace(TASK, task_id=TaskId("k2"), due_at=at(30), stage=TaskStage.IN_PROGRESS)
    unlimited = replace(TASK, task_id=TaskId("k3"), due_at=None, stage=TaskStage.ACCEPTED)
    others = [
        replace(TASK, task_id=TaskId(f"x{stage.value}"), stage=stage, done_at=at(5))
        for stage in (TaskStage.DONE, TaskStage.RETURNED, TaskStage.CANCELLED, TaskStage.WAITING)
    ]
    ground.put(unlimited, TASK, sooner, *others)
    assert ground.tasks.open_of_handlers([PLUMBER]) == [sooner, TASK, unlimited]
    assert ground.tasks.open_of_handlers([PAINTER]) == []
    assert ground.tasks.open_of_handlers([]) == []


def test_what_a_handler_has_done_comes_latest_first(ground: Ground) -> None:
    done = [
        replace(TASK, task_id=TaskId(f"k{minutes}"), stage=TaskStage.DONE, done_at=at(minutes))
        for minutes in (1, 10, 20)
    ]
    ground.put(*done)
    assert ground.tasks.done_of_handlers([PLUMBER], at(10)) == [done[2], done[1]]
    assert ground.tasks.done_of_handlers([], at(0)) == []


def test_what_each_handler_has_to_do_is_counted(ground: Ground) -> None:
    now, day = at(60), Day(at(-480), at(960))
    tasks = [
        replace(TASK, due_at=at(60)),
        replace(TASK, due_at=at(61), stage=TaskStage.ACCEPTED),
        replace(TASK, due_at=at(960), stage=TaskStage.IN_PROGRESS),
        replace(TASK, due_at=None),
        replace(TASK, stage=TaskStage.DONE, done_at=at(-480)),
        replace(TASK, stage=TaskStage.DONE, done_at=at(-481)),
        replace(TASK, stage=TaskStage.RETURNED),
        replace(TASK, handler_id=PAINTER, stage=TaskStage.DONE, done_at=at(1)),
    ]
    tasks = [replace(task, task_id=TaskId(f"k{number}")) for number, task in enumerate(tasks)]
    ground.put(*tasks)
    idle = StaffId("w3")
    found = ground.tasks.workloads([PLUMBER, PAINTER, idle], now, day)
    assert found == {PLUMBER: Workload(4, 2, 1, 1, 1, at(61)), PAINTER: Workload(done_today=1), idle: Workload()}
    assert found[PLUMBER] == workload([task for task in tasks if task.handler_id == PLUMBER], now, day)
    assert ground.tasks.workloads([], now, day) == {}


def test_attempts_come_oldest_first(ground: Ground) -> None:
    again = replace(TRY, attempt_id="a0", at=at(5), outcome=Outcome.REACHED)
    chase = replace(TRY, attempt_id="a2", at=at(9), task_id=None, about_id="promise 1")
    other = replace(TRY, attempt_id="a3", at=at(2), ticket_id=THERE)
    ground.put(chase, again, TRY, other)
    assert ground.attempts.of_ticket(HERE) == [TRY, again, chase]
    assert ground.attempts.of_task(HERE, TASK.task_id) == [TRY, again]
    assert ground.attempts.about("promise 1") == [chase]
    assert ground.attempts.between(at(2), at(9)) == [other, again]


def test_who_is_on_duty_is_told_to_the_minute_and_without_turns_taken_back(ground: Ground) -> None:
    night = replace(TURN, duty_turn_id="d2", start=TURN.until, until=TURN.until + timedelta(hours=12))
    month = replace(TURN, duty_turn_id="d3", who="9001", post=Post.LEAD, start=at(-30 * 24 * 60), until=at(9000))
    ground.put(TURN, night, month, replace(TURN, duty_turn_id="d4", ended=True))
    assert ground.turns.on_duty(START) == [month, TURN]
    assert ground.turns.on_duty(TURN.until - timedelta(microseconds=1)) == [month, TURN]
    assert ground.turns.on_duty(TURN.until) == [month, night]

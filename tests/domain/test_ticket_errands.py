"""What a ticket asks for: every limit that runs is an errand of its own, and none hides another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.clocks import DUE_FIELDS, RUNS, ClockName, Clocks, running
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.moves import IN_WORK, Given, refusal, rule_of, task_for
from desk.domain.outcome_rules import ANSWERS
from desk.domain.tasks import Task, TaskStage
from desk.domain.ticket_errands import TicketErrand, asked, errands_of, on_list, rests
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.what_next import Errand
from desk.domain.work_lists import Moment, WorkList
from tests.domain import walks

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MOMENT = Moment(NOW, NOW + timedelta(minutes=15), NOW + timedelta(days=1))


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def ticket() -> Ticket:
    """Without any limit."""
    return Clocks().stopped(walks.ticket(at(-50), Clocks()), ClockName)


def with_limits(stage: Stage = Stage.IN_PROGRESS, **hours: float) -> Ticket:
    """Limits by the clock's name, hours from now."""
    fields: dict[str, Any] = {DUE_FIELDS[ClockName(name)]: at(count) for name, count in hours.items()}
    return replace(ticket(), stage=stage, next_due_at=at(min(hours.values())), **fields)


def task(name: str, stage: TaskStage, place: int = 1, **hours: float) -> Task:
    fields: dict[str, Any] = {f"{field}_at": at(count) for field, count in hours.items()}
    made = Task(TaskId(name), TicketId("t1"), name, stage, at(-9), "1001", place, handler_id=StaffId(f"h-{name}"))
    return replace(made, **fields)


def attempt(purpose: Purpose, made: float, again: float, task_id: str | None = None) -> Attempt:
    named = TaskId(task_id) if task_id else None
    return Attempt("a1", purpose, at(made), "1001", Outcome.NO_ANSWER, TicketId("t1"), named, next_at=at(again))


def said(found: Sequence[TicketErrand]) -> set[tuple[Errand, str]]:
    return {(one.errand, one.task.task_id if one.task else "") for one in found}


def row(which: WorkList, of: Ticket, tasks: Sequence[Task] = (), attempts: Sequence[Attempt] = ()) -> Errand | None:
    found = on_list(which, of, tasks, attempts, MOMENT)
    return found.errand if found else None


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage in OPEN_STAGES])
def test_no_limit_that_runs_is_without_an_errand(stage: Stage) -> None:
    runs = RUNS[stage]
    hours = {clock.value: number for number, clock in enumerate(ClockName) if clock in runs.always or clock in runs.may}
    found = errands_of(with_limits(stage, **hours), ())
    assert {one.due_at for one in found} == {at(count) for count in hours.values()}


def test_a_late_task_does_not_hide_that_the_resident_has_to_be_told() -> None:
    of = with_limits(task=-20, plan=-1, promise=200)
    working = task("plumber", TaskStage.IN_PROGRESS, due=-20)
    assert row(WorkList.NEXT, of, [working]) is Errand.TELL_PLAN
    tried = [attempt(Purpose.PLAN, -0.5, 0.5)]
    assert row(WorkList.NEXT, of, [working], tried) is Errand.GET_FINISHED  # the daily chase goes on meanwhile
    chased = [*tried, attempt(Purpose.CHASE, -0.2, 20, "plumber")]
    assert row(WorkList.NEXT, of, [working], chased) is None
    assert asked(WorkList.NEXT, of, [working], chased, MOMENT).errand is Errand.GET_FINISHED


def test_three_late_limits_come_one_after_the_other() -> None:
    of = with_limits(plan=-1, progress=-30, promise=-5)
    working = task("plumber", TaskStage.ACCEPTED, progress_due=-30)
    tries: list[Attempt] = []
    order = []
    for purpose in (Purpose.PLAN, Purpose.CHASE, Purpose.PROGRESS):
        order.append(row(WorkList.NEXT, of, [working], tries))
        tries.append(attempt(purpose, -0.1, 20))
    assert order == [Errand.TELL_PLAN, Errand.GET_FINISHED, Errand.GET_REPORT]
    assert row(WorkList.NEXT, of, [working], tries) is None


def test_an_acceptance_that_is_late_hides_neither_plan_nor_reminder() -> None:
    of = with_limits(Stage.DISPATCHED, accept=-3, plan=-1, promise=20)
    sent = task("plumber", TaskStage.DISPATCHED, accept_due=-3, due=10)
    assert row(WorkList.NEXT, of, [sent]) is Errand.TELL_PLAN
    assert row(WorkList.NEXT, of, [sent], [attempt(Purpose.PLAN, -0.1, 9)]) is Errand.GET_ACCEPTED
    soon = on_list(WorkList.DUE_SOON, of, [sent], (), MOMENT)
    assert soon is not None
    assert soon.due_at == at(10)


def test_due_soon_sees_every_limit_whatever_is_late() -> None:
    late, near = (-30, -20, -10), (3, 5, 8)
    for count in (1, 2):
        for clocks in combinations(("plan", "task", "progress"), count):
            hours: dict[str, float] = dict(zip(clocks, late, strict=False))
            of = with_limits(Stage.IN_PROGRESS, **hours, promise=near[0])
            found = on_list(WorkList.DUE_SOON, of, (), (), MOMENT)
            assert found is not None, clocks
            assert found.due_at == at(near[0])


def test_a_limit_that_runs_out_after_the_call_is_not_rested_by_it() -> None:
    """Chased about one at ten; the other one runs out at eleven."""
    one = TicketErrand(Errand.GET_FINISHED, at(-0.5))
    before, after = attempt(Purpose.CHASE, -1, 23), attempt(Purpose.CHASE, -0.2, 23)
    assert not rests(one, [before], NOW)
    assert rests(one, [after], NOW)
    assert not rests(one, [replace(after, about_id="w1")], NOW)


def test_each_task_asks_for_what_its_own_stage_asks() -> None:
    of = with_limits(accept=2, progress=-1, promise=99)
    tasks = [
        task("plumber", TaskStage.IN_PROGRESS, due=50, progress_due=-1),
        task("painter", TaskStage.DISPATCHED, 2, accept_due=2, due=60),
        task("cleaner", TaskStage.WAITING, 3),
    ]
    assert said(errands_of(of, tasks)) == {
        (Errand.GET_FINISHED, "plumber"),
        (Errand.GET_REPORT, "plumber"),
        (Errand.GET_ACCEPTED, "painter"),
    }


def test_the_painter_is_sent_once_the_plumber_is_done() -> None:
    of = with_limits(accept=20, progress=70, promise=300)
    tasks = [task("plumber", TaskStage.DONE), task("painter", TaskStage.WAITING, 2, accept_due=20)]
    found = on_list(WorkList.NEXT, of, tasks, (), MOMENT)
    assert found is not None
    assert (found.errand, found.task) == (Errand.DISPATCH, tasks[1])
    assert {one.due_at for one in errands_of(of, tasks)} == {at(20), at(70), at(300)}


def test_a_call_to_one_handler_leaves_the_other_s_errand() -> None:
    of = with_limits(promise=-1)
    tasks = [task("plumber", TaskStage.IN_PROGRESS), task("painter", TaskStage.IN_PROGRESS, 2)]
    first = on_list(WorkList.NEXT, of, tasks, (), MOMENT)
    second = on_list(WorkList.NEXT, of, tasks, [attempt(Purpose.CHASE, -0.1, 20, "plumber")], MOMENT)
    assert first is not None
    assert second is not None
    assert (first.task, second.task) == (tasks[0], tasks[1])
    assert row(WorkList.NEXT, of, tasks, [attempt(Purpose.CHASE, -0.1, 20)]) is None  # one that names no task: of both


def test_a_ticket_in_work_without_any_limit_still_asks_for_something() -> None:
    for stage in IN_WORK:
        found = errands_of(replace(ticket(), stage=stage, next_due_at=None), ())
        assert [one.due_at for one in found] == [None]


@settings(max_examples=80)
@given(st.integers(min_value=0))
def test_along_any_walk_every_limit_is_an_errand_and_every_answer_names_its_task(seed: int) -> None:
    going = walks.Walk(Random(seed), NOW, Clocks())
    for _step in range(25):
        going.go_on()
        of, tasks = going.work.ticket, going.work.tasks
        found = errands_of(of, tasks)
        limits = {one.due_at for one in found if one.due_at is not None}
        assert set(running(of).values()) <= limits, going.moves  # each task has its own beside them
        assert min(limits, default=None) == of.next_due_at, going.moves
        for one in found:
            for kind in ANSWERS.get(one.errand, ()) if of.stage in OPEN_STAGES else ():
                assert refusal(kind, of, tasks, walks.ALL) is None, (one, kind, going.moves)
                rule = rule_of(kind, of.stage)
                assert rule is not None
                said_of = task_for(rule, tasks, Given(task_id=one.task.task_id if one.task else None))
                assert said_of == one.task, (one, kind, going.moves)


def test_a_next_limit_that_no_clock_explains_is_not_lost() -> None:
    of = replace(with_limits(plan=99), next_due_at=at(-2))
    working = task("plumber", TaskStage.IN_PROGRESS)
    for tasks in ((), (working,)):
        assert row(WorkList.NEXT, of, tasks) is Errand.GET_FINISHED

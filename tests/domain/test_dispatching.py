from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.attempts import UNREACHED, Attempt, Outcome, Purpose
from desk.domain.clocks import Clocks
from desk.domain.dispatching import DispatchPolicy, Pursuit, Step, pursue
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from tests.making import START

HANDLER, BACKUP, LEAD = StaffId("w1"), StaffId("w2"), StaffId("w3")
ASKED = (HANDLER, BACKUP, LEAD)
POLICY = DispatchPolicy()
TASK = Task(TaskId("k"), TicketId("t"), "", TaskStage.DISPATCHED, START, "1001", handler_id=HANDLER)


def call(minutes: float, outcome: Outcome, whom: StaffId = HANDLER, **more: datetime) -> Attempt:
    at = START + timedelta(minutes=minutes)
    return Attempt(f"a{minutes}{whom}", Purpose.DISPATCH, at, "1001", outcome, staff_id=whom, **more)  # type: ignore[arg-type]


def step(minutes: float, *attempts: Attempt, task: Task = TASK, priority: Priority = Priority.NORMAL) -> Pursuit:
    return pursue(task, ASKED, attempts, POLICY, priority, START + timedelta(minutes=minutes))


def test_the_handler_is_called_first() -> None:
    assert step(0) == Pursuit(Step.CALL, HANDLER)


def test_between_two_tries_there_is_a_pause_and_less_of_one_when_it_is_urgent() -> None:
    tried = call(0, Outcome.NO_ANSWER)
    assert step(4, tried) == Pursuit(Step.WAIT, HANDLER, 1, START + timedelta(minutes=5))
    assert step(5, tried) == Pursuit(Step.CALL, HANDLER, 1)
    assert step(2, tried, priority=Priority.URGENT).step is Step.CALL


def test_after_the_set_tries_the_backup_is_offered_and_then_the_lead() -> None:
    tried = [call(n, Outcome.BUSY) for n in (0, 5, 10)]
    assert step(10, *tried[:2]).step is Step.CALL
    assert step(10, *tried) == Pursuit(Step.CALL_NEXT, BACKUP, 3)
    tried += [call(11 + n, Outcome.OFF, BACKUP) for n in (0, 5, 10)]
    assert step(30, *tried) == Pursuit(Step.CALL_NEXT, LEAD, 3)
    tried += [call(31, Outcome.WRONG_NUMBER, LEAD)]
    assert step(40, *tried) == Pursuit(Step.NOBODY_LEFT, None, 3)


def test_a_wrong_number_is_not_dialled_again() -> None:
    assert step(1, call(0, Outcome.WRONG_NUMBER)) == Pursuit(Step.CALL_NEXT, BACKUP, 1)


def test_whoever_was_reached_is_called_again_from_the_beginning() -> None:
    tried = [call(0, Outcome.NO_ANSWER), call(5, Outcome.NO_ANSWER), call(10, Outcome.REACHED)]
    assert step(11, *tried) == Pursuit(Step.CALL, HANDLER, 0)


def test_whoever_asks_to_be_called_later_is_called_then() -> None:
    later = START + timedelta(minutes=30)
    asked = call(0, Outcome.LATER, next_at=later)
    assert step(10, asked) == Pursuit(Step.WAIT, HANDLER, 0, later)
    assert step(30, asked).step is Step.CALL


def test_a_message_that_went_out_is_no_try() -> None:
    sent = [call(n, Outcome.SENT) for n in range(5)]
    assert step(1, *sent) == Pursuit(Step.CALL, HANDLER)


def test_calls_by_whoever_works_a_list_count_too() -> None:
    tried = [replace(call(n, Outcome.NO_ANSWER), purpose=Purpose.CHASE) for n in (0, 5, 10)]
    assert step(10, *tried) == Pursuit(Step.CALL_NEXT, BACKUP, 3)
    asked = [replace(one, purpose=Purpose.PROGRESS) for one in tried]
    assert step(10, *asked).step is Step.CALL


def test_whoever_is_sent_it_again_is_called_from_the_beginning_and_the_others_stay_tried() -> None:
    tried = [call(n, Outcome.NO_ANSWER) for n in (0, 5, 10)] + [call(11, Outcome.WRONG_NUMBER, BACKUP)]
    again = replace(TASK, dispatched_at=START + timedelta(minutes=20))
    assert step(20, *tried, task=again) == Pursuit(Step.CALL, HANDLER)
    tried += [call(20 + n, Outcome.NO_ANSWER) for n in (0, 5, 10)]
    assert step(40, *tried, task=again) == Pursuit(Step.CALL_NEXT, LEAD, 3)


@pytest.mark.parametrize("stage", [one for one in TaskStage if one is not TaskStage.DISPATCHED])
def test_work_that_is_taken_or_given_back_calls_for_nobody(stage: TaskStage) -> None:
    assert step(0, task=replace(TASK, stage=stage)).step is Step.ANSWERED


@given(st.lists(st.tuples(st.sampled_from(ASKED), st.sampled_from(sorted(Outcome, key=lambda one: one.value)))))
def test_nobody_is_offered_who_was_tried_often_enough_since_last_reached(
    tries: Sequence[tuple[StaffId, Outcome]],
) -> None:
    attempts = [call(n, outcome, whom) for n, (whom, outcome) in enumerate(tries)]
    found = step(10_000, *attempts)
    assert found.step in (Step.CALL, Step.CALL_NEXT, Step.NOBODY_LEFT)
    if found.whom is not None:
        to_them = [one.outcome for one in attempts if one.staff_id == found.whom and one.outcome is not Outcome.SENT]
        last = to_them[-POLICY.tries :]
        assert len(last) < POLICY.tries or not UNREACHED.issuperset(last)


def test_the_limit_that_is_proposed_follows_the_priority_and_never_passes_the_promise() -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday
    ticket = Ticket(
        TicketId("t"), "n", Kind.REPAIR, "repair.water.tap", Priority.URGENT, Stage.REGISTERED, "", now, "", ""
    )
    clocks = Clocks()
    far = replace(ticket, promise_due_at=now + timedelta(days=20))
    assert POLICY.limit(far, clocks, now) == now + timedelta(hours=4)
    near = replace(ticket, priority=Priority.LOW, promise_due_at=now + timedelta(days=1))
    assert now < POLICY.limit(near, clocks, now) < now + timedelta(days=1)

"""What moves do, along random walks and one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.domain.clocks import DUE_FIELDS, RUNS, ClockException, ClockName, ClockPolicy, Clocks, next_of, running
from desk.domain.corrections import Correction, form_of
from desk.domain.moves import RULES, After, Given, MoveKind, stage_of
from desk.domain.tasks import OPEN_TASKS, TaskStage
from desk.domain.tickets import MOVES, OPEN_STAGES, Kind, Place, Priority, Stage
from desk.domain.times import to_text
from desk.domain.working_time import Span
from tests.domain.walks import HANDLERS, Walk

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, 10:00 in China
CLOCKS = Clocks()
PLUMBER, PAINTER = HANDLERS[:2]


def walk(seed: int = 1) -> Walk:
    return Walk(Random(seed), START, CLOCKS)


def stage(going: Walk) -> Stage:
    return going.work.ticket.stage


def late(going: Walk) -> tuple[str, ...]:
    return going.work.ticket.late


@settings(max_examples=60)
@given(st.integers(min_value=0))
def test_no_sequence_of_legal_moves_leaves_a_ticket_without_owner_and_next_clock_unless_closed(seed: int) -> None:
    going = walk(seed)
    for _step in range(25):
        going.go_on()
        ticket, tasks = going.work.ticket, going.work.tasks
        if ticket.stage in OPEN_STAGES:
            assert ticket.owner, going.moves
            assert ticket.next_clock, going.moves
            assert ticket.next_due_at is not None, going.moves
            assert (ClockName(ticket.next_clock), ticket.next_due_at) == next_of(ticket), going.moves
        else:
            assert (ticket.next_clock, ticket.next_due_at) == ("", None), going.moves
            assert running(ticket) == {}, going.moves
            assert all(task.stage not in OPEN_TASKS for task in tasks), going.moves
        runs = RUNS[ticket.stage]
        assert runs.always <= set(running(ticket)), going.moves
        if ticket.stage is not Stage.SUSPENDED:
            kept = {clock for clock, name in DUE_FIELDS.items() if getattr(ticket, name) is not None}
            assert kept <= runs.always | runs.may, going.moves


@settings(max_examples=40)
@given(st.integers(min_value=0))
def test_along_any_walk_the_stage_of_a_ticket_in_work_is_that_of_its_tasks(seed: int) -> None:
    going = walk(seed)
    for _step in range(25):
        going.go_on()
        ticket, tasks = going.work.ticket, going.work.tasks
        if tasks and ticket.stage in (Stage.REGISTERED, Stage.DISPATCHED, Stage.RETURNED, Stage.ACCEPTED, Stage.DONE):
            assert stage_of(ticket, tasks) is ticket.stage, going.moves


@settings(max_examples=40)
@given(st.integers(min_value=0))
def test_every_change_of_stage_is_one_that_the_domain_s_stages_have(seed: int) -> None:
    going = walk(seed)
    for _step in range(25):
        before = going.work.ticket.stage
        going.go_on()
        after = going.work.ticket.stage
        assert before is after or after in MOVES[before], (before, after, going.moves)


@settings(max_examples=60)
@given(st.integers(min_value=0))
def test_along_any_walk_no_task_s_limit_is_later_than_the_promise_that_still_holds(seed: int) -> None:
    going = walk(seed)
    for _step in range(25):
        going.go_on()
        ticket, tasks = going.work.ticket, going.work.tasks
        if ticket.stage is Stage.SUSPENDED or ticket.promise_due_at is None:
            continue
        if ticket.promise_due_at <= going.now:
            return  # it is broken: nothing is in time for it any more
        late = [
            task for task in tasks if task.stage in OPEN_TASKS and task.due_at and task.due_at > ticket.promise_due_at
        ]
        assert late == [], going.moves


def test_every_move_that_leads_to_one_stage_is_in_the_table_of_stages() -> None:
    pairs = {(before, rule.after) for rule in RULES for before in rule.before if isinstance(rule.after, Stage)}
    assert {pair for pair in pairs if pair[1] not in MOVES[pair[0]]} == set()
    assert {rule.kind for rule in RULES} == set(MoveKind)
    assert {rule.after for rule in RULES if isinstance(rule.after, After)} == set(After)


def test_a_leak_is_the_plumber_s_task_and_then_the_painter_s() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER, title="Stop the leak"))
    going.make(MoveKind.ADD_TASK, Given(title="Paint the ceiling"))
    first, second = going.work.tasks
    assert (first.stage, second.stage) == (TaskStage.DISPATCHED, TaskStage.WAITING)
    assert second.accept_due_at is None
    going.make(MoveKind.ACCEPT)
    going.now += timedelta(days=3)
    going.make(MoveKind.FINISH, Given(text="new pipe"))
    first, second = going.work.tasks
    assert stage(going) is Stage.IN_PROGRESS
    assert second.accept_due_at == going.now + timedelta(hours=24) == going.work.ticket.accept_due_at
    going.make(MoveKind.DISPATCH, Given(handler_id=PAINTER))
    going.make(MoveKind.ACCEPT)
    assert going.work.ticket.handler_id == PAINTER
    going.make(MoveKind.FINISH, Given(text="painted"))
    assert stage(going) is Stage.DONE
    assert going.work.ticket.next_clock == "follow_up"
    assert [task.stage for task in going.work.tasks] == [TaskStage.DONE, TaskStage.DONE]


def test_a_task_s_limit_goes_with_the_date_that_the_resident_is_told() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.ACCEPT, Given())
    tomorrow = going.now + timedelta(days=1)
    going.make(MoveKind.TELL_PLAN, Given(until=tomorrow))
    told = going.work.tasks[0].due_at
    assert told == going.now + timedelta(hours=12) == going.work.ticket.task_due_at
    going.now += timedelta(hours=20)  # late by now, and the parts do not come
    later = going.now + timedelta(days=30)
    going.make(MoveKind.PROMISE, Given(reason="no parts", until=later))
    assert going.work.tasks[0].due_at == CLOCKS.task_limit(going.work.ticket, going.now)
    assert [entry.split()[0] for entry in late(going)] == ["task"]  # that it was late stays on record
    sooner = going.now + timedelta(days=10)
    going.make(MoveKind.PROMISE, Given(reason="they came", until=sooner))
    assert going.work.tasks[0].due_at == CLOCKS.task_limit(going.work.ticket, going.now) < sooner


def test_a_limit_that_is_sooner_than_the_date_told_stays() -> None:
    going = walk()
    due = going.now + timedelta(hours=4)
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER, until=due))
    going.make(MoveKind.TELL_PLAN, Given(until=going.now + timedelta(days=5)))
    assert going.work.tasks[0].due_at == due


def test_a_shorter_promise_takes_the_task_s_limit_along() -> None:
    quick = ClockException(ClockName.PROMISE, Span(timedelta(hours=8)), priorities=frozenset({Priority.URGENT}))
    going = Walk(Random(1), START, replace(CLOCKS, policy=ClockPolicy(exceptions=(quick,))))
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.GRADE, Given(priority=Priority.URGENT, reason="pouring"))
    assert going.work.ticket.promise_due_at == START + timedelta(hours=8)
    assert going.work.tasks[0].due_at == START + timedelta(hours=4)


def test_acceptance_counts_from_registration_and_anew_from_a_return() -> None:
    going = walk()
    registered = going.now
    going.now += timedelta(hours=3)
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    assert going.work.ticket.accept_due_at == registered + timedelta(hours=24)
    assert going.work.tasks[0].accept_due_at == registered + timedelta(hours=24)
    going.now += timedelta(hours=1)
    going.make(MoveKind.RETURN, Given(reason="not plumbing"))
    assert stage(going) is Stage.RETURNED
    assert going.work.ticket.accept_due_at == going.now + timedelta(hours=24)
    assert going.work.ticket.handler_id is None


def test_while_suspended_the_clocks_stand_still_and_what_was_late_stays_as_late() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.now += timedelta(hours=26)  # accept is two hours late
    before = going.work
    until = going.now + timedelta(days=10)
    going.make(MoveKind.SUSPEND, Given(reason="away", until=until))
    assert (going.work.ticket.next_clock, going.work.ticket.next_due_at) == ("resume", until)
    going.now += timedelta(days=7)
    going.make(MoveKind.RESUME)
    after = going.work
    assert after.ticket.stage is Stage.DISPATCHED
    assert after.ticket.suspended_at is after.ticket.suspended_until is None
    assert after.ticket.accept_due_at == going.now - timedelta(hours=2) == after.tasks[0].accept_due_at
    assert before.ticket.plan_due_at is not None
    assert after.ticket.plan_due_at == before.ticket.plan_due_at + timedelta(days=7)  # a whole week, weekend and all
    assert after.ticket.next_clock == "accept"


def test_what_ran_out_before_it_was_stopped_is_on_record() -> None:
    going = walk()
    due = going.work.ticket.accept_due_at
    assert due is not None
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.now = due + timedelta(hours=5)
    assert late(going) == ()
    going.make(MoveKind.ACCEPT)
    assert late(going) == ("accept 2026-11-21T02:00:00.000000Z 2026-11-21T07:00:00.000000Z",)


def test_what_was_late_when_it_was_suspended_is_on_record_when_it_ends_in_that() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.now += timedelta(hours=26)  # accept is two hours late
    suspended = going.now
    going.make(MoveKind.SUSPEND, Given(reason="away", until=going.now + timedelta(days=20)))
    assert late(going) == ()  # it may run on
    going.now += timedelta(days=10)
    going.make(MoveKind.CANCEL, Given(reason="sold"))
    assert late(going) == (f"accept 2026-11-21T02:00:00.000000Z {to_text(suspended)}",)


def test_what_was_late_before_it_was_suspended_and_taken_up_again_is_on_record_once() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.now += timedelta(hours=26)
    going.make(MoveKind.SUSPEND, Given(reason="away", until=going.now + timedelta(days=20)))
    going.now += timedelta(days=10)
    going.make(MoveKind.RESUME)
    going.make(MoveKind.ACCEPT)
    assert [entry.split()[0] for entry in late(going)] == ["accept"]


def test_a_reopened_ticket_is_sent_to_whoever_did_it_last_who_has_to_take_it_anew() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.ACCEPT, Given())
    response = going.work.ticket.accepted_at
    going.make(MoveKind.FINISH, Given(text="tightened"))
    going.make(MoveKind.FOLLOW_UP, Given(solved=False))
    assert going.work.ticket.next_clock == "close"
    going.now += timedelta(hours=1)
    going.make(MoveKind.REOPEN, Given(reason="drips again"))
    ticket, (task,) = going.work.ticket, going.work.tasks
    assert (ticket.stage, ticket.reopened, ticket.handler_id) == (Stage.DISPATCHED, 1, PLUMBER)
    assert (task.stage, task.handler_id, task.dispatched_at) == (TaskStage.DISPATCHED, PLUMBER, going.now)
    assert (task.accepted_at, task.started_at, task.done_at, task.progress_due_at) == (None, None, None, None)
    assert task.accept_due_at == going.now + timedelta(hours=24) == ticket.next_due_at
    assert ticket.next_clock == "accept"
    assert ticket.close_due_at is None
    assert ticket.promise_due_at == CLOCKS.due(ClockName.PROMISE, ticket, going.now)
    going.now += timedelta(hours=2)
    going.make(MoveKind.ACCEPT, Given())
    assert going.work.ticket.accepted_at == response  # of the first time: the figures measure from registration
    going.make(MoveKind.FINISH, Given(text="new washer"))
    assert stage(going) is Stage.DONE


def test_what_comes_back_of_a_reopened_ticket_goes_to_somebody_else() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.ADD_TASK, Given(title="Paint the ceiling"))
    going.make(MoveKind.ACCEPT, Given())
    going.make(MoveKind.FINISH, Given(text="tightened"))
    going.make(MoveKind.DISPATCH, Given(handler_id=PAINTER))
    going.make(MoveKind.ACCEPT, Given())
    going.now += timedelta(hours=1)
    going.make(MoveKind.FINISH, Given(text="painted"))
    going.make(MoveKind.REOPEN, Given(reason="a stain again"))
    assert [task.stage for task in going.work.tasks] == [TaskStage.DONE, TaskStage.DISPATCHED]
    assert going.work.ticket.handler_id == PAINTER
    going.make(MoveKind.RETURN, Given(reason="it leaks again"))
    assert stage(going) is Stage.RETURNED
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    assert (stage(going), going.work.tasks[1].handler_id) == (Stage.DISPATCHED, PLUMBER)


def test_a_closed_ticket_taken_up_again_is_dispatched_anew() -> None:
    going = walk()
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.ACCEPT)
    going.make(MoveKind.FINISH, Given(text="tightened"))
    going.make(MoveKind.FOLLOW_UP, Given(solved=True))
    going.make(MoveKind.CLOSE)
    going.now += timedelta(days=1)
    going.make(MoveKind.REOPEN, Given(reason="drips again"))
    assert stage(going) is Stage.REGISTERED
    assert going.work.ticket.closed_at is None
    going.make(MoveKind.DISPATCH, Given(handler_id=PAINTER))
    assert stage(going) is Stage.DISPATCHED
    assert len(going.work.tasks) == 2


def test_a_higher_grade_makes_limits_earlier_and_never_later() -> None:
    quick = ClockException(ClockName.ACCEPT, Span(timedelta(hours=2)), priorities=frozenset({Priority.URGENT}))
    going = Walk(Random(1), START, replace(CLOCKS, policy=ClockPolicy(exceptions=(quick,))))
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    going.make(MoveKind.GRADE, Given(priority=Priority.URGENT, reason="pouring"))
    due = START + timedelta(hours=2)
    assert going.work.ticket.accept_due_at == due == going.work.tasks[0].accept_due_at
    going.make(MoveKind.GRADE, Given(priority=Priority.NORMAL, reason="only drips"))
    assert going.work.ticket.accept_due_at == due


def test_a_corrected_category_makes_limits_earlier_and_never_later() -> None:
    quick = ClockException(ClockName.ACCEPT, Span(timedelta(hours=2)), kinds=frozenset({Kind.COMPLAINT}))
    slow = ClockException(ClockName.PROMISE, Span(timedelta(days=90)), kinds=frozenset({Kind.COMPLAINT}))
    going = Walk(Random(1), START, replace(CLOCKS, policy=ClockPolicy(exceptions=(quick, slow))))
    going.make(MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    promised = going.work.ticket.promise_due_at
    was = form_of(going.work.ticket, Place())
    now = replace(was, kind=Kind.COMPLAINT, category="complaint.service.slow")
    going.make(MoveKind.CORRECT, Given(correction=Correction(was, now), reason="not a repair"))
    ticket = going.work.ticket
    assert (ticket.kind, ticket.category, ticket.stage) == (Kind.COMPLAINT, "complaint.service.slow", Stage.DISPATCHED)
    assert ticket.accept_due_at == START + timedelta(hours=2) == going.work.tasks[0].accept_due_at
    assert ticket.promise_due_at == promised
    going.make(MoveKind.CORRECT, Given(correction=Correction(now, was), reason="it was one"))
    assert going.work.ticket.accept_due_at == START + timedelta(hours=2)


@settings(max_examples=40)
@given(st.integers(min_value=0))
def test_no_correction_along_any_walk_lengthens_a_limit(seed: int) -> None:
    going = walk(seed)
    for _step in range(25):
        before = running(going.work.ticket)
        kind = going.go_on()
        if kind is MoveKind.CORRECT:
            after = running(going.work.ticket)
            assert {clock: due for clock, due in after.items() if due > before[clock]} == {}, going.moves

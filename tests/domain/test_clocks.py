"""The clocks of a ticket: lengths and their exceptions, which comes first, and how a limit stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.clocks import (
    DUE_FIELDS,
    RUNS,
    ClockException,
    ClockName,
    ClockPolicy,
    Clocks,
    Standing,
    next_of,
    running,
    with_next,
)
from desk.domain.moves import RULES
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.working_time import Span, Unit
from tests.domain.walks import ticket

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, 10:00 in China
CLOCKS = Clocks()
H = timedelta(hours=1)


def filed() -> Ticket:
    return ticket(START, CLOCKS)


def test_every_stage_and_every_clock_is_in_the_tables() -> None:
    assert set(RUNS) == set(Stage)
    assert set(DUE_FIELDS) == set(ClockName)
    some = {clock for runs in RUNS.values() for clock in runs.always | runs.may}
    assert some == set(ClockName)


def test_what_a_move_starts_the_stage_that_it_leads_to_has() -> None:
    for rule in RULES:
        if isinstance(rule.after, Stage):
            runs = RUNS[rule.after]
            assert rule.starts <= runs.always | runs.may, rule
            assert rule.stops.isdisjoint(rule.starts), rule


def test_the_first_exception_that_fits_counts() -> None:
    urgent = ClockException(ClockName.ACCEPT, Span(H), priorities=frozenset({Priority.URGENT}))
    water = ClockException(ClockName.ACCEPT, Span(2 * H), categories=("repair.water",))
    policy = ClockPolicy(exceptions=(urgent, water))
    normal = filed()
    assert policy.span(ClockName.ACCEPT, normal).length == 2 * H
    assert policy.span(ClockName.ACCEPT, replace(normal, priority=Priority.URGENT)).length == H
    assert policy.span(ClockName.ACCEPT, replace(normal, category="repair.waterfall.x")).length == 24 * H
    assert policy.span(ClockName.PLAN, normal) == Span(timedelta(days=3), Unit.WORKING_DAYS)
    assert not ClockException(ClockName.PLAN, Span(H), kinds=frozenset({Kind.COMPLAINT})).fits(normal)


def test_the_clock_that_runs_out_first_is_the_next_and_of_equal_ones_the_one_named_first() -> None:
    due = START + 5 * H
    both = replace(filed(), accept_due_at=due, plan_due_at=due)
    assert next_of(both) == (ClockName.ACCEPT, due)
    assert with_next(replace(both, accept_due_at=due + H)).next_clock == "plan"
    assert next_of(replace(both, stage=Stage.CLOSED)) == (None, None)


def test_while_suspended_only_the_day_to_take_it_up_again_runs() -> None:
    held = replace(filed(), stage=Stage.SUSPENDED, suspended_until=START + 9 * H)
    assert running(held) == {ClockName.RESUME: START + 9 * H}


def test_a_priority_that_is_raised_while_it_is_suspended_shortens_the_clocks_that_it_holds() -> None:
    urgent = ClockException(ClockName.PROMISE, Span(24 * H), priorities=frozenset({Priority.URGENT}))
    clocks = Clocks(ClockPolicy(exceptions=(urgent,)))
    before = replace(filed(), stage=Stage.SUSPENDED, suspended_until=START + 9 * H, plan_due_at=None)
    raised = clocks.shortened(replace(before, priority=Priority.URGENT), before)
    assert raised.promise_due_at == START + 24 * H
    assert (raised.accept_due_at, raised.plan_due_at) == (before.accept_due_at, None)
    assert clocks.shortened(before, replace(before, priority=Priority.URGENT)).promise_due_at == before.promise_due_at


@pytest.mark.parametrize(
    ("hours", "standing"),
    [(-48, Standing.FINE), (-25, Standing.FINE), (-24, Standing.SOON), (-1, Standing.SOON), (0, Standing.OVERDUE)],
)
def test_a_limit_is_soon_a_day_before_and_overdue_when_it_is_reached(hours: int, standing: Standing) -> None:
    assert CLOCKS.standing(START, START + hours * H) is standing
    assert CLOCKS.standing(None, START) is Standing.NONE


def test_a_task_ends_before_the_promise_and_never_in_the_past() -> None:
    promised = replace(filed(), promise_due_at=CLOCKS.time.add(START, Span(timedelta(days=10), Unit.WORKING_DAYS)))
    assert CLOCKS.task_limit(promised, START) == CLOCKS.time.add(START, Span(timedelta(days=8), Unit.WORKING_DAYS))
    tomorrow = replace(promised, promise_due_at=START + 24 * H)
    assert CLOCKS.task_limit(tomorrow, START) == START + 12 * H
    over = replace(promised, promise_due_at=START - 24 * H)
    assert CLOCKS.task_limit(over, START) == START


def test_a_ticket_that_was_never_under_clocks_gets_those_of_its_stage() -> None:
    for stage in Stage:
        bare = replace(ticket(START, CLOCKS), stage=stage, **dict.fromkeys(DUE_FIELDS.values()))  # type: ignore[arg-type]
        fit = CLOCKS.fitted(bare, START)
        assert set(running(fit)) == RUNS[stage].always
        assert CLOCKS.fitted(fit, START + H) == fit

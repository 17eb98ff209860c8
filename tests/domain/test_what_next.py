"""The one queue: what costs most to miss comes first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.attempts import Purpose
from desk.domain.clocks import RUNS, ClockName
from desk.domain.tickets import OPEN_STAGES, Priority, Stage
from desk.domain.what_next import (
    CALLS,
    ERRAND_BY_CLOCK,
    ORDER,
    OTHERWISE,
    Errand,
    When,
    errand_of_ticket,
    place,
    purpose,
    when,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
AT_HAND, SOON = NOW + timedelta(minutes=15), NOW + timedelta(days=1)


def test_every_clock_of_a_ticket_asks_for_something() -> None:
    names = [clock.value for clock in ClockName]
    assert sorted(ERRAND_BY_CLOCK) == sorted(names)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage in OPEN_STAGES])
def test_an_open_ticket_asks_for_something_whatever_clock_runs(stage: Stage) -> None:
    runs = RUNS[stage]
    for clock in (*runs.always, *runs.may):
        assert errand_of_ticket(stage, clock.value) in CALLS


def test_a_stage_says_more_than_its_clock() -> None:
    assert errand_of_ticket(Stage.REGISTERED, "plan") is Errand.DISPATCH
    assert errand_of_ticket(Stage.DONE, "follow_up") is Errand.FOLLOW_UP
    assert errand_of_ticket(Stage.ACCEPTED, "plan") is Errand.TELL_PLAN
    assert errand_of_ticket(Stage.ACCEPTED, "unheard of") is OTHERWISE


def test_every_errand_has_a_line_and_somebody_to_call() -> None:
    named = {errand for line in ORDER for errand in line.errands}
    assert named == set(Errand) == set(CALLS)


def test_what_is_late_never_waits() -> None:
    for errand in Errand:
        for priority in (*list(Priority), None):
            assert place(errand, When.LATE, priority) is not None, errand


@given(st.sampled_from(Errand), st.sampled_from([*list(Priority), None]))
def test_waiting_longer_never_puts_a_thing_further_back(errand: Errand, priority: Priority | None) -> None:
    last = len(ORDER)
    for at in (When.LATER, When.SOON, When.NOW, When.LATE):
        found = place(errand, at, priority)
        rank = len(ORDER) if found is None else found
        assert rank <= last
        last = rank


@given(st.sampled_from(Errand), st.sampled_from(When))
def test_an_urgent_thing_never_stands_behind_another_of_its_kind(errand: Errand, at: When) -> None:
    def rank(priority: Priority) -> int:
        found = place(errand, at, priority)
        return len(ORDER) if found is None else found

    assert rank(Priority.URGENT) <= rank(Priority.HIGH) <= rank(Priority.NORMAL) == rank(Priority.LOW)


def test_a_broken_promise_is_first_of_all() -> None:
    assert place(Errand.CALL_BACK, When.LATE, None) == 0


def test_a_call_promised_for_later_can_wait() -> None:
    assert place(Errand.CALL_BACK, When.SOON, None) is None


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-1, When.LATE), (0, When.LATE), (1, When.NOW), (15, When.NOW), (16, When.SOON), (1440, When.SOON)],
)
def test_a_limit_stands_to_now(minutes: int, expected: When) -> None:
    assert when(NOW + timedelta(minutes=minutes), NOW, AT_HAND, SOON) is expected


def test_beyond_the_reminder_and_without_a_limit_it_is_later() -> None:
    assert when(SOON + timedelta(seconds=1), NOW, AT_HAND, SOON) is When.LATER
    assert when(None, NOW, AT_HAND, SOON) is When.LATER


def test_a_reminder_becomes_a_chase_once_it_is_late() -> None:
    assert purpose(Errand.GET_FINISHED, When.SOON) is Purpose.REMIND
    assert purpose(Errand.GET_FINISHED, When.LATE) is Purpose.CHASE
    assert purpose(Errand.GET_REPORT, When.LATE) is Purpose.PROGRESS

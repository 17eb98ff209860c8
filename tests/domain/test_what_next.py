"""The one queue: what costs most to miss comes first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.attempts import Purpose
from desk.domain.tasks import OPEN_TASKS
from desk.domain.tickets import OPEN_STAGES, Priority
from desk.domain.what_next import (
    CALLS,
    ERRAND_BY_STAGE,
    ERRAND_BY_TASK,
    ORDER,
    RESTED_BY,
    Errand,
    When,
    place,
    purpose,
    when,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
AT_HAND, SOON = NOW + timedelta(minutes=15), NOW + timedelta(days=1)


def test_every_open_stage_and_every_open_task_asks_for_something() -> None:
    assert set(ERRAND_BY_STAGE) == OPEN_STAGES
    assert set(ERRAND_BY_TASK) == OPEN_TASKS


def test_what_is_to_be_done_is_rested_by_calls_about_it() -> None:
    for errand, by in RESTED_BY.items():
        assert purpose(errand, When.SOON) in by
        assert purpose(errand, When.LATE) in by
    assert Purpose.DISPATCH in RESTED_BY[Errand.GET_ACCEPTED]
    assert RESTED_BY[Errand.TELL_PLAN].isdisjoint(RESTED_BY[Errand.GET_FINISHED] | RESTED_BY[Errand.GET_ACCEPTED])


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

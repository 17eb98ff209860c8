"""What counts as chased: a call about this clock, and again every day."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.demo.day.findings import is_chased, judge_refused
from desk.demo.day.taking_calls import Counts
from desk.demo.report import Report
from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.clocks import ClockName
from desk.domain.identity import TaskId

DUE = datetime(2026, 11, 9, 2, tzinfo=UTC)


def calls(purpose: Purpose, *hours: float) -> list[Attempt]:
    at = (DUE + timedelta(hours=one) for one in hours)
    return [Attempt(f"a{number}", purpose, when, "1001", Outcome.REACHED) for number, when in enumerate(at)]


@pytest.mark.parametrize(
    ("clock", "purpose", "hours", "late_h", "holds"),
    [
        (ClockName.TASK, Purpose.CHASE, (1, 25, 49), 60, True),
        (ClockName.TASK, Purpose.REMIND, (-20,), 3, True),
        (ClockName.PROGRESS, Purpose.PROGRESS, (0.5,), 0.5, True),
        (ClockName.PLAN, Purpose.PLAN, (2,), 2, True),
        (ClockName.FOLLOW_UP, Purpose.FOLLOW_UP, (5, 30), 40, True),
        # sending somebody is no chasing, nor is the resident's follow-up
        (ClockName.ACCEPT, Purpose.DISPATCH, (-20, 1), 3, False),
        (ClockName.TASK, Purpose.FOLLOW_UP, (1, 25), 30, False),
        (ClockName.FOLLOW_UP, Purpose.CHASE, (1, 25), 30, False),
        # what the desk has to do is done soon: no call stands for it
        (ClockName.CLOSE, Purpose.FOLLOW_UP, (-20, 1), 20, False),
        (ClockName.CLOSE, Purpose.FOLLOW_UP, (), 3, True),
        (ClockName.RESUME, Purpose.CHASE, (-20, 1), 20, False),
        (ClockName.RESUME, Purpose.CHASE, (), 3, True),
        # a day left out
        (ClockName.TASK, Purpose.CHASE, (1, 49), 60, False),
        (ClockName.TASK, Purpose.CHASE, (1,), 60, False),
        (ClockName.TASK, Purpose.CHASE, (40,), 45, False),
        # long before, or when it was over
        (ClockName.TASK, Purpose.REMIND, (-30,), 3, False),
        (ClockName.TASK, Purpose.CHASE, (4,), 3, False),
    ],
)
def test_a_breach_is_chased_by_calls_about_it(
    clock: ClockName, purpose: Purpose, hours: tuple[float, ...], late_h: float, holds: bool
) -> None:
    assert is_chased(clock, calls(purpose, *hours), DUE, DUE + timedelta(hours=late_h)) is holds


@pytest.mark.parametrize(
    ("refused", "holds"),
    [
        ({}, True),
        ({"dispatch: written_since": 2}, True),
        ({"dispatch: written_since": 3}, False),  # of a hundred calls two
        ({"nobody to send": 1}, False),
        ({"accept: wrong_duty": 1}, False),
    ],
)
def test_a_day_with_much_refused_or_something_strange_does_not_hold(
    tmp_path: Path, refused: dict[str, int], holds: bool
) -> None:
    report = Report(tmp_path / "steps.txt", lambda _line: None)
    judge_refused(Counter(refused), Counts(offered=100), report)
    assert (report.close() == 0) is holds


def test_a_second_task_that_nobody_had_yet_is_sent_and_not_chased() -> None:
    first, second = TaskId("plumber"), TaskId("painter")
    sent = [replace(one, task_id=first) for one in calls(Purpose.DISPATCH, -20)]
    next_one = [replace(one, task_id=second) for one in calls(Purpose.DISPATCH, 2)]
    until = DUE + timedelta(hours=3)
    assert is_chased(ClockName.ACCEPT, [*sent, *next_one], DUE, until)
    assert not is_chased(ClockName.ACCEPT, next_one, DUE, until)  # nobody had been sent at all
    assert not is_chased(ClockName.ACCEPT, sent, DUE, until)

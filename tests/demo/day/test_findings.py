"""What counts as chased: a call about this clock, and again every day."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.demo.day.findings import is_chased
from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.clocks import ClockName

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

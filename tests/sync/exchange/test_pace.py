"""When a seat leaves the centre alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.sync.exchange.pace import FREE_S, MOST_S, SHARE, Pace


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def work(pace: Pace, clock: Clock, seconds: float) -> None:
    clock.at += seconds
    pace.worked(seconds)


def test_a_few_short_rounds_in_a_row_come_at_once() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(5):
        work(pace, clock, 0.05)
        assert pace.rest_s() == 0.0


def test_rounds_without_end_leave_the_centre_alone_for_their_share() -> None:
    clock = Clock()
    pace = Pace(clock)
    worked = 0.0
    began = clock.at
    for _ in range(1000):
        work(pace, clock, 0.1)
        worked += 0.1
        clock.at += pace.rest_s()
    assert worked / (clock.at - began) == pytest.approx(1 / (1 + SHARE), rel=0.05)


def test_time_that_passes_pays_what_is_owed() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(20):
        work(pace, clock, 0.5)
    assert pace.rest_s() == pytest.approx(MOST_S)
    clock.at += MOST_S + FREE_S
    work(pace, clock, 0.1)
    assert pace.rest_s() == 0.0


@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0))))
def test_no_rest_is_longer_than_the_longest(rounds: list[tuple[float, float]]) -> None:
    clock = Clock()
    pace = Pace(clock)
    for took, idle in rounds:
        work(pace, clock, took)
        assert 0.0 <= pace.rest_s() <= MOST_S
        clock.at += idle

"""The seat looked over for the register: once a day by itself, and whenever somebody has done it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from desk import wire
from desk.domain.health import Finding, Level
from desk.domain.seat_register import to_text
from desk.sync.seat_looks import AGAIN_S, EVERY, SETTLED_S, SeatLooks
from tests.making import START

FOUND = Finding("disk", Level.WARNING, "Little space.")


class Seat:
    def __init__(self) -> None:
        self.now, self.now_s, self.looks, self.in_call = START, 0.0, 0, False
        self.filed: list[tuple[datetime, list[Finding]]] = []
        self.looking = SeatLooks(
            self._look,
            lambda found: self.filed.append((self.now, list(found))),
            lambda: self.filed[-1][0] if self.filed else None,
            lambda: self.in_call,
            lambda: self.now,
            lambda: self.now_s,
        )

    def _look(self) -> Sequence[Finding]:
        self.looks += 1
        return [FOUND]

    def passes(self, seconds: float) -> None:
        for _step in range(round(seconds / 60)):
            self.now_s += 60.0
            self.now += timedelta(seconds=60)
            self.looking.work_once()


@pytest.fixture
def seat() -> Seat:
    return Seat()


def test_once_it_has_settled_and_then_once_a_day(seat: Seat) -> None:
    seat.passes(SETTLED_S - 60)
    assert seat.looks == 0
    seat.passes(120)
    assert seat.looks == 1
    seat.passes(EVERY.total_seconds() - 600)
    assert seat.looks == 1
    seat.passes(AGAIN_S + 660)
    assert seat.looks == 2


def test_not_while_somebody_is_talked_to(seat: Seat) -> None:
    seat.in_call = True
    seat.passes(SETTLED_S + 3600)
    assert seat.looks == 0
    seat.in_call = False
    seat.passes(60)
    assert seat.looks == 1


def test_what_an_agent_has_found_is_filed_and_counts(seat: Seat) -> None:
    seat.looking.take(wire.SeatLooked((to_text(FOUND), "nonsense")))
    seat.passes(60)
    assert [found for _at, found in seat.filed] == [[FOUND]]
    seat.passes(SETTLED_S + 3600)
    assert seat.looks == 0


def test_a_clock_that_was_put_back_does_not_end_it(seat: Seat) -> None:
    seat.passes(SETTLED_S + 60)
    seat.now -= timedelta(days=400)
    seat.passes(AGAIN_S + 60)
    assert seat.looks == 2

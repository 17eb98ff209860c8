"""When the line registers, told without a network."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.lines.registration import (
    AGAIN,
    LONGEST_PAUSE_S,
    PATIENCE_S,
    REFRESH_S,
    SOON,
    Registration,
)
from desk.telephony.stack import LineFault


def registration() -> Registration:
    return Registration(retry_s=10, chance=lambda: 0.5)


def test_it_registers_at_once_and_asks_only_once() -> None:
    line = registration()
    assert line.due(0.0)
    line.asked(0.0)
    assert not line.due(60.0)


def test_it_refreshes_long_before_it_expires_so_that_a_forgetful_registrar_is_noticed() -> None:
    line = registration()
    line.asked(0.0)
    line.answered(200, "OK", 0.1)
    assert line.report.ready
    assert not line.due(REFRESH_S - 0.1)
    assert line.due(REFRESH_S + 0.1)


def test_silence_makes_the_line_deaf_within_seconds_and_is_told_once() -> None:
    line = registration()
    line.asked(0.0)
    assert not line.silent(PATIENCE_S - 0.1)
    assert line.silent(PATIENCE_S)
    assert line.report.fault is LineFault.NO_ANSWER
    assert not line.silent(PATIENCE_S + 1)


def test_a_late_answer_heals_the_line() -> None:
    line = registration()
    line.asked(0.0)
    line.silent(PATIENCE_S)
    line.answered(200, "OK", 9.0)
    assert line.report.ready


@pytest.mark.parametrize(("code", "pause_s"), [(408, 0.0), (503, 7.0), (500, 7.0)])
def test_no_answer_is_tried_again_soon(code: int, pause_s: float) -> None:
    line = registration()
    line.asked(0.0)
    line.answered(code, "", 32.0)
    assert line.report.fault is LineFault.NO_ANSWER
    assert line.due(32.0 + pause_s)
    assert pause_s == 0.0 or not line.due(32.0)


@pytest.mark.parametrize("code", [401, 403, 404, 407])
def test_an_exchange_that_has_not_loaded_its_users_yet_is_asked_at_the_usual_pace_at_first(code: int) -> None:
    pauses = pauses_after(code, 20)
    assert pauses[:SOON] == [7.0] * SOON
    assert pauses[SOON : SOON + 3] == [14.0, 28.0, 56.0]
    assert max(pauses) == 0.7 * LONGEST_PAUSE_S


def test_a_hundred_refused_seats_come_back_at_as_many_moments() -> None:
    """After each refusal, the seldom ones as well."""
    seats = [Registration(retry_s=10, chance=random.Random(seat).random) for seat in range(100)]
    for _ in range(SOON + 3):
        for seat in seats:
            seat.asked(0.0)
            seat.answered(401, "Unauthorized", 0.0)
    assert len({seat._due_at for seat in seats}) == 100


def pauses_after(code: int, times: int) -> list[float]:
    line, now_s, pauses = registration(), 0.0, []
    for _ in range(times):
        line.asked(now_s)
        line.answered(code, "Forbidden", now_s)
        asked_at = now_s
        while not line.due(now_s):
            now_s += 1.0
        pauses.append(now_s - asked_at)
    assert line.report.fault is LineFault.REFUSED
    return pauses


def test_a_new_password_is_tried_at_once() -> None:
    line = registration()
    line.asked(0.0)
    line.answered(403, "Forbidden", 0.0)
    line.hurry()
    assert line.due(0.1)


@given(chance=st.floats(0.0, 1.0, exclude_max=True))
def test_seats_come_back_after_five_to_nine_seconds_and_not_all_at_once(chance: float) -> None:
    line = Registration(retry_s=10, chance=lambda: chance)
    line.asked(0.0)
    line.answered(503, "", 0.0)
    assert not line.due(10 * AGAIN[0] - 0.001)
    assert line.due(10 * AGAIN[1])


def test_a_dead_server_is_noticed_within_fifteen_seconds() -> None:
    assert REFRESH_S + PATIENCE_S < 15.0


def test_one_of_the_same_pace_has_not_asked_yet() -> None:
    line = Registration(retry_s=3, refresh_s=1.5, patience_s=1.0)
    line.asked(0.0)
    other = line.anew()
    assert (other.retry_s, other.refresh_s, other.patience_s) == (3, 1.5, 1.0)
    assert line.pending
    assert not other.pending


def test_what_is_known_at_once_is_told_with_its_reason() -> None:
    line = registration()
    line.asked(0.0)
    line.failed(LineFault.UNVERIFIED, 0, "certificate_expired", 0.0)
    assert (line.report.fault, line.report.reason) == (LineFault.UNVERIFIED, "certificate_expired")
    assert not line.due(4.9)

"""What the audio benchmark takes for a standstill of the computer itself."""

import pytest

from tests.bench.audio_standstill import AFTER_S, BEFORE_S, Standstill, near, spans, told_of_s


def test_a_line_that_was_not_finished_does_not_count() -> None:
    assert spans("1.0 1.02\n5.0 5.") == [Standstill(1.0, 1.02)]
    assert spans("") == []


def test_a_fault_is_excused_by_a_standstill_that_is_near_and_by_no_other() -> None:
    found = (Standstill(10.0, 10.02),)
    assert near(found, 10.0 - BEFORE_S)
    assert near(found, 10.02 + AFTER_S)
    assert not near(found, 10.0 - BEFORE_S - 0.01)
    assert not near(found, 10.03 + AFTER_S)


def test_what_is_left_to_judge_by_is_the_rest_of_the_time() -> None:
    apart = [Standstill(20.0, 20.02), Standstill(10.0, 10.1)]
    assert told_of_s(apart, 0.0, 60.0) == pytest.approx(60.0 - 2 * (BEFORE_S + AFTER_S) - 0.12)
    together = [Standstill(10.0, 10.1), Standstill(10.2, 10.3)]
    assert told_of_s(together, 0.0, 60.0) == pytest.approx(60.0 - BEFORE_S - AFTER_S - 0.3)
    assert told_of_s([Standstill(-5.0, -4.0), Standstill(70.0, 71.0)], 0.0, 60.0) == pytest.approx(60.0)
    assert told_of_s([Standstill(-1.0, 61.0)], 0.0, 60.0) == 0.0

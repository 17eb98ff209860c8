"""What the audio benchmark takes for a standstill of the computer itself."""

from tests.bench.audio_standstill import AFTER_S, BEFORE_S, Standstill, Standstills, of_all, spans


def test_only_what_all_cores_slept_through_counts() -> None:
    first = [Standstill(1.0, 1.02), Standstill(5.0, 5.03)]
    second = [Standstill(1.01, 1.04), Standstill(7.0, 7.05)]
    assert of_all([first, second]) == (Standstill(1.01, 1.02),)
    assert of_all([first, second, []]) == ()
    assert of_all([first]) == tuple(first)


def test_what_they_have_in_common_has_to_be_long_enough_itself() -> None:
    assert of_all([[Standstill(1.0, 1.02)], [Standstill(1.016, 1.04)]]) == ()


def test_a_line_that_was_not_finished_does_not_count() -> None:
    assert spans("1.0 1.02\n5.0 5.") == [Standstill(1.0, 1.02)]
    assert spans("") == []


def test_a_fault_is_excused_by_a_standstill_that_is_near_and_by_no_other() -> None:
    seen = Standstills(True, (Standstill(10.0, 10.02),))
    assert seen.near(10.0 - BEFORE_S)
    assert seen.near(10.02 + AFTER_S)
    assert not seen.near(10.0 - BEFORE_S - 0.01)
    assert not seen.near(10.03 + AFTER_S)

"""Two sides into one and back."""

from hypothesis import given
from hypothesis import strategies as st

from desk.recording.spool.interleave import deinterleave, interleave

sides = st.integers(0, 200).flatmap(
    lambda samples: st.tuples(*(st.binary(min_size=2 * samples, max_size=2 * samples) for _ in range(2)))
)


@given(sides)
def test_what_goes_in_comes_back_on_its_own_side(both: tuple[bytes, bytes]) -> None:
    assert deinterleave(interleave(*both)) == both


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_the_shorter_side_is_filled_up_with_silence(left: bytes, right: bytes) -> None:
    samples = max(len(left), len(right)) // 2
    whole_left, whole_right = deinterleave(interleave(left, right))
    assert whole_left == left[: len(left) // 2 * 2].ljust(samples * 2, b"\0")
    assert whole_right == right[: len(right) // 2 * 2].ljust(samples * 2, b"\0")


@given(st.binary(max_size=300))
def test_a_torn_last_frame_is_dropped(both: bytes) -> None:
    assert interleave(*deinterleave(both)) == both[: len(both) // 4 * 4]

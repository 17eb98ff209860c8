"""Moments of the day and places in a recording."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.spans import place_of, span_text

BEGAN = datetime(2026, 11, 22, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_a_moment_is_as_far_into_the_recording_as_it_is_after_its_start() -> None:
    assert place_of([span_text(0, BEGAN)], at(12.5), 60_000) == 12_500


def test_before_the_first_sound_there_is_no_place_and_after_the_last_it_is_the_end() -> None:
    spans = [span_text(0, BEGAN)]
    assert place_of(spans, at(-0.001), 60_000) is None
    assert place_of(spans, at(99), 60_000) == 60_000
    assert place_of([], at(1), 60_000) is None


def test_a_moment_while_audio_stood_still_is_where_it_stopped() -> None:
    spans = [span_text(0, BEGAN), span_text(10_000, at(30))]
    assert place_of(spans, at(20), 60_000) == 10_000
    assert place_of(spans, at(31), 60_000) == 11_000


def test_what_cannot_be_read_is_passed_over() -> None:
    assert place_of(["nonsense", "x 2026", span_text(0, BEGAN), "5 yesterday"], at(1), 60_000) == 1_000


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)), min_size=1, max_size=5),
    st.integers(-10, 500_000),
)
def test_later_moments_are_never_earlier_places(steps: list[tuple[int, int]], moment_ms: int) -> None:
    spans, audio_ms, time_ms = [], 0, 0
    for heard_ms, still_ms in steps:
        spans.append(span_text(audio_ms, BEGAN + timedelta(milliseconds=time_ms)))
        audio_ms, time_ms = audio_ms + heard_ms, time_ms + heard_ms + still_ms
    place = place_of(spans, BEGAN + timedelta(milliseconds=moment_ms), audio_ms)
    later = place_of(spans, BEGAN + timedelta(milliseconds=moment_ms + 1), audio_ms)
    if place is not None:
        assert later is not None
        assert 0 <= place <= later <= audio_ms

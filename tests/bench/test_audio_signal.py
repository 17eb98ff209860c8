"""The benchmark's own measuring: what is lost, repeated or replaced is counted, what merely drifts is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.audio_signal import (
    FRAME,
    RATE_HZ,
    NotFound,
    Samples,
    follow,
    from_pcm16,
    from_pcmu,
    noise,
    resampled,
    to_pcm16,
    to_pcmu,
)

SPOKEN = noise(3.0, seed=7)
GRAIN_FRAMES = 0.3  # a hole is measured to 5 ms, a quarter of a frame
somewhere = st.integers(RATE_HZ, 2 * RATE_HZ)


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts)


def test_sound_that_came_through_a_telephone_line_is_whole() -> None:
    trace = follow(SPOKEN, from_pcmu(to_pcmu(SPOKEN)))
    assert (trace.lost_frames, trace.added_frames, trace.faults) == (0.0, 0.0, ())


@settings(deadline=None, max_examples=8)
@given(delay=st.integers(0, RATE_HZ))
def test_the_lag_is_found_to_a_sample(delay: int) -> None:
    trace = follow(SPOKEN, joined(np.zeros(delay), SPOKEN))
    lags = np.array([piece.lag_s for piece in trace.pieces])
    assert np.abs(lags * RATE_HZ - delay).max() < 1.0
    assert trace.faults == ()


@settings(deadline=None, max_examples=8)
@given(at=somewhere, frames=st.integers(1, 8))
def test_every_lost_frame_is_counted(at: int, frames: int) -> None:
    trace = follow(SPOKEN, joined(SPOKEN[:at], SPOKEN[at + frames * FRAME :]))
    assert trace.lost_frames == pytest.approx(frames, abs=GRAIN_FRAMES)
    assert trace.added_frames == pytest.approx(0, abs=GRAIN_FRAMES)


@settings(deadline=None, max_examples=8)
@given(at=somewhere, frames=st.integers(1, 8))
def test_every_repeated_frame_is_counted(at: int, frames: int) -> None:
    trace = follow(SPOKEN, joined(SPOKEN[:at], SPOKEN[at - frames * FRAME :]))
    assert trace.added_frames == pytest.approx(frames, abs=GRAIN_FRAMES)
    assert trace.lost_frames == pytest.approx(0, abs=GRAIN_FRAMES)


@settings(deadline=None, max_examples=8)
@given(at=somewhere, frames=st.integers(1, 8))
def test_a_frame_that_became_silence_is_lost_although_nothing_moved(at: int, frames: int) -> None:
    trace = follow(SPOKEN, joined(SPOKEN[:at], np.zeros(frames * FRAME), SPOKEN[at + frames * FRAME :]))
    assert trace.lost_frames == pytest.approx(frames, abs=GRAIN_FRAMES)
    assert trace.added_frames == pytest.approx(frames, abs=GRAIN_FRAMES)


@settings(deadline=None, max_examples=8)
@given(at=somewhere)
def test_a_frame_concealed_by_the_one_before_is_lost(at: int) -> None:
    trace = follow(SPOKEN, joined(SPOKEN[:at], SPOKEN[at - FRAME : at], SPOKEN[at + FRAME :]))
    assert trace.lost_frames == pytest.approx(1, abs=GRAIN_FRAMES)


@settings(deadline=None, max_examples=8)
@given(speed=st.floats(0.975, 1.025))
def test_a_clock_that_drifts_or_a_buffer_that_stretches_loses_nothing(speed: float) -> None:
    places = np.arange(0, len(SPOKEN) - 1, speed)
    trace = follow(SPOKEN, np.interp(places, np.arange(len(SPOKEN)), SPOKEN))
    assert trace.faults == ()
    assert trace.stretched == pytest.approx(abs(speed - 1), abs=0.002)


@settings(deadline=None, max_examples=8)
@given(at=somewhere, shift=st.integers(20, 40))  # of a seam under 2.5 ms one in fifty counts as half a frame
def test_a_few_milliseconds_left_out_without_a_gap_are_a_splice(at: int, shift: int) -> None:
    fade = np.linspace(0, 1, 2 * FRAME // 8)
    seam = SPOKEN[at : at + len(fade)] * (1 - fade) + SPOKEN[at + shift : at + shift + len(fade)] * fade
    trace = follow(SPOKEN, joined(SPOKEN[:at], seam, SPOKEN[at + shift + len(fade) :]))
    assert (trace.lost_frames, trace.added_frames) == (0.0, 0.0)
    assert sum(fault.lost_s - fault.added_s for fault in trace.faults) <= shift / RATE_HZ + 0.001


@settings(deadline=None, max_examples=8)
@given(at=somewhere)
def test_five_milliseconds_of_silence_put_in_are_no_splice(at: int) -> None:
    trace = follow(SPOKEN, joined(SPOKEN[:at], np.zeros(FRAME // 4), SPOKEN[at:]))
    assert trace.added_frames >= 0.2


def test_two_separate_faults_stay_two() -> None:
    first, second = RATE_HZ, 2 * RATE_HZ
    trace = follow(SPOKEN, joined(SPOKEN[:first], SPOKEN[first + FRAME : second], np.zeros(FRAME), SPOKEN[second:]))
    assert [(round(fault.lost_s, 3), round(fault.added_s, 3)) for fault in trace.faults] == [(0.02, 0.0), (0.0, 0.02)]


@pytest.mark.parametrize("other", [np.zeros(RATE_HZ), noise(1.0, seed=8)])
def test_another_sound_is_not_taken_for_it(other: Samples) -> None:
    with pytest.raises(NotFound):
        follow(SPOKEN, other)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_another_rate_moves_nothing_in_time(rate_hz: int) -> None:
    back = resampled(resampled(SPOKEN, RATE_HZ, rate_hz), rate_hz, RATE_HZ)
    count = min(len(back), len(SPOKEN))
    assert np.abs(back[:count] - SPOKEN[:count]).max() < 0.01


@given(st.binary(max_size=400).map(lambda pcm: pcm[: len(pcm) // 2 * 2]))
def test_samples_survive_being_written(pcm: bytes) -> None:
    assert (
        np.abs(np.frombuffer(to_pcm16(from_pcm16(pcm)), "<i2").astype(int) - np.frombuffer(pcm, "<i2")).max(initial=0)
        <= 1
    )


def test_every_code_of_the_line_survives_being_decoded() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is the second zero
    assert to_pcmu(from_pcmu(codes)) == codes

"""Audio between two clocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.frame_buffer import JUMP_MS, KEEP_MOST_MS, FrameBuffer
from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ


def tone(count: int, at: int = 0) -> bytes:
    phase = 2 * np.pi * 440 * (np.arange(count) + at) / RATE_HZ
    return (np.sin(phase) * 10000).astype(np.int16).tobytes()


def run(buffer: FrameBuffer, seconds: float, put_samples: float, put_each_us: int = 10_000) -> bytes:
    """Two clocks: `put_samples` every `put_each_us`, 20 ms taken every 20 ms, 3 ms apart, in simulated time."""
    taken, put_at_us, take_at_us, owed, written = [], 0, 3_000, 0.0, 0
    while take_at_us < seconds * 1e6:
        if put_at_us <= take_at_us:
            owed += put_samples
            buffer.put(tone(int(owed), written))
            written += int(owed)
            owed -= int(owed)
            put_at_us += put_each_us
        else:
            taken.append(buffer.take(FRAME_SAMPLES))
            take_at_us += 20_000
    return b"".join(taken)


def test_steady_clocks_lose_nothing_and_wait_little() -> None:
    buffer = FrameBuffer()
    run(buffer, 10.0, 160)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    assert buffer.counts.delay_ms <= 40


def test_what_is_said_comes_out_unchanged_when_the_clocks_agree() -> None:
    heard = run(FrameBuffer(), 4.0, 160)[-RATE_HZ:]
    assert heard in tone(RATE_HZ * 5)


def test_a_clock_that_is_two_permille_fast_is_squeezed_not_cut() -> None:
    buffer = FrameBuffer()
    run(buffer, 120.0, 160.32)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    assert buffer.counts.delay_ms <= 60


def test_a_clock_that_is_two_permille_slow_is_stretched_not_filled() -> None:
    buffer = FrameBuffer()
    run(buffer, 120.0, 159.68)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)


@pytest.mark.parametrize("rate", [159.68, 160.32])
def test_levelling_keeps_the_tone_a_tone(rate: float) -> None:
    heard = np.frombuffer(run(FrameBuffer(), 20.0, rate), np.int16).astype(float)[-10 * RATE_HZ :]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    around = spectrum[4200:4600].sum()
    assert spectrum.sum() - around < 0.01 * around


def test_what_is_too_much_is_left_out_of_the_next_pause() -> None:
    buffer = FrameBuffer()
    run(buffer, 2.0, 160)
    for _ in range(5):
        buffer.put(bytes(640))  # 100 ms pile up in a pause
    run(buffer, 4.0, 160)
    assert buffer.counts.lost == 0
    assert buffer.counts.delay_ms <= 45


def test_a_stall_is_counted_and_then_kept_for() -> None:
    buffer = FrameBuffer()
    buffer.put(tone(960))
    buffer.take(FRAME_SAMPLES)
    for _ in range(5):
        buffer.take(FRAME_SAMPLES)
    assert 2 <= buffer.counts.repeated <= 5
    before = buffer.counts.repeated
    for _ in range(20):  # bursts of 40 ms from now on: after the lesson they fit
        buffer.put(tone(2 * FRAME_SAMPLES))
        buffer.take(FRAME_SAMPLES)
        buffer.take(FRAME_SAMPLES)
    assert buffer.counts.repeated == before


def test_a_flood_after_a_stall_is_cut_to_what_is_kept() -> None:
    buffer = FrameBuffer()
    run(buffer, 1.0, 160)
    buffer.put(tone(RATE_HZ // 4))
    buffer.take(FRAME_SAMPLES)
    assert buffer.counts.lost > 0
    assert buffer.counts.delay_ms <= KEEP_MOST_MS


def test_nobody_at_the_other_end_is_silence_and_no_loss() -> None:
    buffer = FrameBuffer()
    assert buffer.take(FRAME_SAMPLES) == bytes(FRAME_SAMPLES * 2)
    for _ in range(200):
        buffer.put(tone(FRAME_SAMPLES))
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    assert buffer.counts.delay_ms <= 2 * JUMP_MS + 20
    run(buffer, 1.0, 160)
    for _ in range(100):
        buffer.take(FRAME_SAMPLES)
    assert buffer.counts.repeated < 30  # the device vanished: the first half second counts, the rest does not


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 2000)), max_size=200))
def test_every_take_gives_exactly_what_was_asked_for(steps: list[tuple[bool, int]]) -> None:
    buffer = FrameBuffer()
    for puts, count in steps:
        if puts:
            buffer.put(tone(count))
        else:
            assert len(buffer.take(count)) == count * 2
    assert buffer.counts.delay_ms >= 0
    assert buffer.counts.lost >= 0
    assert buffer.counts.repeated >= 0

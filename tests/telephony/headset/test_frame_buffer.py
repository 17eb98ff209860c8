"""Audio between two clocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ
from desk.telephony.headset.frame_buffer import (
    CAUTIOUS,
    JUMP_MS,
    KEEP_MOST_MS,
    PUNCTUAL,
    UNLEARN_S,
    FrameBuffer,
    Margin,
)

PERIOD = 400  # samples: eleven waves of 440 Hz
WAVES = np.tile((np.sin(2 * np.pi * 440 * np.arange(PERIOD) / RATE_HZ) * 10000).astype(np.int16), 250).tobytes()


def tone(count: int, at: int = 0) -> bytes:
    begin = at % PERIOD * 2
    return WAVES[begin : begin + count * 2]


class SimulatedBuffer(FrameBuffer):
    """In simulated time."""

    def __init__(self, margin: Margin = CAUTIOUS) -> None:
        self.now_s = 0.0
        super().__init__(margin, lambda: self.now_s)


def run(
    buffer: SimulatedBuffer, seconds: float, put_samples: float, put_each_us: int = 10_000, take_after_us: int = 3_000
) -> bytes:
    """Two clocks: `put_samples` every `put_each_us`, 20 ms taken every 20 ms, `take_after_us` apart."""
    taken, put_at_us, take_at_us, owed, written = [], 0, take_after_us, 0.0, 0
    begin_s = buffer.now_s
    while min(put_at_us, take_at_us) < seconds * 1e6:
        buffer.now_s = begin_s + min(put_at_us, take_at_us) / 1e6
        if put_at_us <= take_at_us:
            owed += put_samples
            buffer.put(tone(int(owed), written))
            written += int(owed)
            owed -= int(owed)
            put_at_us += put_each_us
        else:
            taken.append(buffer.take(FRAME_SAMPLES))
            take_at_us += 20_000
    buffer.now_s = begin_s + seconds
    return b"".join(taken)


def test_steady_clocks_lose_nothing_and_wait_little() -> None:
    buffer = SimulatedBuffer()
    run(buffer, 10.0, 160)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    assert buffer.counts.delay_ms <= 40


def test_what_is_said_comes_out_unchanged_when_the_clocks_agree() -> None:
    heard = run(SimulatedBuffer(), 4.0, 160)[-RATE_HZ:]
    assert heard in tone(RATE_HZ * 5)


def test_a_clock_that_is_two_permille_fast_is_squeezed_not_cut() -> None:
    buffer = SimulatedBuffer()
    run(buffer, 120.0, 160.32)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    assert buffer.counts.delay_ms <= 60


def test_a_clock_that_is_two_permille_slow_is_stretched_not_filled() -> None:
    buffer = SimulatedBuffer()
    run(buffer, 120.0, 159.68)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)


@pytest.mark.parametrize("rate", [159.68, 160.32])
def test_levelling_keeps_the_tone_a_tone(rate: float) -> None:
    heard = np.frombuffer(run(SimulatedBuffer(), 20.0, rate), np.int16).astype(float)[-10 * RATE_HZ :]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    around = spectrum[4200:4600].sum()
    assert spectrum.sum() - around < 0.01 * around


def test_what_is_too_much_is_left_out_of_the_next_pause() -> None:
    buffer = SimulatedBuffer()
    run(buffer, 2.0, 160)
    for _ in range(5):
        buffer.put(bytes(640))  # 100 ms pile up in a pause
    run(buffer, 4.0, 160)
    assert buffer.counts.lost == 0
    assert buffer.counts.delay_ms <= 45


def test_a_stall_is_counted_and_then_kept_for() -> None:
    buffer = SimulatedBuffer()
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


def hiccup(buffer: SimulatedBuffer, late_ms: int) -> None:
    """The putting side comes too late once; what it had then comes at once."""
    run(buffer, 2.0, 160)
    takes = round(late_ms / 20)
    for _ in range(takes):
        buffer.take(FRAME_SAMPLES)
    buffer.put(tone(takes * FRAME_SAMPLES))


@pytest.mark.parametrize("margin", [CAUTIOUS, PUNCTUAL])
def test_what_a_hiccup_taught_is_unlearnt_when_it_is_not_needed(margin: Margin) -> None:
    buffer = SimulatedBuffer(margin)
    hiccup(buffer, 80)
    assert buffer.keep_ms == margin.keep_ms + 10
    run(buffer, UNLEARN_S * 6, 160)
    assert buffer.keep_ms == margin.keep_ms
    run(buffer, 4.0, 160)
    assert buffer.counts.delay_ms <= margin.keep_ms + margin.slack_ms + 30  # two chunks and a splice


def test_what_is_needed_again_and_again_is_not_unlearnt() -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    for _ in range(15):
        hiccup(buffer, 20)
    learnt, repeated = buffer.keep_ms, buffer.counts.repeated
    assert learnt > PUNCTUAL.keep_ms
    for _ in range(15):
        hiccup(buffer, 20)
    assert (buffer.keep_ms, buffer.counts.repeated) == (learnt, repeated)


def test_a_little_that_was_missing_teaches_little() -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    run(buffer, 2.0, 160)
    buffer.take(int(buffer.counts.delay_ms * RATE_HZ / 1000) + 16)  # a millisecond more than there is
    assert PUNCTUAL.keep_ms < buffer.keep_ms <= PUNCTUAL.keep_ms + 2


def test_what_comes_at_the_last_moment_is_not_relied_on() -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    run(buffer, 4.0, 160, take_after_us=500)
    assert buffer.keep_ms == 10  # a chunk: it may be late
    run(buffer, 4.0, 160, take_after_us=9_999)
    run(buffer, 4.0, 160, take_after_us=0)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)
    run(buffer, UNLEARN_S * 4, 160, take_after_us=5_000)
    assert buffer.keep_ms == PUNCTUAL.keep_ms
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 900), min_size=100, max_size=300), st.integers(0, 9_999))
def test_jitter_of_less_than_the_last_moment_loses_nothing_at_any_phase(late_us: list[int], phase_us: int) -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    run(buffer, 2.0, 160, take_after_us=phase_us)
    begin_s = buffer.now_s
    times = sorted(
        [(index * 10_000 + late, "put") for index, late in enumerate(late_us)]
        + [(index * 20_000 + phase_us, "take") for index in range(len(late_us) // 2)]
    )
    for at_us, what in times:
        buffer.now_s = begin_s + at_us / 1e6
        if what == "put":
            buffer.put(tone(160))
        else:
            buffer.take(FRAME_SAMPLES)
    assert (buffer.counts.lost, buffer.counts.repeated) == (0, 0)


def test_a_call_begins_without_what_was_learnt_before() -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    hiccup(buffer, 60)
    buffer.begin_call()
    buffer.take(FRAME_SAMPLES)
    assert buffer.keep_ms == PUNCTUAL.keep_ms


def test_the_beginning_of_a_call_teaches_nothing() -> None:
    buffer = SimulatedBuffer(PUNCTUAL)
    run(buffer, 2.0, 160)
    buffer.begin_call()
    for _ in range(4):
        buffer.take(FRAME_SAMPLES)
    assert buffer.keep_ms == PUNCTUAL.keep_ms


def test_those_who_are_punctual_wait_less() -> None:
    cautious, punctual = SimulatedBuffer(), SimulatedBuffer(PUNCTUAL)
    for buffer in (cautious, punctual):
        run(buffer, 10.0, 160)
    assert punctual.counts.delay_ms < cautious.counts.delay_ms
    assert (punctual.counts.lost, punctual.counts.repeated) == (0, 0)


def test_a_flood_after_a_stall_is_cut_to_what_is_kept() -> None:
    buffer = SimulatedBuffer()
    run(buffer, 1.0, 160)
    buffer.put(tone(RATE_HZ // 4))
    buffer.take(FRAME_SAMPLES)
    assert buffer.counts.lost > 0
    assert buffer.counts.delay_ms <= KEEP_MOST_MS


def test_nobody_at_the_other_end_is_silence_and_no_loss() -> None:
    buffer = SimulatedBuffer()
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
    buffer = SimulatedBuffer()
    for puts, count in steps:
        if puts:
            buffer.put(tone(count))
        else:
            assert len(buffer.take(count)) == count * 2
    assert buffer.counts.delay_ms >= 0
    assert buffer.counts.lost >= 0
    assert buffer.counts.repeated >= 0


@settings(max_examples=15)
@given(
    st.sampled_from([CAUTIOUS, PUNCTUAL]),
    st.lists(st.tuples(st.sampled_from(["put", "take", "begin", "stall"]), st.integers(1, 2000)), max_size=100),
)
def test_what_is_kept_is_never_less_than_at_first_and_comes_back_to_it(
    margin: Margin, steps: list[tuple[str, int]]
) -> None:
    buffer = SimulatedBuffer(margin)
    for step, count in steps:
        match step:
            case "put":
                buffer.put(tone(count))
            case "take":
                buffer.take(count)
            case "begin":
                buffer.begin_call()
            case _:
                buffer.take(3 * FRAME_SAMPLES)
        assert margin.keep_ms <= buffer.keep_ms <= KEEP_MOST_MS
    run(buffer, 3.0, 160)
    settled = buffer.counts.repeated
    run(buffer, (KEEP_MOST_MS / 2 + 2) * UNLEARN_S, 160)
    assert buffer.counts.repeated == settled  # unlearning costs nothing on steady clocks
    assert buffer.keep_ms == margin.keep_ms

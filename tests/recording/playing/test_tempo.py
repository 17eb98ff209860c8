"""Tempo: at normal speed nothing is changed; faster and slower the pitch stays and time shrinks or grows; no jump
clicks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.recording.playing.decode import RATE_HZ, Samples
from desk.recording.playing.tempo import HOP, Tempo


def tone(hz: float, seconds: float, loud: float = 0.5) -> Samples:
    """The caller has the tone, the agent the same an octave higher."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    both = np.stack([np.sin(2 * np.pi * hz * at), np.sin(4 * np.pi * hz * at)], axis=1)
    return (loud * both).astype(np.float32)


def over(samples: Samples, block: int = 960) -> Tempo:
    """A tempo over these samples, which come in blocks."""
    blocks = iter([samples[start : start + block] for start in range(0, len(samples), block)])
    tempo = Tempo(lambda: next(blocks, None))
    tempo.restart(0)
    return tempo


def heard(tempo: Tempo, speed: float, blocks: int = 100_000) -> Samples:
    out: list[Samples] = []
    while len(out) < blocks and (block := tempo.next(speed)) is not None:
        out.append(block)
    return np.concatenate(out) if out else np.zeros((0, 2), dtype=np.float32)


def loudest_hz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE_HZ / len(samples))


def purity(samples: Samples, hz: float) -> float:
    """Share of the power that lies within 30 Hz of this."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / RATE_HZ) - hz) <= 30
    return float(power[near].sum() / power.sum())


@settings(max_examples=20)
@given(st.integers(1, 3 * RATE_HZ), st.integers(100, 3000), st.integers(0, 2**31))
def test_at_normal_speed_what_comes_out_is_what_went_in(length: int, block: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, (length, 2)).astype(np.float32)
    out = heard(over(samples, block), 1.0)
    assert length <= len(out) <= length + HOP
    assert np.abs(out[HOP:length] - samples[HOP:]).max(initial=0) < 1e-5  # its first 15 ms fade in


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("hz", [95.0, 220.0, 440.0])
def test_a_tone_keeps_its_pitch_and_its_time_shrinks_or_grows(speed: float, hz: float) -> None:
    out = heard(over(tone(hz, 4.0)), speed)
    assert len(out) / RATE_HZ == pytest.approx(4.0 / speed, abs=0.05)
    for channel, wanted in ((0, hz), (1, 2 * hz)):
        middle = out[RATE_HZ // 2 : -RATE_HZ // 4, channel]
        assert loudest_hz(middle) == pytest.approx(wanted, abs=3)
        assert purity(middle, wanted) > 0.97


def test_its_place_in_the_recording_follows_the_speed() -> None:
    tempo = over(tone(220, 6.0))
    heard(tempo, 1.0, 50)
    assert tempo.at == 50 * HOP
    heard(tempo, 2.0, 50)
    assert tempo.at == 150 * HOP
    heard(tempo, 0.5, 100)
    assert abs(tempo.at - 200 * HOP) <= 2


def test_changing_the_speed_does_not_click() -> None:
    tempo = over(tone(200, 12.0))
    out = np.concatenate([heard(tempo, speed, 30) for speed in (1.0, 1.5, 1.0, 3.0, 0.5, 1.0, 2.0, 0.75, 1.25)])
    steps = np.abs(np.diff(out[HOP:, 1]))
    assert steps.max() < 1.35 * 0.5 * 2 * np.pi * 400 / RATE_HZ  # hardly steeper than the tone itself


def test_a_jump_fades_over_instead_of_clicking() -> None:
    tempo = over(tone(200, 12.0))
    heard(tempo, 1.0, 10)
    tempo.ahead(0, 4 * RATE_HZ)
    assert tempo.has(3 * RATE_HZ + 37)
    tempo.jump(3 * RATE_HZ + 37)
    assert tempo.at == 3 * RATE_HZ + 37
    out = heard(tempo, 1.0, 10)
    assert np.abs(np.diff(out[:, 1])).max() < 1.6 * 0.5 * 2 * np.pi * 400 / RATE_HZ


def test_both_channels_move_together() -> None:
    """A click on both at the same moment is still at the same moment."""
    noise = np.random.default_rng(1).normal(0, 0.02, (4 * RATE_HZ, 2)).astype(np.float32)
    noise[RATE_HZ * 2 : RATE_HZ * 2 + 40] = 0.9
    out = heard(over(noise), 1.7)
    assert abs(int(np.argmax(out[:, 0])) - int(np.argmax(out[:, 1]))) <= 40


def test_silence_and_a_recording_shorter_than_a_window_are_played() -> None:
    assert not heard(over(np.zeros((RATE_HZ, 2), dtype=np.float32)), 1.7).any()
    assert len(heard(over(tone(300, 0.003)), 2.0)) == HOP
    assert len(heard(over(tone(300, 0.0)), 2.0)) == 0

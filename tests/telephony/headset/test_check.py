"""The arithmetic of the check before the shift, on sounds of which everything is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.events import Verdict
from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ
from desk.telephony.headset.check import (
    SILENCE_S,
    SPEAK_S,
    TABLE,
    Echo,
    Measured,
    echo,
    measure,
    noise_level,
    sweep,
    tone,
    verdict,
    voice_level,
)
from tests.telephony.sounds import Samples, speechlike

GOOD = Measured(-20.0, -60.0, 0.0, Echo(45.0, 60.0))


def played() -> Samples:
    return np.frombuffer(tone(), np.int16).astype(np.float64)


def noise(dbfs: float, seconds: float, seed: int = 3) -> Samples:
    made: Samples = np.random.default_rng(seed).normal(size=int(seconds * RATE_HZ)) * 32768 * 10 ** (dbfs / 20)
    return made


def room(delay_ms: float, quieter_db: float, noise_dbfs: float = -80.0) -> Samples:
    """What a microphone hears of the tone that comes back by one way."""
    sound = played()
    delayed = np.concatenate((np.zeros(int(delay_ms * RATE_HZ / 1000)), sound))[: sound.size]
    heard: Samples = delayed * 10 ** (-quieter_db / 20) + noise(noise_dbfs, 4.0)[: sound.size]
    return heard


def pcm(sound: Samples) -> bytes:
    return bytes(np.clip(np.rint(sound), -32768, 32767).astype(np.int16).tobytes())


@given(st.integers(0, 600), st.floats(0, 40))
def test_the_tone_is_found_with_its_way_and_its_loss(delay_ms: int, quieter_db: float) -> None:
    found = echo(room(delay_ms, quieter_db))
    assert found is not None
    assert found.round_trip_ms == pytest.approx(delay_ms, abs=0.5)
    assert found.below_db == pytest.approx(quieter_db, abs=0.7)


def test_frames_that_were_dropped_in_two_sweeps_do_not_change_the_loss() -> None:
    heard = room(120, 12)
    for start_s in (0.3, 2.1):
        at = int((start_s + 0.2) * RATE_HZ)
        heard[at : at + 2 * FRAME_SAMPLES] = 0.0
    found = echo(heard)
    assert found is not None
    assert found.below_db == pytest.approx(12.0, abs=0.7)


def test_it_is_found_in_noise_that_is_louder_than_itself() -> None:
    found = echo(room(120, 24, noise_dbfs=-36.0))
    assert found is not None
    assert found.round_trip_ms == pytest.approx(120, abs=1.0)
    assert found.below_db == pytest.approx(24, abs=2.0)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_no_echo_is_not_taken_for_one(seed: int) -> None:
    assert echo(noise(-30.0, 3.0, seed)) is None
    assert echo(speechlike(seed, 3.0)) is None
    assert echo(np.zeros(3 * RATE_HZ)) is None


def test_one_sweep_of_three_is_no_proof() -> None:
    heard = np.zeros(played().size)
    one = sweep() * 8000
    heard[RATE_HZ : RATE_HZ + one.size] = one
    assert echo(heard) is None


def test_a_recording_that_ends_too_early_is_no_fault() -> None:
    assert echo(np.zeros(0)) is None
    assert echo(room(10, 6)[: RATE_HZ // 2]) is None
    assert verdict(measure(b"", b"", b"")) is Verdict.SILENT_MICROPHONE


def test_the_voice_is_measured_while_there_is_one() -> None:
    said = speechlike(4, 4.0)
    said[RATE_HZ:] = 0  # three seconds of thinking
    level = 10 * np.log10(np.mean(said[:RATE_HZ] ** 2) / 32768.0**2)
    assert voice_level(said) == pytest.approx(level, abs=1.5)


def test_a_chair_that_creaks_is_no_noise() -> None:
    quiet = noise(-60.0, 2.0)
    quiet[8000:11_200] += noise(-20.0, 0.2)
    assert noise_level(quiet) == pytest.approx(-60.0, abs=1.0)


@pytest.mark.parametrize(
    ("voice", "hum", "leak_db", "delay_ms", "expected"),
    [
        (-20.0, -62.0, 60.0, 40, Verdict.GOOD),
        (-28.0, -55.0, 60.0, 40, Verdict.GOOD),
        (-90.0, -95.0, 90.0, 40, Verdict.SILENT_MICROPHONE),
        (-45.0, -70.0, 60.0, 40, Verdict.TOO_QUIET),
        (-4.0, -62.0, 60.0, 40, Verdict.TOO_LOUD),
        (-20.0, -38.0, 60.0, 40, Verdict.NOISY),
        (-34.0, -46.0, 60.0, 40, Verdict.NOISY),
        (-20.0, -62.0, 12.0, 40, Verdict.ECHO),
        (-20.0, -70.0, 34.0, 320, Verdict.SLOW),
    ],
)
def test_a_seat_is_judged_as_an_ear_would(
    voice: float, hum: float, leak_db: float, delay_ms: int, expected: Verdict
) -> None:
    said = speechlike(6, SPEAK_S)
    said *= 10 ** ((voice - voice_level(said)) / 20)
    heard = said + noise(hum, SPEAK_S, 8)
    found = measure(pcm(room(delay_ms, leak_db, hum)), pcm(heard), pcm(noise(hum, SILENCE_S, 9)))
    assert verdict(found) is expected, found


def test_every_verdict_but_a_missing_microphone_has_a_row() -> None:
    assert {word for word, _ in TABLE} | {Verdict.GOOD, Verdict.NO_MICROPHONE} == set(Verdict)
    assert verdict(GOOD) is Verdict.GOOD

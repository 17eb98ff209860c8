"""Volumes and the gain that follows the voice: how far they go, and what they leave alone."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.demo.voices import AGENT_SAYS, CALLER_SAYS, read_wav, speak
from desk.domain.commands import SetComfort
from desk.telephony.frames import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SILENCE
from desk.telephony.headset.check import voice_level
from desk.telephony.headset.comfort import (
    EARPIECE_DB,
    GAIN_DB,
    MICROPHONE_DB,
    NOISE_MOST_DBFS,
    TARGET_DBFS,
    SoundPath,
    bounded,
    factor,
    level_dbfs,
)
from tests.telephony.sounds import Samples, speechlike

FOLLOWING = SetComfort(automatic_gain=True)


def frames(sound: Samples) -> list[bytes]:
    pcm = np.clip(np.rint(sound), -32768, 32767).astype(np.int16).tobytes()
    return [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)]


def samples(parts: Iterable[bytes]) -> Samples:
    return np.frombuffer(b"".join(parts), np.int16).astype(np.float64)


def through(sound: Samples, comfort: SetComfort) -> Samples:
    path = SoundPath()
    path.set(comfort)
    return samples(path.mouth(frame) for frame in frames(sound))


def voice(dbfs: float, seconds: float, seed: int = 5, pauses: bool = True) -> Samples:
    """Syllables and, every other second, half a second of nothing; at this level while it speaks."""
    sound = speechlike(seed, seconds)
    if pauses:
        sound[(np.arange(sound.size) % (2 * RATE_HZ)) > 1.5 * RATE_HZ] = 0
    return sound * factor(dbfs - voice_level(sound))


def noise(dbfs: float, seconds: float) -> Samples:
    made: Samples = np.random.default_rng(7).normal(size=int(seconds * RATE_HZ)) * 32768 * factor(dbfs)
    return made


@pytest.mark.parametrize("dbfs", [-40.0, -34.0, -28.0, -20.0, -15.0, -10.0])
@pytest.mark.parametrize("pauses", [True, False])
@pytest.mark.parametrize("seed", [5, 6])
def test_a_voice_of_any_loudness_ends_near_the_target(dbfs: float, pauses: bool, seed: int) -> None:
    heard = through(voice(dbfs, 14.0, seed, pauses) + noise(-66.0, 14.0), FOLLOWING)
    assert voice_level(heard[-5 * RATE_HZ :]) == pytest.approx(TARGET_DBFS, abs=3.0)


@pytest.mark.parametrize("dbfs", [-40.0, -25.0, -10.0])
def test_a_sentence_spoken_ends_near_the_target(dbfs: float, tmp_path: Path) -> None:
    sound, _ = read_wav(speak(AGENT_SAYS + CALLER_SAYS, tmp_path / "said.wav"))
    said = sound * 32768
    said *= factor(dbfs - voice_level(said))
    heard = through(said + noise(-62.0, 60.0)[: said.size], FOLLOWING)
    assert voice_level(heard[heard.size // 2 :]) == pytest.approx(TARGET_DBFS, abs=3.0)


@pytest.mark.parametrize("dbfs", [-70.0, -60.0, -50.0, -40.0, -30.0])
def test_noise_alone_is_not_pumped_up(dbfs: float) -> None:
    sound = np.concatenate((np.zeros(RATE_HZ), noise(dbfs, 10.0)))  # it begins out of nothing, like a fan
    heard = through(sound, FOLLOWING)
    assert level_of(heard[-5 * RATE_HZ :]) == pytest.approx(dbfs, abs=1.0)


def level_of(sound: Samples) -> float:
    return 10 * math.log10(float(np.mean(sound**2)) / 32768.0**2)


def test_the_noise_behind_a_quiet_voice_is_lifted_only_so_far() -> None:
    speaks = voice(-36.0, 12.0)
    sound = np.concatenate((speaks, np.zeros(4 * RATE_HZ))) + noise(-54.0, 16.0)
    heard = through(sound, FOLLOWING)
    assert level_of(heard[-RATE_HZ:]) <= NOISE_MOST_DBFS + 1.0
    assert voice_level(heard[8 * RATE_HZ : 12 * RATE_HZ]) > -36.0 + 8.0


def test_in_a_pause_the_gain_stays_where_it_is() -> None:
    quiet_hum = noise(-64.0, 20.0)
    sound = quiet_hum.copy()
    sound[: 8 * RATE_HZ] += voice(-30.0, 8.0)
    heard = through(sound, FOLLOWING)
    lifted = level_of(heard[-RATE_HZ:]) - level_of(quiet_hum[-RATE_HZ:])
    assert lifted == pytest.approx(level_of(heard[10 * RATE_HZ :][:RATE_HZ]) + 64.0, abs=1.0)


@given(
    st.lists(st.sampled_from([0, 1, -1, 40, 2000, 12_000, 32_767, -32_768]), min_size=3, max_size=12),
    st.floats(-40, 40),
    st.booleans(),
)
def test_whatever_comes_nothing_turns_over(peaks: list[int], microphone_db: float, following: bool) -> None:
    """Each frame a tone of another loudness: what comes out has its shape, and its sign everywhere."""
    tone = np.sin(np.arange(FRAME_SAMPLES) * 0.3)
    path = SoundPath()
    path.set(bounded(SetComfort(microphone_db=microphone_db, automatic_gain=following)))
    for peak in peaks:
        told = (tone * peak).astype(np.int16)
        heard = np.frombuffer(path.mouth(told.tobytes()), np.int16)
        assert heard.size == FRAME_SAMPLES
        assert (np.sign(heard) * np.sign(told) >= 0).all()
        assert np.abs(heard.astype(int)).max() <= max(29_300, abs(peak))


def test_a_loud_moment_after_a_quiet_voice_does_not_clip() -> None:
    sound = np.concatenate((voice(-40.0, 10.0), voice(-6.0, 1.0)))
    heard = through(sound, FOLLOWING)
    assert np.abs(heard).max() <= max(29_300, float(np.abs(sound).max()))


@pytest.mark.parametrize("db", [-30.0, -6.0, 6.0])
def test_a_volume_is_what_it_says(db: float) -> None:
    path = SoundPath()
    path.set(SetComfort(earpiece_db=db))
    sound = frames(voice(-30.0, 3.0))
    heard = samples([path.ear(frame) for frame in sound])
    assert level_of(heard[RATE_HZ:]) == pytest.approx(level_of(samples(sound)[RATE_HZ:]) + db, abs=0.2)


def test_without_a_wish_every_sample_stays_as_it_is() -> None:
    path = SoundPath()
    sound = frames(voice(-12.0, 1.0))
    assert [path.mouth(frame) for frame in sound] == sound
    assert [path.ear(frame) for frame in sound] == sound


def test_the_way_back_to_no_volume_ends_at_the_samples_themselves() -> None:
    path = SoundPath()
    sound = frames(voice(-30.0, 3.0))
    path.set(SetComfort(earpiece_db=-30.0))
    for frame in sound[:10]:
        path.ear(frame)
    path.set(SetComfort())
    for frame in sound[:140]:
        path.ear(frame)
    assert path.ear(sound[140]) == sound[140]


@given(st.floats(), st.floats(), st.floats())
def test_what_is_asked_beyond_the_bounds_is_brought_to_them(earpiece: float, ring: float, microphone: float) -> None:
    comfort = bounded(SetComfort(earpiece, ring, microphone))
    assert EARPIECE_DB[0] <= comfort.earpiece_db <= EARPIECE_DB[1]
    assert MICROPHONE_DB[0] <= comfort.microphone_db <= MICROPHONE_DB[1]
    assert math.isfinite(comfort.ring_db)


def test_the_gain_has_bounds() -> None:
    heard = through(voice(-55.0, 14.0), FOLLOWING)
    assert voice_level(heard[-4 * RATE_HZ :]) <= -55.0 + GAIN_DB[1] + 1.0


def test_silence_has_a_level_too() -> None:
    assert level_dbfs(SILENCE) == -100.0
    assert level_dbfs(b"") == -100.0

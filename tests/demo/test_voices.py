"""The demo's ears: a voice is recognised where it is, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest

from desk.demo.voices import AGENT_SAYS, CALLER_SAYS, RATE_HZ, Sound, likeness, read_wav, speak


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sound, Sound]:
    folder: Path = tmp_path_factory.mktemp("voices")
    caller, _ = read_wav(speak(CALLER_SAYS, folder / "caller.wav"))
    agent, _ = read_wav(speak(AGENT_SAYS, folder / "agent.wav", pitch=30))
    return caller, agent


def test_a_voice_is_found_in_noise_at_its_place(voices: tuple[Sound, Sound]) -> None:
    caller, _ = voices
    noise = np.random.default_rng(1).normal(0, 0.01, len(caller) + 2 * RATE_HZ)
    heard = noise
    heard[RATE_HZ : RATE_HZ + len(caller)] += caller
    share, at_s = likeness(heard, caller)
    assert share > 0.9
    assert at_s >= 1.0


def test_another_voice_is_not_taken_for_it(voices: tuple[Sound, Sound]) -> None:
    caller, agent = voices
    assert likeness(agent, caller)[0] < 0.5
    assert likeness(caller, agent)[0] < 0.5


def test_silence_is_no_voice(voices: tuple[Sound, Sound]) -> None:
    assert likeness(np.zeros(5 * RATE_HZ), voices[0])[0] == 0.0

"""Finding speech: voices, tones, hum and clicks, at the rates of telephony."""

import subprocess
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from desk.domain.heard import Stretch, total
from desk.recording.sealing.speech import HANGOVER_MS, SpeechFinder

Sound = npt.NDArray[np.int16]
RATE = 16_000
SLACK_MS = 150  # a voice fades in and out


def found_in(sound: Sound, rate_hz: int = RATE, portion: int = 7_777) -> list[Stretch]:
    finder = SpeechFinder(rate_hz)
    for at in range(0, len(sound), portion):
        finder.add(sound[at : at + portion])
    return finder.stretches()


def silence(seconds: float, rate_hz: int = RATE, noise: float = 6.0, seed: int = 1) -> Sound:
    """As a line is silent: a little noise."""
    rough = np.random.default_rng(seed).standard_normal(int(seconds * rate_hz)) * noise
    return rough.astype(np.int16)


def tone(seconds: float, hz: float, loudness: int, rate_hz: int = RATE) -> Sound:
    return (loudness * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.int16)


@cache
def spoken(voice: str, text: str) -> bytes:
    """16-bit mono at 22,050 Hz, without the header."""
    done = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True, timeout=60)
    return done.stdout[44:]


def said(voice: str, text: str, rate_hz: int = RATE, loudness: float = 0.5) -> Sound:
    sound = np.frombuffer(spoken(voice, text), dtype="<i2").astype(np.float64)
    places = np.arange(0, len(sound), 22_050 / rate_hz)
    resampled = np.interp(places, np.arange(len(sound)), sound) * loudness
    quieter: Sound = resampled.astype(np.int16)
    return quieter


VOICES = {
    "cmn": "您好，客服热线，请问有什么可以帮您",
    "en": "Good morning, the lift in building five does not move",
    "cmn+f3": "五栋二单元的电梯停了，有人被困在里面",
}


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("noise", [0.0, 6.0, 30.0])
def test_a_voice_is_found_from_its_first_word_to_its_last(voice: str, rate_hz: int, noise: float) -> None:
    voiced = said(voice, VOICES[voice], rate_hz)
    sound = np.concatenate([silence(2, rate_hz, 0), voiced, silence(3, rate_hz, 0)])
    sound = (sound + silence(len(sound) / rate_hz + 1, rate_hz, noise)[: len(sound)]).astype(np.int16)
    found = found_in(sound, rate_hz)
    loud = np.flatnonzero(np.abs(voiced) > 600)
    starts_ms, ends_ms = 2000 + loud[0] * 1000 / rate_hz, 2000 + loud[-1] * 1000 / rate_hz
    assert found
    assert abs(found[0][0] - starts_ms) < SLACK_MS
    assert abs(found[-1][1] - ends_ms) < HANGOVER_MS
    assert total(found) > 0.6 * (ends_ms - starts_ms)


def test_a_quiet_voice_is_found_as_well() -> None:
    voiced = said("cmn", VOICES["cmn"], loudness=0.06)
    assert total(found_in(np.concatenate([silence(2), voiced, silence(2)]))) > 0.5 * len(voiced) * 1000 / RATE


@pytest.mark.parametrize("noise", [0.0, 1.0, 6.0, 30.0])
def test_a_silent_line_is_silent(noise: float) -> None:
    assert found_in(silence(30, noise=noise)) == []


def test_no_sound_at_all_is_silent() -> None:
    assert found_in(np.zeros(RATE * 5, dtype=np.int16)) == []
    assert found_in(np.zeros(0, dtype=np.int16)) == []


def test_a_constant_offset_of_a_bad_sound_card_is_silence() -> None:
    assert found_in(np.full(RATE * 5, 3000, dtype=np.int16)) == []


def test_a_steady_hum_becomes_floor_and_a_voice_over_it_is_found() -> None:
    hum = tone(30, 100, 400)
    voiced = said("cmn", VOICES["cmn"])
    place = RATE * 15
    hum[place : place + len(voiced)] += voiced
    found = found_in(hum)
    assert total([stretch for stretch in found if stretch[1] < 14_500]) < 1_000
    assert any(abs(start - 15_000) < 500 for start, _ in found)


def test_a_click_is_no_word() -> None:
    sound = silence(3)
    sound[RATE : RATE + 300] = 20_000
    assert found_in(sound) == []


def test_pauses_between_words_do_not_part_a_sentence_and_long_ones_do() -> None:
    word = tone(0.4, 440, 8000)
    close = np.concatenate([silence(1), word, silence(0.2), word, silence(1)])
    apart = np.concatenate([silence(1), word, silence(1), word, silence(1)])
    assert len(found_in(close)) == 1
    assert len(found_in(apart)) == 2


@pytest.mark.parametrize("portion", [1, 160, 321, 5_000, 10**6])
def test_in_whatever_portions_it_comes_the_same_is_found(portion: int) -> None:
    sound = np.concatenate([silence(0.5), said("en", "yes")[: RATE // 2], silence(0.5)])
    if portion == 1:
        sound = sound[: RATE // 4]
    assert found_in(sound, portion=portion) == found_in(sound, portion=len(sound))


def test_a_call_that_begins_in_the_middle_of_a_word_is_speech_from_the_start() -> None:
    voiced = said("cmn", VOICES["cmn"])
    first = int(np.flatnonzero(np.abs(voiced) > 2000)[0])
    found = found_in(np.concatenate([voiced[first:], silence(2)]))
    assert found[0][0] < SLACK_MS

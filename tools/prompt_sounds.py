"""Makes resources/sounds/prompts/: the shipped prompts, spoken by espeak-ng, as loud and as closely cut as those that
agents record. Run it again after changing a phrase; the files are committed.

The greeting is in pieces, so that any work number can be joined into it. In Chinese its 1 is said 幺, as in every
number that is read out digit by digit."""

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from desk.domain.prompts import GREETING, PROMPTS
from desk.telephony.frames import RATE_HZ
from desk.telephony.prompts.shelf import AFTER_NUMBER, BEFORE_NUMBER, WITHOUT_NUMBER
from desk.telephony.prompts.sound import KEY_S, prepared
from desk.texts import ShippedTexts

FOLDER = Path(__file__).parent.parent / "resources" / "sounds" / "prompts"
VOICES = {"zh_CN": ("cmn", "260"), "en": ("en-gb", "165")}  # and words a minute
DIGITS_PACE = {"zh_CN": "190", "en": "165"}
PIECES = {
    "zh_CN": {
        BEFORE_NUMBER: "您好，客服热线，工号",
        AFTER_NUMBER: "为您服务，请问有什么可以帮您？",
        WITHOUT_NUMBER: "您好，客服热线，请问有什么可以帮您？",
    },
    "en": {
        BEFORE_NUMBER: "Good day, service hotline, number",
        AFTER_NUMBER: "speaking. How can I help you?",
        WITHOUT_NUMBER: "Good day, service hotline. How can I help you?",
    },
}
DIGITS = {
    "zh_CN": ("零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
DIGIT_PAUSE_S = 0.03  # between two digits; the rest of the pause that follows a prompt is left out


def speak(text: str, voice: str, words_a_minute: str) -> bytes:
    """The text as a prompt's samples. Raises `subprocess.CalledProcessError`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        command = ["espeak-ng", "-v", voice, "-s", words_a_minute, "-a", "140", "-w", str(file), text]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(str(file), "rb") as spoken:
            rate_hz = spoken.getframerate()
            samples = np.frombuffer(spoken.readframes(spoken.getnframes()), np.int16).astype(np.float64)
    seconds = np.arange(int(len(samples) / rate_hz * RATE_HZ)) / RATE_HZ
    pause = np.zeros(int((KEY_S + 0.3) * RATE_HZ))
    sound = np.concatenate((pause, np.interp(seconds * rate_hz, np.arange(len(samples)), samples), pause))
    made = prepared(sound.astype(np.int16).tobytes())
    assert made is not None, text
    return made


def close_up(pcm: bytes, after_s: float) -> bytes:
    """Without the room before and behind it, but for `after_s`."""
    samples = np.frombuffer(pcm, np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 300)
    return samples[loud[0] : loud[-1] + int(after_s * RATE_HZ)].tobytes()


def write(language: str, name: str, pcm: bytes) -> None:
    file = FOLDER / language / f"{name}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(pcm)


def main() -> None:
    phrases = {phrase.code: phrase for phrase in ShippedTexts().all_phrases()}
    for language, (voice, pace) in VOICES.items():
        for name, text in PIECES[language].items():
            write(language, name, speak(text, voice, pace))
        for digit, text in enumerate(DIGITS[language]):
            write(language, f"digit_{digit}", close_up(speak(text, voice, DIGITS_PACE[language]), DIGIT_PAUSE_S))
        for prompt, code in PROMPTS.items():
            if prompt != GREETING:
                write(language, prompt, speak(phrases[code].text(language), voice, pace))


if __name__ == "__main__":
    main()

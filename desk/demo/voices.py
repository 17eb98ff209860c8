"""The voices of the demo: spoken by espeak-ng, and recognised again by their waveform in what was recorded or heard."""

import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOWS = 4

CALLER_SAYS = "您好，我是五栋二单元二零三的业主，厨房水龙头漏水，地板都湿了，请明天上午派人来修。"
AGENT_SAYS = "您好，客服热线，工号一零零一。好的，厨房漏水我马上登记，师傅明天上午与您联系。"

Sound = NDArray[np.float64]


def speak(text: str, file: Path, voice: str = "cmn", pitch: int = 50, seconds: float = 0.0) -> Path:
    """`text` spoken into a mono 16-bit WAV of 16 kHz, padded with silence to `seconds`. Raises
    `subprocess.CalledProcessError` where espeak-ng cannot speak."""
    file.parent.mkdir(parents=True, exist_ok=True)
    spoken = file.with_suffix(".spoken.wav")
    argv = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", "170", "-a", "180", "-w", str(spoken), text]
    subprocess.run(argv, check=True, capture_output=True, timeout=60)
    sound, rate = read_wav(spoken)
    spoken.unlink()
    samples = np.interp(np.arange(0, len(sound), rate / RATE_HZ), np.arange(len(sound)), sound)
    missing = int(seconds * RATE_HZ) - len(samples)
    write_wav(file, np.concatenate([samples, np.zeros(max(0, missing))]))
    return file


def read_wav(file: Path) -> tuple[Sound, int]:
    """The first channel (-1..1) and the rate of a 16-bit WAV file."""
    with wave.open(str(file), "rb") as wav:
        raw = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
        return raw[:: wav.getnchannels()].astype(np.float64) / 32768, wav.getframerate()


def write_wav(file: Path, samples: Sound, rate_hz: int = RATE_HZ) -> None:
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def likeness(heard: Sound, said: Sound) -> tuple[float, float]:
    """How surely `said` (or a stretch of it) is in `heard`, both at `RATE_HZ`: the best normalised cross-correlation of
    its `WINDOWS` loudest seconds, 0..1, and where the best one begins in `heard`, in seconds."""
    if len(heard) < RATE_HZ or len(said) < RATE_HZ:
        return 0.0, 0.0
    size = 1 << (len(heard) + RATE_HZ).bit_length()
    spectrum = np.fft.rfft(heard, size)
    sums = np.concatenate([[0.0], np.cumsum(heard**2)])
    energy = np.maximum(sums[RATE_HZ:] - sums[:-RATE_HZ], 1e-9)
    best, at_s = 0.0, 0.0
    for piece in _loudest(said):
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(energy)]
        found = product / np.sqrt(energy * np.sum(piece**2))
        found[energy < 1e-4 * RATE_HZ] = 0.0  # a whisper below -40 dBFS is no voice
        where = int(np.argmax(found))
        if found[where] > best:
            best, at_s = float(found[where]), where / RATE_HZ
    return best, at_s


def _loudest(said: Sound) -> list[Sound]:
    seconds = [said[start : start + RATE_HZ] for start in range(0, len(said) - RATE_HZ + 1, RATE_HZ)]
    return sorted(seconds, key=lambda piece: -float(np.sum(piece**2)))[:WINDOWS]

"""The voices of the demo: spoken by espeak-ng, and recognised again by their waveform in what was recorded or heard."""

import subprocess
import wave
from pathlib import Path

import numpy as np

from desk.recording.likeness import RATE_HZ, Sound, likeness

__all__ = ["AGENT_SAYS", "CALLER_SAYS", "RATE_HZ", "Sound", "likeness", "read_wav", "speak", "write_wav"]

CALLER_SAYS = "您好，我是五栋二单元二零三的业主，厨房水龙头漏水，地板都湿了，请明天上午派人来修。"
AGENT_SAYS = "您好，客服热线，工号一零零一。好的，厨房漏水我马上登记，师傅明天上午与您联系。"


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

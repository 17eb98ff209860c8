"""Sounds that the phone makes itself: ring-back, and the ring tone from `resources/sounds`. Pure functions, but for
reading the file."""

import wave
from pathlib import Path

import numpy as np

from desk.telephony.frames import FRAME_BYTES, RATE_HZ

RING_BACK_HZ, RING_BACK_ON_S, RING_BACK_OFF_S = 450, 1, 4  # GB/T 3380: what callers in China know
RING_BACK_PEAK = 0.12
PAUSE_S = 1.6  # between two rings


def ring_back_frames() -> tuple[bytes, ...]:
    """One period of ring-back, in frames."""
    seconds = np.arange(RATE_HZ * RING_BACK_ON_S) / RATE_HZ
    tone = np.sin(2 * np.pi * RING_BACK_HZ * seconds) * RING_BACK_PEAK * 32767
    pcm = tone.astype(np.int16).tobytes() + bytes(RATE_HZ * RING_BACK_OFF_S * 2)
    return tuple(pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES))


def ring_tone(file: Path, gain: float = 1.0) -> bytes:
    """One ring and the pause after it. The file is mono, 16 bit, at `RATE_HZ`. Raises `OSError`, `wave.Error`."""
    with wave.open(str(file), "rb") as sound:
        if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) != (1, 2, RATE_HZ):
            raise wave.Error(f"{file.name} is not mono, 16 bit, {RATE_HZ} Hz")
        pcm = sound.readframes(sound.getnframes())
    samples = np.frombuffer(pcm, np.int16) * gain
    return samples.clip(-32768, 32767).astype(np.int16).tobytes() + bytes(int(PAUSE_S * RATE_HZ) * 2)

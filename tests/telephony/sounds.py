"""Sounds to tell apart, and how to find one within another."""

import wave
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
Samples: TypeAlias = npt.NDArray[np.float64]


def speechlike(seed: int, seconds: float = 2.0) -> Samples:
    """Noise between 300 and 3,000 Hz in syllables: what every telephone codec carries, and no two seeds alike."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(random.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(hertz < 300) | (hertz > 3000)] = 0
    syllables = np.repeat(random.uniform(0.2, 1.0, count // 3200 + 1), 3200)[:count]
    sound = np.fft.irfft(spectrum, count) * syllables
    loudest = float(np.abs(sound).max())
    return np.asarray(sound * (9000 / loudest), dtype=np.float64)


def write_wav(file: Path, sound: Samples) -> Path:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(sound.astype(np.int16).tobytes())
    return file


def write_pcm(file: Path, sound: Samples) -> Path:
    file.write_bytes(sound.astype(np.int16).tobytes())
    return file


def read_wav(file: Path) -> Samples:
    with wave.open(str(file), "rb") as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, RATE_HZ)
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16).astype(np.float64)


def read_pcm(file: Path) -> Samples:
    return np.frombuffer(file.read_bytes(), np.int16).astype(np.float64)


def likeness(heard: Samples, said: Samples, seconds: float = 0.1) -> float:
    """How surely `said` is in `heard`, 0 to 1: the middle one of the best correlations of its pieces of `seconds`, each
    looked for anywhere (so that a stretch of a sample in a thousand, or a frame lost, does not spoil the whole)."""
    piece = int(seconds * RATE_HZ)
    size = 1 << (len(heard) + piece).bit_length()
    spectrum = np.fft.rfft(heard, size)
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    best = []
    for at in range(0, len(said) - piece + 1, piece):
        part = said[at : at + piece]
        match = np.fft.irfft(spectrum * np.conj(np.fft.rfft(part, size)), size)[: max(len(heard) - piece, 1)]
        energy = np.sqrt((power[piece:][: len(match)] - power[: len(match)]) * (part**2).sum())
        best.append(float((np.abs(match) / np.maximum(energy, 1e5)).max()))
    return float(np.median(best)) if best else 0.0

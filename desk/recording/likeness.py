"""Is this voice in that sound? By its waveform: what an exchange's codecs leave of a voice still fits it closely, and
nothing else does. Pure functions; some 20 ms for half a minute. Any thread."""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOWS = 4

HEARD, NOT_HEARD = 0.6, 0.45  # likeness of a voice that is there, of one that is not

Sound = NDArray[np.float64]


def likeness(heard: Sound, said: Sound) -> tuple[float, float]:
    """How surely `said` (or a stretch of it) is in `heard`, both at `RATE_HZ`: the best normalised cross-correlation of
    its `WINDOWS` loudest seconds, 0..1, and where the best one begins in `heard`, in seconds."""
    best, at_s, _from_s = likeness_at(heard, said)
    return best, at_s


def likeness_at(heard: Sound, said: Sound) -> tuple[float, float, float]:
    """As `likeness`, and where that stretch stands in `said`, in seconds."""
    if len(heard) < RATE_HZ or len(said) < RATE_HZ:
        return 0.0, 0.0, 0.0
    size = 1 << (len(heard) + RATE_HZ).bit_length()
    spectrum = np.fft.rfft(heard, size)
    sums = np.concatenate([[0.0], np.cumsum(heard**2)])
    energy = np.maximum(sums[RATE_HZ:] - sums[:-RATE_HZ], 1e-9)
    best, at_s, from_s = 0.0, 0.0, 0.0
    for start, piece in _loudest(said):
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(energy)]
        found = product / np.sqrt(energy * np.sum(piece**2))
        found[energy < 1e-4 * RATE_HZ] = 0.0  # a whisper below -40 dBFS is no voice
        where = int(np.argmax(found))
        if found[where] > best:
            best, at_s, from_s = float(found[where]), where / RATE_HZ, start / RATE_HZ
    return best, at_s, from_s


def _loudest(said: Sound) -> list[tuple[int, Sound]]:
    seconds = [(start, said[start : start + RATE_HZ]) for start in range(0, len(said) - RATE_HZ + 1, RATE_HZ)]
    return sorted(seconds, key=lambda one: -float(np.sum(one[1] ** 2)))[:WINDOWS]

"""Shortening and lengthening speech by a few milliseconds without a click or a change of pitch: two places that look
alike are faded into each other (overlap-add at the best match, as jitter buffers do). Pure functions; audio threads."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.int16]

OVERLAP = 64  # samples: 4 ms at 16 kHz
SHIFT_LEAST, SHIFT_MOST = 40, 80  # 2.5 to 5 ms: one period of a voice fits in between, or twice
SHORTEST = 160  # a stretch that can be lengthened

_FADE_IN = np.linspace(0.0, 1.0, OVERLAP)


def _alike(samples: Samples, at: int, candidates: range, sign: int) -> int:
    """The shift at which what begins there looks most like what begins at `at`."""
    here = samples[at : at + OVERLAP].astype(np.float64)
    rows = np.stack([samples[at + sign * c : at + sign * c + OVERLAP] for c in candidates]).astype(np.float64)
    likeness = rows @ here / np.sqrt((rows**2).sum(axis=1) + 1.0)
    return candidates[int(likeness.argmax())]


def _faded(first: Samples, second: Samples) -> Samples:
    return (first * (1.0 - _FADE_IN) + second * _FADE_IN).astype(np.int16)


def shortened(samples: Samples) -> Samples:
    """`samples` (at least `SHORTEST` + `SHIFT_MOST`) less `SHIFT_LEAST` to `SHIFT_MOST`."""
    at = 16
    cut = _alike(samples, at, range(SHIFT_LEAST, SHIFT_MOST + 1), 1)
    joined = _faded(samples[at : at + OVERLAP], samples[at + cut : at + cut + OVERLAP])
    return np.concatenate((samples[:at], joined, samples[at + cut + OVERLAP :]))


def lengthened(samples: Samples) -> Samples:
    """`samples` (at least `SHORTEST`) and `SHIFT_LEAST` to `SHIFT_MOST` more."""
    at = SHIFT_MOST
    more = _alike(samples, at, range(SHIFT_LEAST, SHIFT_MOST + 1), -1)
    joined = _faded(samples[at : at + OVERLAP], samples[at - more : at - more + OVERLAP])
    return np.concatenate((samples[:at], joined, samples[at - more + OVERLAP :]))

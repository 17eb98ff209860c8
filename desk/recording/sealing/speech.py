"""When somebody speaks in a channel, found while its samples pass by: energy per 20 ms above a noise floor that follows
the line, with a hangover that bridges the pauses between words. Good enough to count silences and talk-over in a
telephone call; it takes music on hold and a dog for speech. numpy; the sealing thread.

A frame is loud when its level is `ABOVE_DB` over the floor and not below `LEAST_DBFS`. The floor falls at once to a
quieter frame and rises slowly, so that a steady hum becomes floor within seconds while speech, with its pauses, does
not. `LEAST_FRAMES` loud frames in a row begin a stretch (a click is none); `HANGOVER` quiet ones end it."""

import numpy as np

from desk.domain.heard import Stretch
from desk.recording.sealing.pcm import Samples

FRAME_MS = 20
ABOVE_DB = 9.0
LEAST_DBFS = -52.0
RISE_DB_PER_S = 2.5
LOWEST_DBFS = -75.0
LEAST_FRAMES = 4
HANGOVER_MS = 300


class SpeechFinder:
    """One channel at this rate. Feed it `add` in any portions, then ask for `stretches`."""

    def __init__(self, rate_hz: int) -> None:
        self._frame = max(1, rate_hz * FRAME_MS // 1000)
        self._rate_hz = rate_hz
        self._rest = np.zeros(0, dtype=np.int16)
        self._levels: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []

    def add(self, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
        joined = np.concatenate([self._rest, samples])
        frames = len(joined) // self._frame
        whole = joined[: frames * self._frame].reshape(frames, self._frame)
        self._rest = joined[frames * self._frame :]
        if frames:
            centred = whole.astype(np.float32) - whole.mean(axis=1, dtype=np.float32)[:, None]
            power = np.square(centred).mean(axis=1) / 32768.0**2
            self._levels.append((10 * np.log10(power + 1e-10)).astype(np.float32))

    def stretches(self) -> list[Stretch]:
        """When there was speech, in ms from the start, in order and without overlaps."""
        levels = np.concatenate(self._levels) if self._levels else np.zeros(0, dtype=np.float32)
        loud = _loud(levels)
        return _joined(_runs(loud), self._frame * 1000 / self._rate_hz)


def _loud(levels: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> list[bool]:
    rise_db = RISE_DB_PER_S * FRAME_MS / 1000
    # A call that begins in the middle of a word must not take that word for the floor.
    floor = LOWEST_DBFS if not len(levels) else max(LOWEST_DBFS, float(np.percentile(levels[:500], 10)))
    floor = min(floor, LEAST_DBFS)
    loud = []
    for level in levels.tolist():
        loud.append(level >= max(floor + ABOVE_DB, LEAST_DBFS))
        floor = max(LOWEST_DBFS, level) if level < floor else floor + rise_db
    return loud


def _runs(loud: list[bool]) -> list[tuple[int, int]]:
    """(first frame, frame after the last) of at least `LEAST_FRAMES` loud ones in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.array(loud, dtype=np.int8), [0]])))
    pairs = edges.reshape(-1, 2).tolist()
    return [(start, end) for start, end in pairs if end - start >= LEAST_FRAMES]


def _joined(runs: list[tuple[int, int]], frame_ms: float) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end in runs:
        start_ms, end_ms = int(start * frame_ms), int(end * frame_ms)
        if found and start_ms - found[-1][1] <= HANGOVER_MS:
            found[-1] = (found[-1][0], end_ms)
        else:
            found.append((start_ms, end_ms))
    return found


def both(rate_hz: int) -> tuple[SpeechFinder, SpeechFinder]:
    """Of the caller, of the agent."""
    return SpeechFinder(rate_hz), SpeechFinder(rate_hz)


def feed(finders: tuple[SpeechFinder, SpeechFinder], block: Samples) -> None:
    for channel, finder in enumerate(finders):
        finder.add(block[:, channel])

"""Faster and slower with the pitch kept: WSOLA (Verhelst and Roelands, "An overlap-add technique based on waveform
similarity", ICASSP 1993). Overlapping windows are taken from where the tempo wants them, give or take ten milliseconds:
there, from where they continue best what was heard before. Both channels move together.

Surprising choice: not FFmpeg's atempo. Here the place in the recording is known to the sample at every moment, a new
tempo takes effect with the next 15 ms, and a jump (seek, loop, skipped silence) is just another window: it fades over
instead of clicking. At normal speed what comes out is what went in, sample by sample.

One thread at a time."""

from collections.abc import Callable

import numpy as np

from desk.recording.playing.decode import CHANNELS, RATE_HZ, Samples

HOP = RATE_HZ * 15 // 1000  # samples of a block; a window has two
SEARCH = RATE_HZ * 10 // 1000  # to either side: a period of the deepest voice fits in
COARSE = 4  # first look at every fourth sample
SLOWEST, FASTEST = 0.5, 3.0
_RAMP = (0.5 - 0.5 * np.cos(np.pi * (np.arange(HOP) + 0.5) / HOP)).astype(np.float32)[:, None]
_IN, _OUT = _RAMP, 1 - _RAMP


class Tempo:
    """`pull` gives the samples that follow, None at the end. `at` is the sample that `next` will let begin."""

    def __init__(self, pull: Callable[[], Samples | None]) -> None:
        self._pull = pull
        self._samples = np.zeros((0, CHANNELS), dtype=np.float32)
        self._start = 0  # the first of them, counted from the start of the recording
        self._ended = False
        self._tail = np.zeros((HOP, CHANNELS), dtype=np.float32)
        self._wanted = 0.0
        self._follows = 0  # where what was heard last goes on in the recording
        self._cut = True

    @property
    def at(self) -> int:
        return round(self._wanted)

    def restart(self, at: int) -> None:
        """What `pull` gives from now on begins at this sample. What was heard last fades into it."""
        self._samples, self._start, self._ended = self._samples[:0], at, False
        self.jump(at)

    def jump(self, at: int) -> None:
        """Go on at this sample, which must have been pulled."""
        self._wanted, self._follows, self._cut = float(at), at, True

    def has(self, at: int) -> bool:
        """Whether a jump there needs no new samples."""
        return self._start <= at < self._start + len(self._samples)

    def ahead(self, since: int, until: int) -> Samples:
        """The samples between, pulled where need be; fewer at the end of the recording."""
        self._fill(until)
        return self._samples[max(0, since - self._start) : max(0, until - self._start)]

    def next(self, speed: float) -> Samples | None:
        """A block to be heard, (HOP, 2); None at the end."""
        speed = min(max(speed, SLOWEST), FASTEST)
        natural = self._cut or speed == 1.0
        ideal = self._follows if natural else round(self._wanted)
        self._fill(ideal + 2 * HOP + SEARCH)
        if ideal >= self._start + len(self._samples):
            return None
        found = ideal if natural else self._similar(ideal)
        window = self._window(found)
        block = self._tail + window[:HOP] * _IN
        self._tail = window[HOP:] * _OUT
        self._follows = found + HOP
        self._wanted = (ideal if natural else self._wanted) + HOP * speed
        self._cut = False
        self._forget(min(self._follows, round(self._wanted)) - SEARCH)
        return block

    def _similar(self, ideal: int) -> int:
        """The sample near this one from which on the recording is most like what follows what was heard."""
        least = max(self._start, ideal - SEARCH)
        most = min(ideal + SEARCH, self._start + len(self._samples) - HOP)
        follows = self._samples[self._follows - self._start :][:HOP]
        if most <= least or len(follows) < HOP:
            return ideal
        model = follows.sum(axis=1)
        area = self._samples[least - self._start : most - self._start + HOP].sum(axis=1)
        lag = _best(_coarse(model), _coarse(area)) * COARSE
        first = max(0, lag - COARSE)
        last = min(len(area) - HOP, lag + COARSE)
        return least + first + _best(model, area[first : last + HOP]) if last >= first else ideal

    def _window(self, start: int) -> Samples:
        window = self._samples[start - self._start :][: 2 * HOP]
        return window if len(window) == 2 * HOP else np.pad(window, ((0, 2 * HOP - len(window)), (0, 0)))

    def _fill(self, until: int) -> None:
        blocks, known = [self._samples], self._start + len(self._samples)
        while known < until and not self._ended:
            block = self._pull()
            if block is None:
                self._ended = True
            else:
                blocks.append(block)
                known += len(block)
        if len(blocks) > 1:
            self._samples = np.concatenate(blocks)

    def _forget(self, before: int) -> None:
        """Samples that nobody asks for any more, now and then."""
        if before - self._start > RATE_HZ:
            self._samples = self._samples[before - self._start :].copy()
            self._start = before


def _coarse(signal: Samples) -> Samples:
    whole = len(signal) // COARSE
    means: Samples = signal[: whole * COARSE].reshape(whole, COARSE).mean(axis=1)
    return means


def _best(model: Samples, area: Samples) -> int:
    """Where in `area` it is most like `model` (normalised cross-correlation); the middle where all is silent."""
    if len(area) < len(model):
        return 0
    products = np.correlate(area, model, "valid")
    sums = np.concatenate([np.zeros(1), np.cumsum(area.astype(np.float64) ** 2)])
    energy = sums[len(model) :] - sums[: -len(model)]
    if energy.max() <= 1e-9:
        return (len(area) - len(model)) // 2
    return int(np.argmax(products / np.sqrt(energy + 1e-9)))

"""Where nobody speaks: how loud each channel is against its own noise, which stretches ahead are silent, and which
long ones the bars already show to be. For passing over silence while a recording plays. One thread at a time."""

from collections import deque
from collections.abc import Sequence

import numpy as np

from desk.recording.playing.decode import CHANNELS, RATE_HZ, Samples
from desk.recording.playing.tempo import Tempo

FRAME = RATE_HZ * 20 // 1000  # samples over which loudness is measured
ALWAYS_SILENT = 10 ** (-52 / 20)  # RMS of full scale; a quiet line lies below
NEVER_SILENT = 10 ** (-34 / 20)  # above it somebody speaks, however noisy the line is
OVER_NOISE = 10 ** (8 / 20)  # speech is this much louder than the line's noise
LEAST_NOISE = ALWAYS_SILENT / OVER_NOISE
RISE = 10 ** (0.06 / 20)  # of the noise's estimate per frame: 3 dB a second
BAR_SILENT = 1.5 / 255  # a bar's loudest sample


class Quiet:
    """Learns the noise of each channel from the frames it is shown."""

    def __init__(self) -> None:
        self._noise = np.full(CHANNELS, LEAST_NOISE)

    def silent(self, frame: Samples) -> bool:
        """Whether both channels are, in these `FRAME` samples."""
        level = np.sqrt(np.mean(frame * frame, axis=0))
        self._noise = np.minimum(np.maximum(level, LEAST_NOISE), self._noise * RISE)
        return bool((level < np.clip(self._noise * OVER_NOISE, ALWAYS_SILENT, NEVER_SILENT)).all())


class SilenceAhead:
    """The silent stretches from where the head stands to as far as was looked. Places in samples of the recording."""

    def __init__(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self._quiet = Quiet()
        self._runs: deque[list[int]] = deque()
        self.looked = 0

    def restart(self, at: int) -> None:
        self._runs.clear()
        self.looked = at

    def look(self, until: int) -> bool:
        """Look up to here; False where the recording ends before."""
        while self.looked + FRAME <= until:
            frame = self._tempo.ahead(self.looked, self.looked + FRAME)
            if len(frame) < FRAME:
                return False
            if self._quiet.silent(frame):
                self._add(self.looked + FRAME)
            self.looked += FRAME
        return True

    def leap(self, to: int) -> None:
        """It is silent from where was looked to here, as is known from elsewhere."""
        self._add(to)
        self.looked = to

    def at(self, place: int) -> tuple[int, int] | None:
        """The silent stretch that this place lies in. Those before it are forgotten."""
        while self._runs and self._runs[0][1] <= place:
            self._runs.popleft()
        if self._runs and self._runs[0][0] <= place:
            return self._runs[0][0], self._runs[0][1]
        return None

    def _add(self, until: int) -> None:
        if self._runs and self._runs[-1][1] == self.looked:
            self._runs[-1][1] = until
        else:
            self._runs.append([self.looked, until])


def silent_spans(caller: Sequence[float], agent: Sequence[float], length_ms: int) -> list[tuple[int, int]]:
    """What the bars show to be silent on both channels throughout: (from, until) in ms, in order."""
    total = min(len(caller), len(agent))
    spans: list[tuple[int, int]] = []
    since: int | None = None
    for index in range(total + 1):
        silent = index < total and caller[index] <= BAR_SILENT and agent[index] <= BAR_SILENT
        if silent and since is None:
            since = index
        elif not silent and since is not None:
            spans.append((since * length_ms // total, index * length_ms // total))
            since = None
    return spans

"""Audio between two clocks: a sound device's and PJSIP's. One thread puts, one other thread takes; no lock.

It keeps as little as the jitter of the two allows. Over every second it looks at the least that was left after a take:
more than needed and it leaves out some of the next pause, or while there is none plays a few samples in a thousand
faster; less, and it plays slower, by linear interpolation, which also levels out the drift between the two crystals.
Only when nothing is left does it fill in silence (`repeated`), and only when far too much has piled up does it jump
(`lost`); each time it learns to keep a little more.

Neither side allocates more than a frame or waits for anything."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ, peak

KEEP_MS, KEEP_MOST_MS, KEEP_STEP_MS = 12, 60, 10
SLACK_MS = 6  # more than this above what is kept is squeezed out
LEAST_BENT = 64  # samples: a shorter take is played as it is
JUMP_MS = 160  # more than this is a stall that is over, not jitter
WINDOW_S = 1.0
QUIET_PEAK = 200  # -44 dBFS: in a pause what is too much is left out at once, and nobody hears it
STEEPEST = 4  # samples per frame of 320: 1.25 % faster or slower is not heard in speech
PATIENCE_S = 0.5  # without a single sample: the other side is not there, silence is no loss


def _samples(ms: float) -> int:
    return int(ms * RATE_HZ / 1000)


@dataclass(frozen=True, slots=True)
class AudioCounts:
    """Since the buffer was made, in frames of 20 ms: `lost` was never played, `repeated` was filled in."""

    lost: float = 0.0
    repeated: float = 0.0
    delay_ms: float = 0.0  # what waits in the buffer now


class FrameBuffer:
    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._rest = b""
        self._written = 0  # samples; the putting thread's
        self._refused = 0  # samples; the putting thread's
        self._read = 0  # samples; the taking thread's, as all below
        self._primed = False
        self._keep = _samples(KEEP_MS)
        self._bend = 0  # samples per frame: + squeezes, - stretches
        self._least = 1 << 30
        self._seen = 0
        self._empty = 0
        self._lost = 0
        self._filled = 0
        self._taken = 0
        self._learnt_at = -RATE_HZ * 3600

    @property
    def counts(self) -> AudioCounts:
        lost, filled = self._lost + self._refused, self._filled
        waiting = max(self._written - self._read, 0)
        return AudioCounts(lost / FRAME_SAMPLES, filled / FRAME_SAMPLES, waiting * 1000 / RATE_HZ)

    def put(self, pcm: bytes) -> None:
        """Any number of samples. The putting thread only."""
        if self._written - self._read > _samples(JUMP_MS * 2):  # nobody takes
            if self._primed:
                self._refused += len(pcm) // 2
            return
        self._chunks.append(pcm)
        self._written += len(pcm) // 2

    def take(self, count: int) -> bytes:
        """Exactly `count` samples. The taking thread only."""
        waiting = self._written - self._read
        if not self._primed:
            if waiting < count + self._keep:
                return bytes(count * 2)
            self._primed = True
            self._skip(waiting - count - self._keep)
            waiting = count + self._keep
        elif waiting > count + self._keep + _samples(JUMP_MS):
            extra = waiting - count - self._keep
            self._skip(extra)
            self._lost += extra
            waiting -= extra
        bend = self._bend if count >= LEAST_BENT and waiting > count + abs(self._bend) else 0
        if waiting < count:
            return self._short(waiting, count)
        self._empty = 0
        self._taken += count
        taken = self._consume(count + bend)
        if bend > 0 and peak(taken) < QUIET_PEAK:
            self._skip(waiting - count - bend - self._keep - _samples(SLACK_MS))
            self._bend = 0
        self._watch(waiting - count, count)
        return taken if not bend else _resampled(taken, count)

    def _short(self, waiting: int, count: int) -> bytes:
        """Less is left than is needed: play it and fill in the rest."""
        missing = count - waiting
        self._filled += missing
        self._empty = self._empty + missing if waiting == 0 else missing
        self._least, self._seen, self._bend = 1 << 30, 0, -STEEPEST  # away from the edge at once
        if self._empty > PATIENCE_S * RATE_HZ:
            self._primed = False
            self._filled -= self._empty
            self._empty = 0
        else:
            self._learn()
        self._taken += count
        return self._consume(waiting) + bytes(missing * 2)

    def _learn(self) -> None:
        if self._taken - self._learnt_at >= WINDOW_S * RATE_HZ:  # once per stall, however long it lasts
            self._learnt_at = self._taken
            self._keep = min(self._keep + _samples(KEEP_STEP_MS), _samples(KEEP_MOST_MS))

    def _watch(self, left: int, count: int) -> None:
        """Choose how fast to play from the least that was left during the last second."""
        self._least = min(self._least, left)
        self._seen += count
        if self._seen < WINDOW_S * RATE_HZ:
            return
        surplus = self._least - self._keep
        steps = min(abs(surplus) // 64 + 1, STEEPEST)
        if surplus > _samples(SLACK_MS):
            self._bend = steps
        elif surplus < -self._keep // 2:
            self._bend = -steps
        else:
            self._bend = 0
        self._least, self._seen = 1 << 30, 0

    def _consume(self, count: int) -> bytes:
        parts, need = [], count * 2
        while need:
            if not self._rest:
                self._rest = self._chunks.popleft()
            part = self._rest[:need]
            self._rest = self._rest[len(part) :]
            need -= len(part)
            parts.append(part)
        self._read += count
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _skip(self, count: int) -> None:
        if count > 0:
            self._consume(count)


def _resampled(pcm: bytes, count: int) -> bytes:
    """These samples played in the time of `count`: linear interpolation, ends kept."""
    samples = np.frombuffer(pcm, np.int16)
    at = np.linspace(0, len(samples) - 1, count)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.int16).tobytes()

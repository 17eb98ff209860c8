"""Audio between two clocks: a sound device's and PJSIP's. One thread puts, one other thread takes; no lock.

It keeps as little as the jitter of the two allows. Over every second it looks at the least that was left after a take.
More than needed: it leaves out some of the next pause, or while there is none a few milliseconds at a time where nobody
hears it (`desk.telephony.headset.splice`). Less: it lengthens likewise, which also levels out the drift between the two
crystals. Only when nothing is left does it fill in silence (`repeated`) and learn to keep a little more, and only when
far too much has piled up does it jump (`lost`). Sound that came at the very last moment counts as if it had not come:
so it learns from a near miss, before anybody hears it. What it learnt it unlearns: a little whenever some seconds went
by without any need of it, and all of it when a call begins. One hiccup does not make the rest of the day late.

Neither side waits for anything."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ, peak
from desk.telephony.headset.splice import SHIFT_LEAST, SHIFT_MOST, SHORTEST, lengthened, shortened

KEEP_MOST_MS = 60
LEARN_LEAST_MS, LEARN_MOST_MS = 2, 10
UNLEARN_MS, UNLEARN_S = 2, 5.0
JUMP_MS = 160  # more than this is a stall that is over, not jitter
WINDOW_S = 1.0
SPLICE_EVERY_S = 0.08  # at most 5 ms in 80: speech that hurries a little, for a moment
QUIET_PEAK = 200  # -44 dBFS: in a pause what is too much is left out at once, and nobody hears it
PATIENCE_S = 0.5  # without a single sample: the other side is not there, silence is no loss


def _samples(ms: float) -> int:
    return int(ms * RATE_HZ / 1000)


@dataclass(frozen=True, slots=True)
class Margin:
    """How much is left after a take at the least: `keep_ms` to begin with, and what is more than `slack_ms` above what
    is kept is taken out. What came less than `last_moment_ms` before it was needed is a near miss."""

    keep_ms: float
    slack_ms: float
    last_moment_ms: float = 0.0


CAUTIOUS = Margin(12, 6)
# For threads that have precedence: a sound server asks and gives unevenly. With 4, on a busy computer, one call in four
# or five had a short frame, in either direction.
PUNCTUAL = Margin(8, 4, 1)


@dataclass(frozen=True, slots=True)
class AudioCounts:
    """Since the buffer was made, in frames of 20 ms: `lost` was never played, `repeated` was filled in. Only what
    happened in the buffer: a sound server that ran dry behind it tells nobody."""

    lost: float = 0.0
    repeated: float = 0.0
    delay_ms: float = 0.0  # what waits in the buffer now


class FrameBuffer:
    """`clock_s`: a monotonic clock."""

    def __init__(self, margin: Margin = CAUTIOUS, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._chunks: deque[bytes] = deque()
        self._rest = b""
        self._written = 0  # samples; the putting thread's
        self._clock_s = clock_s
        self._newest = (0, 0.0, 0)  # written so far, when the last of it came, how much that was: one value, no lock
        self._last_moment_s = margin.last_moment_ms / 1000
        self._refused = 0  # samples; the putting thread's
        self._read = 0  # samples; the taking thread's, as all below
        self._primed = False
        self._base, self._slack = _samples(margin.keep_ms), _samples(margin.slack_ms)
        self._keep = self._base
        self._begins = False  # set by any thread, taken back by the taking one
        self._owed = 0  # samples to take out (+) or to put in (-)
        self._splice_at = 0  # not before so many samples were taken
        self._least = 1 << 30
        self._seen = 0
        self._empty = 0
        self._lost = 0
        self._filled = 0
        self._taken = 0
        self._learnt_at = -RATE_HZ * 3600
        self._may_learn = 0  # samples, of this second
        self._needed_at = 0  # when all that is kept was last needed, or a little of it was unlearnt

    @property
    def keep_ms(self) -> float:
        """How much it tries to have left after a take."""
        return self._keep * 1000 / RATE_HZ

    @property
    def counts(self) -> AudioCounts:
        lost, filled = self._lost + self._refused, self._filled
        waiting = max(self._written - self._read, 0)
        return AudioCounts(lost / FRAME_SAMPLES, filled / FRAME_SAMPLES, waiting * 1000 / RATE_HZ)

    def begin_call(self) -> None:
        """Forget what was learnt. Any thread."""
        self._begins = True

    def put(self, pcm: bytes) -> None:
        """Any number of samples. The putting thread only."""
        if self._written - self._read > _samples(JUMP_MS * 2):  # nobody takes
            if self._primed:
                self._refused += len(pcm) // 2
            return
        self._chunks.append(pcm)
        self._written += len(pcm) // 2
        self._newest = (self._written, self._clock_s(), len(pcm) // 2)

    def take(self, count: int) -> bytes:
        """Exactly `count` samples. The taking thread only."""
        if self._begins:
            self._begins, self._keep = False, self._base
            self._learnt_at = self._needed_at = self._taken
            self._may_learn = 0  # the beginning itself is a hiccup that teaches nothing
        written, came_s, size = self._newest
        waiting = written - self._read
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
            self._owed = 0
            waiting -= extra
        self._taken += count
        if waiting < count:
            return self._short(waiting, count)
        self._empty = 0
        left = waiting - count
        if left < size and self._owed >= 0 and self._clock_s() - came_s < self._last_moment_s:
            self._owed = -min(size - left, _samples(LEARN_MOST_MS))
            self._learn(max(size - self._keep, 0))
        else:
            self._watch(left, count)
        return self._levelled(waiting, count) if self._owed else self._consume(count)

    def _levelled(self, waiting: int, count: int) -> bytes:
        """The next samples, with some of what is owed taken out or put in."""
        more = waiting >= count + SHIFT_MOST
        if self._owed > 0 and more:
            pcm = self._consume(count + SHIFT_MOST)
            if peak(pcm) < QUIET_PEAK:
                self._unread(pcm[count * 2 :])
                left = waiting - count
                self._skip(min(self._owed, left - self._keep))
                self._owed = 0
                return pcm[: count * 2]
            if count >= SHORTEST and self._taken >= self._splice_at:
                samples = shortened(np.frombuffer(pcm, np.int16))
                self._owed -= count + SHIFT_MOST - len(samples)
                self._owed = self._owed if self._owed > SHIFT_LEAST else 0
                return self._spliced(samples, count)
            self._unread(pcm[count * 2 :])
            return pcm[: count * 2]
        pcm = self._consume(count)
        if self._owed < 0 and count >= SHORTEST and self._taken >= self._splice_at:
            samples = lengthened(np.frombuffer(pcm, np.int16))
            self._owed = min(self._owed + len(samples) - count, 0)
            return self._spliced(samples, count)
        return pcm

    def _spliced(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]], count: int) -> bytes:
        """The first `count`; the rest waits for the next take."""
        self._splice_at = self._taken + int(SPLICE_EVERY_S * RATE_HZ)
        if not self._owed:
            self._least, self._seen = 1 << 30, 0  # what was left before it was level says nothing any more
        pcm = samples.tobytes()
        self._unread(pcm[count * 2 :])
        return pcm[: count * 2]

    def _short(self, waiting: int, count: int) -> bytes:
        """Less is left than is needed: play it and fill in the rest."""
        missing = count - waiting
        self._filled += missing
        self._empty = self._empty + missing if waiting == 0 else missing
        if self._empty > PATIENCE_S * RATE_HZ:
            self._primed = False
            self._filled -= self._empty
            self._empty = 0
        else:
            self._owed = -self._keep  # away from the edge at once
            self._learn(max(missing, _samples(LEARN_LEAST_MS)))
        return self._consume(waiting) + bytes(missing * 2)

    def _learn(self, more: int) -> None:
        """To keep so much more; not too much in one second, however long a stall lasts."""
        self._least, self._seen = 1 << 30, 0
        self._needed_at = self._taken
        if self._taken - self._learnt_at >= WINDOW_S * RATE_HZ:
            self._learnt_at, self._may_learn = self._taken, _samples(LEARN_MOST_MS)
        more = min(more, self._may_learn)
        self._may_learn -= more
        self._keep = min(self._keep + more, _samples(KEEP_MOST_MS))

    def _watch(self, left: int, count: int) -> None:
        """Decide what is too much or too little from the least that was left during the last second."""
        self._least = min(self._least, left)
        self._seen += count
        if self._seen < WINDOW_S * RATE_HZ:
            return
        surplus = self._least - self._keep
        self._least, self._seen = 1 << 30, 0
        needed = surplus < -self._keep // 2
        self._owed = surplus if surplus > self._slack or needed else 0
        if needed:
            self._needed_at = self._taken
        elif self._taken - self._needed_at >= UNLEARN_S * RATE_HZ:
            self._needed_at = self._taken
            self._keep = max(self._keep - _samples(UNLEARN_MS), self._base)

    def _consume(self, count: int) -> bytes:
        parts, need = [], count * 2
        while need > 0:
            if not self._rest:
                self._rest = self._chunks.popleft()
            part = self._rest[:need]
            self._rest = self._rest[len(part) :]
            need -= len(part)
            parts.append(part)
        self._read += count
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _unread(self, pcm: bytes) -> None:
        self._rest = pcm + self._rest
        self._read -= len(pcm) // 2

    def _skip(self, count: int) -> None:
        if count > 0:
            self._consume(count)

"""Audio between two clocks: a sound device's and PJSIP's. One thread puts, one other thread takes; no lock.

It keeps as little as the jitter of the two allows. Over every second it looks at the least that was left after a take.
More than needed: it leaves out some of the next pause, or while there is none a few milliseconds at a time where nobody
hears it (`desk.telephony.splice`). Less: it lengthens likewise, which also levels out the drift between the two
crystals. Only when nothing is left does it fill in silence (`repeated`) and learn to keep a little more, and only when
far too much has piled up does it jump (`lost`).

Neither side waits for anything."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ, peak
from desk.telephony.splice import SHIFT_LEAST, SHIFT_MOST, SHORTEST, lengthened, shortened

KEEP_MS, KEEP_MOST_MS, KEEP_STEP_MS = 12, 60, 10
SLACK_MS = 6  # more than this above what is kept is taken out
JUMP_MS = 160  # more than this is a stall that is over, not jitter
WINDOW_S = 1.0
SPLICE_EVERY_S = 0.08  # at most 5 ms in 80: speech that hurries a little, for a moment
QUIET_PEAK = 200  # -44 dBFS: in a pause what is too much is left out at once, and nobody hears it
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
        self._owed = 0  # samples to take out (+) or to put in (-)
        self._splice_at = 0  # not before so many samples were taken
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
            self._owed = 0
            waiting -= extra
        self._taken += count
        if waiting < count:
            return self._short(waiting, count)
        self._empty = 0
        self._watch(waiting - count, count)
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
                return self._spliced(shortened(np.frombuffer(pcm, np.int16)), count)
            self._unread(pcm[count * 2 :])
            return pcm[: count * 2]
        pcm = self._consume(count)
        if self._owed < 0 and count >= SHORTEST and self._taken >= self._splice_at:
            return self._spliced(lengthened(np.frombuffer(pcm, np.int16)), count)
        return pcm

    def _spliced(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]], count: int) -> bytes:
        """The first `count`; the rest waits for the next take."""
        self._splice_at = self._taken + int(SPLICE_EVERY_S * RATE_HZ)
        if self._owed > 0:
            self._owed = max(self._owed - SHIFT_LEAST, 0)
        else:
            self._owed = min(self._owed + SHIFT_LEAST, 0)
        pcm = samples.tobytes()
        self._unread(pcm[count * 2 :])
        return pcm[: count * 2]

    def _short(self, waiting: int, count: int) -> bytes:
        """Less is left than is needed: play it and fill in the rest."""
        missing = count - waiting
        self._filled += missing
        self._empty = self._empty + missing if waiting == 0 else missing
        self._least, self._seen, self._owed = 1 << 30, 0, -self._keep  # away from the edge at once
        if self._empty > PATIENCE_S * RATE_HZ:
            self._primed = False
            self._filled -= self._empty
            self._empty = 0
        elif self._taken - self._learnt_at >= WINDOW_S * RATE_HZ:  # once per stall, however long it lasts
            self._learnt_at = self._taken
            self._keep = min(self._keep + _samples(KEEP_STEP_MS), _samples(KEEP_MOST_MS))
        return self._consume(waiting) + bytes(missing * 2)

    def _watch(self, left: int, count: int) -> None:
        """Decide what is too much or too little from the least that was left during the last second."""
        self._least = min(self._least, left)
        self._seen += count
        if self._seen < WINDOW_S * RATE_HZ:
            return
        surplus = self._least - self._keep
        self._owed = surplus if surplus > _samples(SLACK_MS) or surplus < -self._keep // 2 else 0
        self._least, self._seen = 1 << 30, 0

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

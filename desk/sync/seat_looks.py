"""The seat looked over, for the seat register: once a day by the background service itself, while no call runs, and
whenever an agent has done it in the window.

Threads: `take` on a link's, `work_once` on a worker's, which a look may keep for half a minute."""

import queue
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from desk import wire
from desk.domain.health import Finding
from desk.domain.seat_register import from_text
from desk.usecases.ports import Clock

EVERY = timedelta(hours=20)
SETTLED_S = 600.0  # after the start: until then a seat has other things to do, and not everything is up
AGAIN_S = 300.0  # the clock of the register is asked that often


class SeatLooks:
    """`look()`: everything that can be found without disturbing anybody; `file(findings)`; `looked_at()`: when that was
    last done, None = never."""

    def __init__(
        self,
        look: Callable[[], Sequence[Finding]],
        file: Callable[[Sequence[Finding]], None],
        looked_at: Callable[[], datetime | None],
        in_call: Callable[[], bool],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._file, self._looked_at = look, file, looked_at
        self._in_call, self._clock, self._monotonic = in_call, clock, monotonic
        self._told: queue.SimpleQueue[wire.SeatLooked] = queue.SimpleQueue()
        self._ask_at_s = monotonic() + SETTLED_S

    def take(self, told: wire.SeatLooked) -> None:
        self._told.put(told)

    def work_once(self) -> bool:
        if not self._told.empty():
            untrusted = self._told.get().findings
            self._file([finding for text in untrusted if (finding := from_text(text)) is not None])
            return True
        now_s = self._monotonic()
        if now_s < self._ask_at_s or self._in_call():
            return False
        self._ask_at_s = now_s + AGAIN_S
        last = self._looked_at()
        if last is not None and timedelta() <= self._clock() - last < EVERY:
            return False
        self._file(self._look())
        return True

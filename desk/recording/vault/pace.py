"""How fast recordings may be sent: a bucket that fills with the limit and that each block sent takes from, so that what
leaves the seat is even. A call suffers from bursts, not from averages: no more than a tenth of a second's worth ever
goes at once. What several threads send keeps the limit together; any thread may change it."""

import threading
import time
from collections.abc import Callable

SLICE_S = 0.1


class Paced:
    """A `port.Pace`. `limit_kbit_s` is asked again and again while it waits; 0 = none."""

    def __init__(
        self,
        limit_kbit_s: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limit_kbit_s, self._monotonic, self._sleep = limit_kbit_s, monotonic, sleep
        self._allowed = 0.0  # bytes
        self._filled_at = monotonic()
        self._turn = threading.Lock()

    def __call__(self, size: int) -> bool:
        """Waits until so many bytes may go. A block larger than the bucket goes once it is full, and leaves a debt.
        Returns whether there is a limit."""
        with self._turn:
            return self._wait(size)

    def _wait(self, size: int) -> bool:
        while (bytes_s := self._limit_kbit_s() * 125) > 0:
            most = bytes_s * SLICE_S
            now = self._monotonic()
            self._allowed = min(most, self._allowed + (now - self._filled_at) * bytes_s)
            self._filled_at = now
            wanted = min(float(size), most)
            if self._allowed >= wanted:
                self._allowed -= size
                return True
            self._sleep(min(SLICE_S, max((wanted - self._allowed) / bytes_s, 0.001)))
        self._allowed, self._filled_at = 0.0, self._monotonic()
        return False

"""How often a seat asks the centre while others keep writing: at once as long as that is seldom, and in a hotline of
many seats at the rate that its server can serve."""

import time
from collections.abc import Callable

SHARE = 3.0  # a round that took t seconds owes the centre 3 t of rest
FREE_S = 1.0  # so much may be owed before any is taken: a few rounds in a row come at once
MOST_S = 1.0  # and no rest is longer


class Pace:
    """Rest is owed for every round and paid by time that passes; only what is owed above `FREE_S` is waited for."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds of a clock that never goes back."""
        self._now = now
        self._owed_s = 0.0
        self._at = now()

    def worked(self, seconds: float) -> None:
        """A round is over that took so long."""
        now = self._now()
        self._owed_s = max(0.0, self._owed_s - (now - self._at - seconds)) + SHARE * seconds
        self._owed_s = min(self._owed_s, FREE_S + MOST_S)
        self._at = now

    def rest_s(self) -> float:
        """Seconds to leave the centre alone before the next round, now; 0.0 .. `MOST_S`."""
        return max(0.0, self._owed_s - (self._now() - self._at) - FREE_S)

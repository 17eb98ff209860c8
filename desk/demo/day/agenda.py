"""A time of its own: it stands still while something happens and jumps to whatever is due next. Nothing here waits."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime


class Agenda:
    """What happens when. Of two things that are due at once the one that was put down first comes first."""

    def __init__(self, start: datetime) -> None:
        """`start`: aware UTC."""
        self._at = start
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._turn = itertools.count()

    def now(self) -> datetime:
        """A `desk.usecases.ports.Clock`."""
        return self._at

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        """What lies in the past happens next."""
        heapq.heappush(self._due, (max(when, self._at), next(self._turn), what))

    def run_until(self, end: datetime) -> None:
        """Everything that is due before `end`, and what comes of it."""
        while self._due and self._due[0][0] < end:
            self._at, _turn, what = heapq.heappop(self._due)
            what()
        self._at = max(self._at, end)

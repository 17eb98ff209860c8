"""How the spool's folders are, beyond the calls that run: what is low on space, and that one of two folders fails while
the other one has everything. Told whenever it changes, its details too. Several threads tell it; whoever listens is
called on theirs."""

import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

from desk.domain.troubles import Trouble

OnState: TypeAlias = Callable[[Mapping[Trouble, str]], None]


class SpoolState:
    def __init__(self, on_state: OnState) -> None:
        self._on_state = on_state
        self._lock = threading.Lock()
        self._reasons: dict[tuple[Trouble, str], str] = {}
        self._told: dict[Trouble, str] = {}

    @property
    def now(self) -> Mapping[Trouble, str]:
        """Any thread."""
        return self._told

    def is_(self, trouble: Trouble, of: str, detail: str) -> None:
        """`of`: which part says so; `detail` "" = there it is well."""
        with self._lock:
            if detail:
                self._reasons[trouble, of] = detail
            else:
                self._reasons.pop((trouble, of), None)
            now: dict[Trouble, str] = {}
            for (one, _), reason in self._reasons.items():
                now.setdefault(one, reason)
            if now != self._told:
                self._told = now
                self._on_state(now)

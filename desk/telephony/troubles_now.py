"""The troubles that stand at this moment, each raised once and cleared once. Phone process, main thread."""

from collections.abc import Callable, Mapping
from datetime import datetime

from desk.domain.events import TroubleCleared, TroubleRaised
from desk.domain.troubles import Trouble, Wrong


class TroublesNow:
    def __init__(self, publish: Callable[[TroubleRaised | TroubleCleared], None]) -> None:
        self._publish = publish
        self._standing: dict[Trouble, Wrong] = {}

    @property
    def standing(self) -> tuple[Wrong, ...]:
        return tuple(self._standing.values())

    def settle(self, family: frozenset[Trouble], present: Mapping[Trouble, str], at: datetime) -> None:
        """Of this family exactly these stand now, with their details."""
        for trouble in family & self._standing.keys() - present.keys():
            self._publish(TroubleCleared(self._standing.pop(trouble)))
        for trouble, detail in present.items():
            if trouble not in self._standing:
                self._standing[trouble] = Wrong(trouble, at, detail)
                self._publish(TroubleRaised(self._standing[trouble]))

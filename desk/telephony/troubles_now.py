"""The troubles that stand at this moment, each raised once and cleared once; raised again, with the time it has stood
since, where its details are others. Phone process, main thread."""

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
            before = self._standing.get(trouble)
            if before is None or before.detail != detail:
                self._standing[trouble] = Wrong(trouble, before.since if before else at, detail)
                self._publish(TroubleRaised(self._standing[trouble]))

"""What the shift's use cases need of the store. Any thread; each a few indexed rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.domain.hand_over import OpenItem, What
from desk.domain.shifts import DutyTurn, HandOver, StateSpan, Stay


class Shifts(Protocol):
    """`who` "": of everybody."""

    def turns(self, since: datetime, until: datetime, who: str = "") -> list[DutyTurn]:
        """Those that reach into this time, the ones taken back too, by their beginning."""
        ...

    def turn(self, duty_turn_id: str) -> DutyTurn | None: ...

    def stays(self, since: datetime, until: datetime, who: str = "") -> list[Stay]:
        """Those that reach into this time, oldest first."""
        ...

    def open_stay(self, seat: str) -> Stay | None:
        """The latest at this seat that has no end."""
        ...

    def spans(self, since: datetime, until: datetime, who: str = "") -> list[StateSpan]:
        """The states begun in this time, and those that were on when it began; oldest first."""
        ...

    def last_span(self, who: str) -> StateSpan | None: ...

    def hand_over(self, hand_over_id: str) -> HandOver | None: ...

    def hand_overs(self, since: datetime) -> list[HandOver]:
        """Made since then, newest first."""
        ...

    def waiting(self, who: str) -> list[HandOver]:
        """Notes that nobody has accepted and that go to this person or to whoever comes; oldest first."""
        ...

    def unaccepted_of(self, who: str) -> HandOver | None:
        """The latest note of this person that nobody has accepted."""
        ...


class OpenWork(Protocol):
    """What is open and whose."""

    def of(self, who: str) -> list[OpenItem]:
        """In no order."""
        ...

    def items(self, refs: Sequence[tuple[What, str]]) -> list[OpenItem]:
        """Those of these that are open still."""
        ...

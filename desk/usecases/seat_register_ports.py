"""What the seat register's use cases need of the store. Any thread; a few indexed rows each."""

from datetime import datetime
from typing import Protocol

from desk.domain.seat_register import SeatCheck, SeatRecord


class Seats(Protocol):
    def all(self) -> list[SeatRecord]:
        """By name; the retired ones too. What this store knows: all seats where whoever signs in may see them, else
        its own."""
        ...

    def record(self, seat_record_id: str) -> SeatRecord | None: ...

    def checks(self, seat_record_id: str, limit: int = 20) -> list[SeatCheck]:
        """The newest first."""
        ...

    def own_id(self) -> str:
        """The id of this seat's record; made where there is none yet."""
        ...


class TimeLost(Protocol):
    """How long this seat could not take calls, kept at the seat until it is told to the register."""

    def add(self, seconds: float, until: datetime) -> None:
        """One transaction."""
        ...

    def total(self) -> "tuple[int, datetime | None, datetime | None]":
        """Seconds so far; since when they are counted, and when it was last so (None: never)."""
        ...

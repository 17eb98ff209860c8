"""How a change came to the centre, beside what its seat says of it: over whose role, and when. A seat's clock may be
wrong, and its word for who wrote something is no more than that seat's word. Values and pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OFF = timedelta(minutes=5)  # between a seat's clock and the centre's


@dataclass(frozen=True, slots=True)
class Arrival:
    """`role`: the database role over which it came. `at`: when, None where the seat's own time does for it."""

    role: str
    at: datetime | None = None


def is_told_apart(made: datetime, arrived: datetime) -> bool:
    """Whether the two times are too far apart to be one."""
    return abs(arrived - made) > OFF


def made_at(made: datetime, arrived: datetime | None) -> datetime:
    """When it was made, as far as can be known: nothing arrives before it was made, so that a clock that was set ahead
    is found out. One set back looks like a seat that was away."""
    return made if arrived is None or made - arrived <= OFF else arrived

"""What was found of a seat's health: one finding per check, with why, and what to do.

The checks themselves are in the rooms that own what they look at; here is only what they say. The same findings are
printed by `desk doctor`, shown in its window, kept in the seat register and put into a support bundle.

Plain values, any thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """In the order of what matters; the worst of several is their maximum."""

    OK = 0
    UNCHECKED = 1  # could not be looked at: nothing is known
    WARNING = 2  # works, but will not for long, or not well
    WRONG = 3  # does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """`check`: its stable name, as in "sip.registration", for monitoring. `why`: one sentence of what was found, in the
    person's language; `remedy`: one sentence of what to do, "" where nothing is to be done. `figures`: what was
    measured, by names that end in their unit ("round_trip_ms"); no personal data in them."""

    check: str
    level: Level
    why: str
    remedy: str = ""
    figures: Mapping[str, float | int | str] = field(default_factory=dict)


def worst(findings: Iterable[Finding]) -> Level:
    """Of all of them; `OK` where there are none."""
    return max((finding.level for finding in findings), default=Level.OK)

"""What a supervisor looks for among all calls, and what is found. Values only; where and how it is searched belongs to
the adapters of `recording_ports.CallSearch`."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import BuildingId, HouseholdId, PersonId
from desk.domain.party import Direction
from desk.domain.tickets import Kind, Ticket


class Recorded(Enum):
    """How a call stands with its recording."""

    KEPT = "kept"
    MISSING = "missing"  # there is none, with a reason
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose call it is, in whatever ways it can be told: one of all that is given must fit. People and homes are the
    call's own and those of its tickets: a neighbour's leak is found by their room. `digits`: stand in the number;
    `shown_names`: in the name in signalling. Without anything it narrows nothing down."""

    lookup_keys: tuple[str, ...] = ()
    person_ids: tuple[PersonId, ...] = ()
    household_ids: tuple[HouseholdId, ...] = ()
    digits: tuple[str, ...] = ()
    shown_names: tuple[str, ...] = ()

    @property
    def keys(self) -> int:
        """How many it has that calls are filed under."""
        return len(self.lookup_keys) + len(self.person_ids) + len(self.household_ids)

    @property
    def is_written(self) -> bool:
        """Whether some of it can only be read off the call itself."""
        return bool(self.digits or self.shown_names)

    def __or__(self, other: "Whose") -> "Whose":
        both = {name.name: (*getattr(self, name.name), *getattr(other, name.name)) for name in fields(self)}
        return Whose(**{name: tuple(dict.fromkeys(values)) for name, values in both.items()})


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Everything that is given must fit; an empty field narrows nothing down. `since` is inside, `until` is not.
    `whose`: each must fit. `ticket_number`: its beginning. `categories`: codes, or their beginnings ("repair." stands
    for all below it). `words`: each must stand in the text of a ticket of the call. Whole seconds; scores in points
    (0-100); MOS in hundredths."""

    since: datetime | None = None
    until: datetime | None = None
    direction: Direction | None = None
    outcomes: frozenset[Outcome] = frozenset()
    agents: tuple[str, ...] = ()
    seat: str = ""
    whose: tuple[Whose, ...] = ()
    building_id: BuildingId | None = None
    ticket_number: str = ""
    kinds: frozenset[Kind] = frozenset()
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    least_length_s: int | None = None
    most_length_s: int | None = None
    least_hold_s: int | None = None
    least_silence_s: int | None = None
    least_score: int | None = None
    most_score: int | None = None
    scored: bool | None = None
    most_mos_x100: int | None = None
    diagnosis: Diagnosis | None = None
    recorded: Recorded | None = None
    legal_hold: bool | None = None

    def storable(self) -> "CallQuery":
        """The same, with what can stand in no database (half a surrogate pair, NUL) replaced by what nobody writes."""
        return _with_storable(self)


_Given = TypeVar("_Given", CallQuery, Whose)


def _with_storable(given: _Given) -> _Given:
    values = {field.name: getattr(given, field.name) for field in fields(given)}
    odd = {name: value for name, value in values.items() if _storable(value) != value}
    return replace(given, **{name: _storable(value) for name, value in odd.items()}) if odd else given


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
        case tuple():
            return tuple(map(_storable, value))
        case Whose():
            return _with_storable(value)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class CallHit:
    """One call found, with what is shown of it. `ticket`: the newest of the call's, `points_x10` of its newest final
    score."""

    call: CallEntry
    recording: RecordingEntry | None = None
    ticket: Ticket | None = None
    points_x10: int | None = None

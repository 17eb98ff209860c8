"""Leaving other residents out of a pack. Named in it may be: the caller, and whoever lives with them. Anybody else's
name, number, home or call is replaced, in fields by `MASK`, in free text where a known name or any long number stands;
ids of other calls and tickets become a hash that tells them apart and leads nowhere. Where the fault is stays in words
in a ticket of the caller's own, also where that is a neighbour's home.

A ticket that was taken from somebody else's call (a hundred calls about one cut are one ticket) keeps its number,
stages, category and times, its tasks and when staff were called about it, and nothing of what that somebody said or was
told. Staff are named: they answer for what they did; their numbers are not the caller's. The link in a message by which
a handler answers is left out: whoever has it can answer.
Pure functions and values, any thread."""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from desk.domain.call_log import CallEntry
from desk.domain.changes import Change, FieldValue, Patch
from desk.domain.tickets import Ticket

MASK = "●●●"
_FIGURES = re.compile(
    r"(?P<kept>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # UUID
    r"|20\d\d-[01]\d-[0-3]\d(?:T[\d:.]+Z)?|(?<!\d)20\d{6}-[A-Z0-9]{1,8}-\d+)"  # ISO 8601, a ticket's number
    r"|\+?\d(?:[\s\-‐-―－()（）]{0,2}\d){6,}"
)
_DIGITS = re.compile(r"\d")
_LINK = re.compile(r"https?://[!-~]+")
_SAME_DIGITS = 7  # at the end of two numbers: with and without area code, country code, trunk 0
_IDS = frozenset({"call_id", "ticket_id", "joined_to", "parent_id", "kept_call_id", "evidence"})
_PEOPLE = frozenset({"person_id", "household_id"})
_OF_A_CALLER = frozenset({"caller_name", "contact_number", "display_name", "lookup_key", "diversion"})
_NUMBERS = frozenset({"number", "caller_number", "recipient"})  # but for a ticket's own, which is no telephone's
_SAID = frozenset({"title", "said", "note", "reason"})
_OF_ANOTHERS_TICKET = _OF_A_CALLER | _SAID | {"description", "place_text", "building_id", "public_area_id", "typed"}
_OF_THE_MACHINE = frozenset({"dedupe_key", "fields", "channel_id"})  # of a message; `fields` holds its link
_OF_SOMEBODY = frozenset({"promise", "question", "follow_up"})  # of one resident, who need not be whose ticket it is
# Hexadecimal, places and times, a ticket's own number: their figures are nobody's telephone number.
_NO_WORDS = frozenset({"sha256", "seal_hash", "file", "chain", "spans", "long_silences", "number"})


@dataclass(frozen=True, slots=True)
class Known:
    """Who may be named. `persons`, `households`: their ids; `numbers` as written anywhere; `strangers`: names of other
    people who had to do with these tickets, longest first."""

    call_id: str
    tickets: frozenset[str]
    persons: frozenset[str]
    households: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    strangers: tuple[str, ...] = ()


def is_own(ticket: Ticket, call: CallEntry, persons: Collection[str], households: Collection[str]) -> bool:
    """Whether this ticket is the caller's: taken from this very call, or theirs by person or household."""
    if ticket.call_id == call.call_id:
        return True
    return bool(ticket.person_id and ticket.person_id in persons) or bool(
        ticket.household_id and ticket.household_id in households
    )


@dataclass(slots=True)
class Masker:
    """Counts what it left out in `left_out`."""

    known: Known
    left_out: int = 0
    _endings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._endings = frozenset(
            digits[-_SAME_DIGITS:] for number in self.known.numbers if (digits := _digits(number)) is not None
        )

    def change(self, change: Change, own: bool) -> Change:
        """`own` False: of another resident's ticket."""
        callers = _OF_A_CALLER if change.entity == "ticket" else _OF_A_CALLER | _NUMBERS
        shown = {name: value for name, value in change.patch.items() if name not in _OF_THE_MACHINE}
        patch = {name: self.value(name, value, own, callers) for name, value in shown.items()}
        reason = self.text(change.reason) if own else (change.reason and self._masked())
        return replace(change, patch=patch, reason=reason)

    def belongs(self, entity: str, row: Patch, own: bool) -> bool:
        """Whether this, which points to a ticket, is part of what a pack tells of it. `row`: as it stands now; `own`
        False: the ticket is another resident's."""
        if entity == "call":
            return False  # this one is told apart, the others are other callers'
        if not own:
            return entity == "task" or (entity == "attempt" and bool(row.get("staff_id")))
        if entity not in _OF_SOMEBODY or row.get("call_id") == self.known.call_id:
            return True
        if person := row.get("person_id"):
            return person in self.known.persons
        told = [str(one) for name in ("caller_name", "number") if (one := row.get(name))]
        return not told or any(self._is_callers(one) for one in told)

    def value(self, name: str, value: FieldValue, own: bool, callers: Collection[str] = _OF_A_CALLER) -> FieldValue:
        if value in (None, "", [], {}) or isinstance(value, bool | int | float):
            return value
        if name in _IDS:
            return [self._id(str(one)) for one in value] if isinstance(value, list) else self._id(str(value))
        if name in _PEOPLE:
            return value if value in (self.known.persons | self.known.households) else self._masked()
        if not own and name in _OF_ANOTHERS_TICKET:
            return self._masked()
        if name in callers:
            return value if self._is_callers(str(value)) else self._masked()
        return value if name in _NO_WORDS else self._inside(value)

    def call(self, call: CallEntry) -> CallEntry:
        """The row as it stands now, by the same rules as its changes."""
        given = {"person_id": call.person_id, "household_id": call.household_id, "diversion": call.diversion}
        shown = {name: self.value(name, value, own=True) for name, value in given.items()}
        return replace(call, transferred_to=self.text(call.transferred_to), **shown)  # type: ignore[arg-type] # texts or None, as given

    def ticket(self, ticket: Ticket, own: bool) -> Ticket:
        """The row as it stands now, by the same rules as its changes."""
        given: dict[str, FieldValue] = {
            "caller_name": ticket.caller_name,
            "contact_number": ticket.contact_number,
            "description": ticket.description,
            "place_text": ticket.place_text,
            "person_id": ticket.person_id,
            "household_id": ticket.household_id,
            "building_id": ticket.building_id,
            "public_area_id": ticket.public_area_id,
            "call_id": ticket.call_id,
            "joined_to": ticket.joined_to,
            "parent_id": ticket.parent_id,
            "stage_reason": ticket.stage_reason,
        }
        shown = {name: self.value(name, value, own) for name, value in given.items()}
        return replace(ticket, typed=ticket.typed if own else (), **shown)  # type: ignore[arg-type] # texts or None, as given

    def text(self, text: str) -> str:
        """Free text: names of strangers, numbers that are not the caller's, and links."""
        text = _LINK.sub(lambda _found: self._masked(), text)
        for name in self.known.strangers:
            if name in text:
                self.left_out += text.count(name)
                text = text.replace(name, MASK)
        return _FIGURES.sub(self._figures, text)

    def _inside(self, value: FieldValue) -> FieldValue:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.text(item) for item in value]
            case dict():
                return {key: self.text(item) for key, item in value.items()}
            case _:
                return value

    def _is_callers(self, value: str) -> bool:
        if value in self.known.names or value in self.known.numbers:
            return True
        digits = _digits(value)
        return digits is not None and digits[-_SAME_DIGITS:] in self._endings

    def _figures(self, found: re.Match[str]) -> str:
        return found[0] if found["kept"] or self._is_callers(found[0]) else self._masked()

    def _id(self, text: str) -> str:
        if text == self.known.call_id or text in self.known.tickets:
            return text
        self.left_out += 1
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16]

    def _masked(self) -> str:
        self.left_out += 1
        return MASK


def _digits(number: str) -> str | None:
    """Enough of them to tell a line by; None for fewer."""
    digits = "".join(_DIGITS.findall(number))
    return digits if len(digits) >= _SAME_DIGITS else None


def strangers_of(names: Iterable[str], known_names: Collection[str]) -> tuple[str, ...]:
    """Names to be taken out of free text: of two characters at least (one is any word), longest first."""
    strangers = {name for name in names if len(name) > 1 and name not in known_names}
    return tuple(sorted(strangers, key=lambda name: (-len(name), name)))

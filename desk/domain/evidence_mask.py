"""Leaving other residents out of a pack. Named in it may be: the caller, and whoever lives with them. Anybody else's
name, number, home or call is replaced, in fields by `MASK`, in free text where a known name or any long number stands;
ids of other calls and tickets become a hash that tells them apart and leads nowhere. Where the fault is stays in words
in a ticket of the caller's own, also where that is a neighbour's home.

A ticket that was taken from somebody else's call (a hundred calls about one cut are one ticket) keeps its number,
stages, category and times, its tasks and when staff were called about it, and nothing of what that somebody said or was
told. What the caller was promised, asked and told about it, and when they rang again, stays, but for where it is. Staff
are named: they answer for what they did; their numbers are not the caller's. The link in a message by which a handler
answers is left out: whoever has it can answer.

Whom the register does not know is known by the line they ring from: a ticket that names nobody else and is to be
answered there is theirs.
Pure functions and values, any thread."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

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
_FEWEST = 7  # digits to tell a line by
_COUNTRY = "86"
_WITH_AREA = 10  # digits at least
_MOBILE = re.compile(r"1[3-9]\d{9}")
_IDS = frozenset({"call_id", "ticket_id", "joined_to", "parent_id", "kept_call_id", "evidence"})
_PEOPLE = frozenset({"person_id", "household_id"})
_OF_A_CALLER = frozenset({"caller_name", "contact_number", "display_name", "lookup_key", "diversion"})
_NUMBERS = frozenset({"number", "caller_number", "recipient"})  # but for a ticket's own, which is no telephone's
_SAID = frozenset({"title", "said", "note", "reason"})
_OF_ANOTHERS_TICKET = _OF_A_CALLER | _SAID | {"description", "place_text", "building_id", "public_area_id", "typed"}
_OF_THE_MACHINE = frozenset({"dedupe_key", "fields", "channel_id"})  # of a message; `fields` holds its link
_OF_SOMEBODY = frozenset({"promise", "question", "follow_up"})  # of one resident, who need not be whose ticket it is
_LINES = ("number", "lookup_key", "caller_number", "recipient")  # of what points to a ticket: whom it was with
# Hexadecimal, places and times, a ticket's own number: their figures are nobody's telephone number.
_NO_WORDS = frozenset({"sha256", "seal_hash", "file", "chain", "spans", "long_silences", "number"})


@dataclass(frozen=True, slots=True)
class Known:
    """Who may be named. `persons`, `households`: their ids; `numbers` as written anywhere; `strangers`: names of other
    people who had to do with these tickets, longest first; `lines`: the number that rings, where nobody else is known
    to ring from it."""

    call_id: str
    tickets: frozenset[str]
    persons: frozenset[str]
    households: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    strangers: tuple[str, ...] = ()
    lines: frozenset[str] = frozenset()


def is_own(ticket: Ticket, known: Known) -> bool:
    """Whether this ticket is the caller's: taken from this very call, or theirs by person or household, or by line."""
    if ticket.call_id == known.call_id:
        return True
    if ticket.person_id and ticket.person_id in known.persons:
        return True
    return bool(ticket.household_id and ticket.household_id in known.households) or is_by_line(ticket, known)


def is_by_line(ticket: Ticket, known: Known) -> bool:
    """Whether it names nobody, and is to be answered at the caller's line. An incident's has the number of one of many
    who rang about it."""
    of_many = ticket.incident_id is not None and ticket.call_id is None
    return not ticket.person_id and not of_many and is_line(ticket.contact_number, known.lines)


def is_line(number: str, lines: Iterable[str]) -> bool:
    """Whether this number, however it is written (country code, trunk 0, area code, a digit for an outside line), is
    one of these lines. What has fewer digits than a telephone's (an extension, a withheld one) is none."""
    digits = _national(number)
    return bool(digits) and any(_is_same(digits, _national(line)) for line in lines)


@dataclass(slots=True)
class Masker:
    """Counts what it left out in `left_out`."""

    known: Known
    left_out: int = 0

    def change(self, change: Change, own: bool, places: Iterable[str] = ()) -> Change:
        """`own` False: of another resident's ticket, and not the caller's (`is_callers`). `places`: where that
        resident's ticket is, which stays out of what the caller was told about it."""
        change = self._without(change, places)
        callers = _OF_A_CALLER if change.entity == "ticket" else _OF_A_CALLER | _NUMBERS
        shown = {name: value for name, value in change.patch.items() if name not in _OF_THE_MACHINE}
        patch = {name: self.value(name, value, own, callers) for name, value in shown.items()}
        reason = self.text(change.reason) if own else (change.reason and self._masked())
        return replace(change, patch=patch, reason=reason)

    def is_callers(self, entity: str, entity_id: str, row: Patch) -> bool:
        """Whether this, which points to a ticket, is the caller's, whosever the ticket is: made in this call, or with
        them, or another call of theirs. `row`: as it stands now."""
        if entity == "call" and entity_id == self.known.call_id:
            return False  # it is told apart
        if row.get("staff_id"):
            return False
        if entity != "call" and row.get("call_id") == self.known.call_id:
            return True
        if person := row.get("person_id"):
            return person in self.known.persons
        if entity != "call" and (home := row.get("household_id")) and home in self.known.households:
            return True  # a call bears the home that it is about, too
        return any(is_line(str(row.get(name) or ""), self.known.lines) for name in _LINES)

    def belongs(self, entity: str, row: Patch, own: bool) -> bool:
        """Whether this, which points to a ticket and is not known to be the caller's, is part of what a pack tells of
        it. `row`: as it stands now; `own` False: the ticket is another resident's."""
        if entity == "call":
            return False
        if not own:
            return entity == "task" or (entity == "attempt" and bool(row.get("staff_id")))
        if entity not in _OF_SOMEBODY:
            return True
        if person := row.get("person_id"):
            return person in self.known.persons
        told = [str(one) for name in ("caller_name", "number") if (one := row.get(name))]
        return not told or any(self._is_said(one) for one in told)

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
            return value if self._is_said(str(value)) else self._masked()
        return value if name in _NO_WORDS else _inside(value, self.text)

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

    def _without(self, change: Change, places: Iterable[str]) -> Change:
        longest = sorted((place for place in places if place), key=len, reverse=True)
        if not longest:
            return change

        def placeless(text: str) -> str:
            for place in longest:
                self.left_out += text.count(place)
                text = text.replace(place, MASK)
            return text

        patch = {name: _inside(value, placeless) for name, value in change.patch.items()}
        return replace(change, patch=patch, reason=placeless(change.reason))

    def _is_said(self, value: str) -> bool:
        """Whether it is the caller's name or number."""
        if value in self.known.names or value in self.known.numbers:
            return True
        return is_line(value, self.known.numbers)

    def _figures(self, found: re.Match[str]) -> str:
        return found[0] if found["kept"] or self._is_said(found[0]) else self._masked()

    def _id(self, text: str) -> str:
        if text == self.known.call_id or text in self.known.tickets:
            return text
        self.left_out += 1
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16]

    def _masked(self) -> str:
        self.left_out += 1
        return MASK


def _inside(value: FieldValue, hand: Callable[[str], str]) -> FieldValue:
    """The same with each text in it as `hand` gives it."""
    match value:
        case str():
            return hand(value)
        case list():
            return [hand(item) for item in value]
        case dict():
            return {key: hand(item) for key, item in value.items()}
        case _:
            return value


def _national(number: str) -> str:
    """Its digits without trunk 0 and country code; "" where they are too few to tell a line by."""
    digits = "".join(_DIGITS.findall(number)).lstrip("0")
    if digits.startswith(_COUNTRY) and len(digits) >= len(_COUNTRY) + _WITH_AREA:
        digits = digits.removeprefix(_COUNTRY).lstrip("0")
    return digits if len(digits) >= _FEWEST else ""


def _is_same(one: str, other: str) -> bool:
    """The shorter is the end of the longer. A mobile number is never written without its beginning."""
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return one == other or (longer.endswith(shorter) and _MOBILE.fullmatch(longer) is None)


def strangers_of(names: Iterable[str], known_names: Collection[str]) -> tuple[str, ...]:
    """Names to be taken out of free text: of two characters at least (one is any word), longest first."""
    strangers = {name for name in names if len(name) > 1 and name not in known_names}
    return tuple(sorted(strangers, key=lambda name: (-len(name), name)))

"""Finding whom to dial: part of a name in characters or pinyin, a work number, part of a phone number, a room. Staff
come first (handlers are what an agent dials all day), then residents, then numbers of late calls; nothing typed: the
numbers of late calls alone. And the number behind a row of a list: a call's, a ticket's caller's.

A few indexed reads; any thread."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from desk.domain.call_log import CallEntry
from desk.domain.estate import Duty, NumberEntry, Staff
from desk.domain.identity import CallId, PersonId, TicketId
from desk.domain.numbers import lookup_key
from desk.domain.pinyin import Reading, match, query_form, read_name
from desk.usecases.find_person import PersonFinder, PersonHit
from desk.usecases.ports import CallLog, Residents, Tickets

_LATE = 60  # calls looked at
_DIGITS_ASKED = 2  # with fewer, half of the log would fit
_NAME_ASKED = 2  # letters before the register of residents is asked


@dataclass(frozen=True, slots=True)
class NumberHit:
    """`number` as it is dialled. At most one of `staff`, `person` and `call` says whose it is."""

    number: str
    staff: Staff | None = None
    person: PersonHit | None = None
    call: CallEntry | None = None
    spans: tuple[tuple[int, int], ...] = ()


class NumberFinder:
    def __init__(
        self, residents: Residents, calls: CallLog, tickets: Tickets, people: PersonFinder, area_code: str = ""
    ) -> None:
        self._residents, self._calls, self._tickets = residents, calls, tickets
        self._people, self._area_code = people, area_code

    def find(self, text: str, limit: int = 8) -> list[NumberHit]:
        """The likeliest first, every number once."""
        text = text.strip()
        late = self._late(text)
        if not text:
            return self._once(late, limit)
        return self._once([*self._staff(text), *self._residents_of(text, limit), *late], limit)

    def agents(self, text: str, limit: int = 8) -> list[Staff]:
        """Those who sit at a seat, by part of a name or work number; all of them where nothing is typed."""
        query = query_form(text)
        seated = [one for one in self._residents.staff() if one.active and one.duty in (Duty.AGENT, Duty.SUPERVISOR)]
        return [one for one in seated if not query or query in one.number or match(query, _reading(one.name))][:limit]

    def staff_of(self, number: str) -> Staff | None:
        """Whose telephone this is, where it is that of somebody who works here."""
        key = lookup_key(number, self._area_code) or number
        if not key:
            return None
        return next(
            (
                s
                for s in self._residents.staff()
                if s.active and s.phone and lookup_key(s.phone, self._area_code) == key
            ),
            None,
        )

    def of_row(self, target: str) -> str:
        """The number behind a list's row, by its target ("call:ID", "ticket:ID"); "" where there is none."""
        what, _colon, name = target.partition(":")
        if what == "call":
            entry = self._calls.get(CallId(name))
            return entry.number if entry else ""
        ticket = self._tickets.get(TicketId(name)) if what == "ticket" else None
        if ticket is None:
            return ""
        return ticket.contact_number or self._number_of_person(ticket.person_id)

    def _number_of_person(self, person_id: PersonId | None) -> str:
        numbers = self._residents.numbers_of_people([person_id]) if person_id else []
        return next((entry.raw for entry in numbers if not entry.ended), "")

    def _staff(self, text: str) -> list[NumberHit]:
        query, digits = query_form(text), _digits(text)
        found: list[tuple[int, NumberHit]] = []
        for one in self._residents.staff():
            if not one.active or not one.phone:
                continue
            hit = match(query, _reading(one.name))
            if hit is not None:
                found.append((hit.rank, NumberHit(one.phone, staff=one, spans=(hit.span,))))
            elif query == one.number or (len(digits) >= _DIGITS_ASKED and digits in _digits(one.phone)):
                found.append((0, NumberHit(one.phone, staff=one)))
        return [hit for _rank, hit in sorted(found, key=lambda pair: pair[0])]

    def _residents_of(self, text: str, limit: int) -> list[NumberHit]:
        if len(text) < _NAME_ASKED:
            return []
        hits = [hit for hit in self._people.find(text, limit) if hit.person is not None]
        people = [hit.person.person_id for hit in hits if hit.person]
        numbers: dict[PersonId, list[NumberEntry]] = {}
        for entry in self._residents.numbers_of_people(people) if people else []:
            if entry.person_id and not entry.ended:
                numbers.setdefault(entry.person_id, []).append(entry)
        return [
            NumberHit(entry.raw, person=hit, spans=hit.spans)
            for hit in hits
            if hit.person
            for entry in numbers.get(hit.person.person_id, ())
        ]

    def _late(self, text: str) -> list[NumberHit]:
        digits = _digits(text)
        if text and len(digits) < _DIGITS_ASKED:
            return []
        late = (call for call in self._calls.recent(_LATE) if call.number)
        return [NumberHit(call.number, call=call) for call in late if digits in _digits(call.number)]

    def _once(self, hits: Iterable[NumberHit], limit: int) -> list[NumberHit]:
        kept: dict[str, NumberHit] = {}
        for hit in hits:
            kept.setdefault(lookup_key(hit.number, self._area_code) or hit.number, hit)
            if len(kept) >= limit:
                break
        return list(kept.values())


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))


@lru_cache(maxsize=2000)
def _key(number: str, area_code: str) -> str:
    """Of a colleague's telephone: hundreds, asked for with every unknown caller."""
    return lookup_key(number, area_code) or number


@lru_cache(maxsize=2000)
def _reading(name: str) -> Reading:
    return read_name(name)

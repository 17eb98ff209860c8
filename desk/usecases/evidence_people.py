"""Who may be named in an evidence pack: the caller, and whoever lives with them now. Where the fault is need not be
where the caller lives (a neighbour's leak), and whose ticket it is may have been put right since: another home's people
are other residents, however the call is tied to it. Indexed reads, a worker's thread."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.domain.call_log import CallEntry
from desk.domain.changes import Change
from desk.domain.evidence_mask import Known, is_by_line, is_line, is_own, strangers_of
from desk.domain.identity import HouseholdId, PersonId, TicketId
from desk.domain.tickets import Ticket
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import CallLog, Residents


@dataclass(frozen=True, slots=True)
class Told:
    """What a pack tells, as the log has it. `histories`: every change of each ticket and of what points to it."""

    call: CallEntry
    call_changes: Sequence[Change]
    tickets: Sequence[Ticket]
    histories: Mapping[TicketId, Sequence[Change]]

    @property
    def taken(self) -> list[Ticket]:
        """The tickets that were taken in this call; the others it joined."""
        return [ticket for ticket in self.tickets if ticket.call_id == self.call.call_id]

    def ever(self, tickets: Iterable[Ticket], field: str) -> set[str]:
        """What stood in this field of these tickets at any time."""
        changes = (change for ticket in tickets for change in self.histories[ticket.ticket_id])
        return _values((change for change in changes if change.entity == "ticket"), field)


class EvidencePeople:
    def __init__(self, residents: Residents, calls: CallLog, estate_map: EstateMap) -> None:
        self._residents, self._calls, self._map = residents, calls, estate_map

    def known(self, told: Told) -> tuple[Known, dict[str, str]]:
        """Who may be named, and the words for their ids."""
        call, taken = told.call, told.taken
        callers = self._callers(told)
        tied = {h for h in (call.household_id, *(t.household_id for t in taken)) if h}
        living = {h: {m.person_id for m in self._residents.memberships_of_household(h) if not m.ended} for h in tied}
        homes = self._homes(call, callers, living)
        persons = callers.union(*(living[home] for home in homes))
        people = self._residents.people(sorted(persons))
        numbers = {n.raw for n in self._residents.numbers_of_people(sorted(persons)) if not n.ended}
        numbers |= {call.number, call.lookup_key} | {t.contact_number for t in taken}
        names = {p.name for p in people.values()} | {t.caller_name for t in taken} | {call.display_name}
        lines = self._lines(call, {*persons, *homes})
        names |= _given_from(lines, told)
        shown = {str(person_id): person.name for person_id, person in people.items()}
        of_homes = self._residents.households(sorted(homes))
        shown |= {str(household_id): self._map.home(home).text for household_id, home in of_homes.items()}
        known = Known(
            call.call_id,
            frozenset(ticket.ticket_id for ticket in told.tickets),
            frozenset(persons),
            frozenset(homes),
            frozenset(names - {""}),
            frozenset(numbers - {""}),
            lines=lines,
        )
        names |= {ticket.caller_name for ticket in told.tickets if is_by_line(ticket, known)}
        known = replace(known, names=frozenset(names - {""}))
        return replace(known, strangers=strangers_of(self._others(told, known, tied), names)), shown

    def _callers(self, told: Told) -> set[PersonId]:
        """Whom the tickets taken in the call are for, and whom the call is tied to: but not who such a ticket was for
        until it was put right, unless the ticket bears their name."""
        taken, tied = told.taken, told.call.person_id
        callers = {ticket.person_id for ticket in taken if ticket.person_id}
        if tied is None or tied in callers:
            return callers
        person = self._residents.people([tied]).get(tied)
        still = person is not None and person.name in {ticket.caller_name for ticket in taken}
        return callers | {tied} if still or tied not in told.ever(taken, "person_id") else callers

    def _homes(
        self, call: CallEntry, callers: set[PersonId], living: Mapping[HouseholdId, set[PersonId]]
    ) -> set[HouseholdId]:
        """Those where the caller lives; where nobody said who it is, those that the number belongs to."""
        if callers:
            return {home for home, members in living.items() if not callers.isdisjoint(members)}
        entries = self._residents.by_lookup_keys([call.lookup_key]) if call.lookup_key else []
        owners = {entry.person_id for entry in entries}
        of_number = {entry.household_id for entry in entries}
        return {home for home, members in living.items() if home in of_number or not owners.isdisjoint(members)}

    def _lines(self, call: CallEntry, known: set[str]) -> frozenset[str]:
        """The number that rings, as long as it tells people apart: none that others are registered with, too, nor a
        colleague's, who rings for many."""
        owners = {entry.person_id or entry.household_id for entry in self._residents.by_lookup_keys([call.lookup_key])}
        lines = frozenset({call.number, call.lookup_key})
        shared = not owners <= known if known else len(owners) > 1
        return frozenset() if shared or any(is_line(one.phone, lines) for one in self._residents.staff()) else lines

    def _others(self, told: Told, known: Known, tied: set[HouseholdId]) -> set[str]:
        """Names of other people who had to do with these tickets: other callers, who the ticket or the call was first
        taken to be of; of who lives where the fault is; and of who lived in the caller's home before."""
        call = told.call
        ids = {m.person_id for home in sorted(tied) for m in self._residents.memberships_of_household(home)}
        changes = [*told.call_changes, *(change for trail in told.histories.values() for change in trail)]
        ids |= {PersonId(person) for person in _values(changes, "person_id")}
        elsewhere = (c for c in changes if c.entity != "ticket" and c.patch.get("call_id") not in (None, call.call_id))
        names = _values((c for c in elsewhere if c.patch.get("person_id") not in known.persons), "caller_name")
        for ticket in told.tickets:
            for other in self._calls.of_ticket(ticket.ticket_id):
                if other.call_id != call.call_id and not _is_callers(other, known):
                    ids |= {other.person_id} if other.person_id else set()
                    names.add(other.display_name)
            if not is_own(ticket, known):
                names |= told.ever([ticket], "caller_name")
        people = self._residents.people(sorted(ids - known.persons)).values()
        return names | {person.name for person in people}


def _values(changes: Iterable[Change], field: str) -> set[str]:
    return {value for change in changes if isinstance(value := change.patch.get(field), str) and value}


def _given_from(lines: Collection[str], told: Told) -> set[str]:
    """Names of the caller as they were taken down with the number that they ring from, and with nobody's id."""
    changes = (change.patch for trail in told.histories.values() for change in trail if change.entity != "ticket")
    found = (patch for patch in changes if not patch.get("person_id") and is_line(str(patch.get("number")), lines))
    given = (patch.get(field) for patch in found for field in ("caller_name", "display_name"))
    return {name for name in given if isinstance(name, str)}


def _is_callers(call: CallEntry, known: Known) -> bool:
    return call.person_id in known.persons if call.person_id else is_line(call.number, known.lines)

"""Collecting what an evidence pack tells: the call, its recording, its tickets with all their changes, the comments,
who listened; and leaving other residents out of it (`desk.domain.evidence_mask`). Indexed reads, a worker's thread."""

from dataclasses import replace
from datetime import datetime

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.changes import Change
from desk.domain.evidence import Evidence, Neighbours, TicketStory
from desk.domain.evidence_mask import Known, Masker, is_own, strangers_of
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.tickets import Ticket
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import CallLog, Residents, Tickets
from desk.usecases.recording_ports import Comments, Histories, Listenings, RecordingAway, SealedLog

_HOLDS_TICKET = "ticket_id"


class GatherEvidence:
    def __init__(
        self,
        calls: CallLog,
        tickets: Tickets,
        histories: Histories,
        residents: Residents,
        comments: Comments,
        listenings: Listenings,
        sealed: SealedLog,
        estate_map: EstateMap,
    ) -> None:
        self._calls, self._tickets, self._histories, self._residents = calls, tickets, histories, residents
        self._comments, self._listenings, self._sealed, self._map = comments, listenings, sealed, estate_map

    def gather(self, call_id: CallId, recording: RecordingEntry, now: datetime, made_by: str, seat: str) -> Evidence:
        """Raises `RecordingAway` where the log does not know the call itself."""
        call = self._calls.get(call_id)
        if call is None:
            raise RecordingAway(f"the call log does not hold {call_id}")
        call_changes = self._histories.of("call", call_id)
        tickets = self._tickets_of(call, call_changes)
        histories = {ticket.ticket_id: self._histories.of("ticket", ticket.ticket_id) for ticket in tickets}
        known, names = self._known(call, tickets, histories)
        masker = Masker(known)
        stories = []
        for ticket in tickets:
            own = is_own(ticket, call, known.persons, known.households)
            changes = tuple(masker.change(change, own) for change in histories[ticket.ticket_id])
            stories.append(TicketStory(masker.ticket(ticket, own), changes, own))
        return Evidence(
            call=replace(
                call,
                transferred_to=masker.text(call.transferred_to),
                diversion=str(masker.value("diversion", call.diversion, own=True)),
            ),
            recording=replace(recording, marks=tuple(masker.text(mark) for mark in recording.marks)),
            tickets=tuple(stories),
            call_changes=tuple(masker.change(change, own=True) for change in call_changes),
            recording_changes=tuple(masker.change(c, own=True) for c in self._histories.of("recording", call_id)),
            comments=tuple(replace(c, text=masker.text(c.text)) for c in self._comments.of_call(call_id)),
            listenings=tuple(self._listenings.of_call(call_id)),
            neighbours=self._neighbours(recording),
            names=tuple(sorted(names.items())),
            masked=masker.left_out,
            made_at=now,
            made_by=made_by,
            seat=seat,
        )

    def _tickets_of(self, call: CallEntry, call_changes: list[Change]) -> list[Ticket]:
        """All that this call was ever tied to, in the order it was."""
        ids = [change.patch.get(_HOLDS_TICKET) for change in call_changes] + [call.ticket_id]
        wanted = dict.fromkeys(TicketId(one) for one in ids if isinstance(one, str) and one)
        return [ticket for one in wanted if (ticket := self._tickets.get(one)) is not None]

    def _known(
        self, call: CallEntry, tickets: list[Ticket], histories: dict[TicketId, list[Change]]
    ) -> tuple[Known, dict[str, str]]:
        """Who may be named, and the words for their ids."""
        taken = [ticket for ticket in tickets if ticket.call_id == call.call_id]
        persons = {p for p in (call.person_id, *(t.person_id for t in taken)) if p}
        households = {h for h in (call.household_id, *(t.household_id for t in taken)) if h}
        homes = self._residents.households(sorted(households))
        memberships = [m for h in sorted(households) for m in self._residents.memberships_of_household(h)]
        persons |= {m.person_id for m in memberships if not m.ended}
        moved_out = {m.person_id for m in memberships} - persons
        people = self._residents.people(sorted(persons))
        numbers = {n.raw for n in self._residents.numbers_of_people(sorted(persons)) if not n.ended}
        numbers |= {call.number, call.lookup_key} | {t.contact_number for t in taken}
        names = {p.name for p in people.values()} | {t.caller_name for t in taken} | {call.display_name}
        shown = {str(person_id): person.name for person_id, person in people.items()}
        shown |= {str(household_id): self._map.home(home).text for household_id, home in homes.items()}
        known = Known(
            call.call_id,
            frozenset(ticket.ticket_id for ticket in tickets),
            frozenset(persons),
            frozenset(households),
            frozenset(names - {""}),
            frozenset(numbers - {""}),
            strangers_of(self._others(call, tickets, histories, persons, households, moved_out), names),
        )
        return known, shown

    def _others(
        self,
        call: CallEntry,
        tickets: list[Ticket],
        histories: dict[TicketId, list[Change]],
        persons: set[PersonId],
        households: set[HouseholdId],
        moved_out: set[PersonId],
    ) -> set[str]:
        """Names of other people who had to do with these tickets: other callers, who the ticket was first filed for;
        and of who lived in the household before."""
        ids = set(moved_out)
        names: set[str] = set()
        for ticket in tickets:
            for other in self._calls.of_ticket(ticket.ticket_id):
                if other.call_id != call.call_id:
                    ids |= {other.person_id} if other.person_id else set()
                    names.add(other.display_name)
            own = is_own(ticket, call, persons, households)
            for patch in (change.patch for change in histories[ticket.ticket_id]):
                if isinstance(person := patch.get("person_id"), str):
                    ids.add(PersonId(person))
                if not own and isinstance(name := patch.get("caller_name"), str):
                    names.add(name)
        people = self._residents.people(sorted(ids - persons)).values()
        return names | {person.name for person in people}

    def _neighbours(self, recording: RecordingEntry) -> Neighbours:
        if not recording.chain or recording.chain_place is None:
            return Neighbours()
        before = self._sealed.hash_at(recording.chain, recording.chain_place - 1) if recording.chain_place > 1 else ""
        return Neighbours(before, self._sealed.hash_at(recording.chain, recording.chain_place + 1))

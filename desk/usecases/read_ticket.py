"""A ticket's page: the ticket with its calls, their recordings, and the names behind its ids. A handful of indexed
reads on a worker's thread."""

from dataclasses import dataclass

from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.estate import Building, Household, Person
from desk.domain.identity import TicketId
from desk.domain.messages import Message
from desk.domain.tasks import Task
from desk.domain.tickets import Ticket
from desk.usecases.estate_map import EstateMap
from desk.usecases.notify import Messages
from desk.usecases.ports import CallLog, Residents, Tickets


@dataclass(frozen=True, slots=True)
class TicketCall:
    """`entry` None: the call is not in the log yet (it may still be running). `recording` None: not yet sealed."""

    call_id: str
    entry: CallEntry | None
    recording: RecordingEntry | None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """`calls` oldest first: the one it was taken from, then repeats and those that the desk made about it. `tasks` in
    their turn, where the page asks for them."""

    ticket: Ticket
    calls: tuple[TicketCall, ...]
    person: Person | None
    household: Household | None
    building: Building | None
    joined_to: Ticket | None
    messages: tuple[Message, ...] = ()  # to people outside, oldest first
    tasks: tuple[Task, ...] = ()


class ReadTicket:
    def __init__(
        self,
        tickets: Tickets,
        calls: CallLog,
        residents: Residents,
        estate_map: EstateMap,
        messages: Messages | None = None,
    ) -> None:
        self._tickets = tickets
        self._calls = calls
        self._residents = residents
        self._map = estate_map
        self._messages = messages

    def read(self, ticket_id: TicketId) -> TicketPage | None:
        """None where there is no such ticket (here, yet)."""
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            return None
        person = household = None
        if ticket.person_id:
            person = self._residents.people([ticket.person_id]).get(ticket.person_id)
        if ticket.household_id:
            household = self._residents.households([ticket.household_id]).get(ticket.household_id)
        building = self._map.building(ticket.building_id or (household.building_id if household else None))
        joined_to = self._tickets.get(ticket.joined_to) if ticket.joined_to else None
        messages = tuple(self._messages.of_ticket(ticket_id)) if self._messages else ()
        return TicketPage(ticket, self._calls_of(ticket), person, household, building, joined_to, messages)

    def _calls_of(self, ticket: Ticket) -> tuple[TicketCall, ...]:
        entries = {e.call_id: e for e in self._calls.of_ticket(ticket.ticket_id)}
        if ticket.call_id and ticket.call_id not in entries and (first := self._calls.get(ticket.call_id)):
            entries[first.call_id] = first
        calls = [
            TicketCall(e.call_id, e, self._calls.recording(e.call_id))
            for e in sorted(entries.values(), key=lambda e: e.offered_at)
        ]
        if ticket.call_id and ticket.call_id not in entries:
            calls.insert(0, TicketCall(ticket.call_id, None, None))
        return tuple(calls)

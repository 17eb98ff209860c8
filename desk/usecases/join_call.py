"""A repeat call (催单): the same fault reported again joins the open ticket instead of becoming another one. A hundred
calls about one cut are one ticket. Any thread; `join` is durable when it returns."""

from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.tickets import OPEN_STAGES, Place, Ticket
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets

SAME_FAULTS = 8
_IN_BUILDING = 200


class TicketNotOpen(Exception):
    """The ticket to join is closed, cancelled or unknown by now: file a new one, or reopen it."""


class JoinCall:
    def __init__(self, change_log: ChangeLog, author: ChangeAuthor, tickets: Tickets) -> None:
        self._log = change_log
        self._author = author
        self._tickets = tickets

    def join(
        self,
        call_id: CallId,
        ticket_id: TicketId,
        note: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
    ) -> Ticket:
        """Point this call to the open ticket, or to the one that it was itself joined to. `note`: what the caller
        added. Raises `TicketNotOpen`."""
        ticket = self._open(ticket_id)
        patch: dict[str, str | None] = {"ticket_id": ticket.ticket_id}
        if person_id or household_id:
            patch |= {"person_id": person_id, "household_id": household_id}
        self._log.append([self._author.change("call", call_id, patch, note.strip())])
        return ticket

    def same_faults(self, place: Place, category: str) -> list[Ticket]:
        """Open tickets of this category in the same building, newest first. Without a category: all of them in the
        building. [] where the building is not known."""
        if place.building_id is None:
            return []
        tickets = self._tickets.open_in_building(place.building_id, _IN_BUILDING)
        same = [t for t in tickets if not category or t.category == category]
        return sorted(same, key=lambda t: t.registered_at, reverse=True)[:SAME_FAULTS]

    def _open(self, ticket_id: TicketId) -> Ticket:
        seen: set[TicketId] = set()
        ticket = self._tickets.get(ticket_id)
        while ticket and ticket.joined_to and ticket.ticket_id not in seen:
            seen.add(ticket.ticket_id)
            ticket = self._tickets.get(ticket.joined_to)
        if ticket is None or ticket.stage not in OPEN_STAGES:
            raise TicketNotOpen(ticket_id)
        return ticket

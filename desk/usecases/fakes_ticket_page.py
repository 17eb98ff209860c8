"""The change log by ticket, and tickets by their number, over the store in memory: see `desk.usecases.fakes`."""

from desk.domain.arrival import Arrival
from desk.domain.changes import Change
from desk.domain.identity import ChangeId, TicketId
from desk.domain.tickets import Ticket
from desk.usecases.fakes import FakeStore


class FakeTrails:
    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.arrived: dict[ChangeId, Arrival] = {}

    def arrivals(self, ticket_id: TicketId) -> dict[ChangeId, Arrival]:
        ours = {change.change_id for change in self.of_ticket(ticket_id)}
        return {change_id: arrival for change_id, arrival in self.arrived.items() if change_id in ours}

    def of_ticket(self, ticket_id: TicketId) -> list[Change]:
        ours = {("ticket", str(ticket_id))}
        ours |= {(c.entity, c.entity_id) for c in self._store.changes if c.patch.get("ticket_id") == ticket_id}
        found = [c for c in self._store.changes if (c.entity, c.entity_id) in ours]
        return sorted(found, key=lambda c: (c.central_seq is None, c.central_seq or 0, c.change_id))


class FakeTicketNumbers:
    """`find_ticket.TicketNumbers`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def by_number(self, number: str) -> Ticket | None:
        found = [ticket for ticket in self._store.all_of(Ticket) if ticket.number == number]
        return min(found, key=lambda ticket: (ticket.registered_at, ticket.ticket_id), default=None)

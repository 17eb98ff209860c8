"""Tickets by their number: see `desk.usecases.find_ticket.TicketNumbers`. Any thread."""

from desk.domain.tickets import Ticket
from desk.store.queries import Reader
from desk.store.store import Store


class SqlTicketNumbers:
    def __init__(self, store: Store) -> None:
        self._tickets = Reader(store, Ticket)

    def by_number(self, number: str) -> Ticket | None:
        """Two seats that bore one name may have given one number twice: the older ticket keeps it."""
        return next(iter(self._tickets.where("number = ? ORDER BY registered_at, ticket_id LIMIT 1", number)), None)

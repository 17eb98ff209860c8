"""How other use cases move a ticket: through the one that does (`desk.usecases.move_ticket.MoveTicket`)."""

from collections.abc import Collection, Sequence
from typing import Protocol

from desk.domain.changes import Change
from desk.domain.estate import Duty
from desk.domain.identity import TicketId
from desk.domain.moves import Given, MoveKind
from desk.domain.tickets import Ticket


class Moves(Protocol):
    def move(
        self,
        ticket_id: TicketId,
        kind: MoveKind,
        given: Given | None = None,
        also: Sequence[Change] = (),
        duties: Collection[Duty] | None = None,
        goes_on: str = "",
    ) -> Ticket:
        """Raises `MoveRefused`."""
        ...

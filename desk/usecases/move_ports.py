"""How other use cases move a ticket: through the one that does (`desk.usecases.move_ticket.MoveTicket`), and what that
asks of what stands beside a ticket."""

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


class Beside(Protocol):
    """See `desk.usecases.beside_ticket.BesideTicket`. The changes belong to the move that is asked for."""

    def of(self, ticket: Ticket) -> list[tuple[str, str]]:
        """(entity, id) of what a step of this ticket may have written, but for its tasks."""
        ...

    def is_checked(self, ticket_id: TicketId, undone: Collection[str]) -> bool:
        """Whether one of these follow-ups was drawn for a spot check that is not among them."""
        ...

    def joined(self, which: Ticket, to: Ticket) -> list[Change]: ...

    def corrected(self, before: Ticket, after: Ticket) -> list[Change]: ...

    def reopened(self, ticket: Ticket) -> list[Change]: ...

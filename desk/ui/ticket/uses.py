"""What a ticket's page can do and show beyond the ticket itself, and everything of one ticket as one value, read in one
go on the worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.domain.clocks import Clocks
from desk.domain.estate import Staff
from desk.domain.identity import TicketId
from desk.domain.moves import MoveKind, Refusal
from desk.domain.tasks import Task
from desk.domain.tickets import Ticket
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.read_ticket import TicketPage
from desk.usecases.read_timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class TicketUses:
    """All of it runs on the worker but `clocks` and `who` (the work number of whoever is signed in). `staff`: who works
    here. `find`, `near`: see `FindTicket`. `company`: stands on printed pages. `causes`: why something may be late."""

    moves: MoveTicket
    timeline: Callable[[TicketId], Timeline]
    tasks: Callable[[TicketId], Sequence[Task]]
    staff: Callable[[], Sequence[Staff]]
    find: Callable[[str], Ticket | None]
    near: Callable[[Ticket], Sequence[Ticket]]
    clocks: Clocks
    who: Callable[[], str]
    company: str = ""
    causes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """`page.tasks` are read. `refusals`: why each move cannot be made now, None where it can; `why_not_undo` the same
    of taking the last step back."""

    page: TicketPage
    timeline: Timeline
    staff: Sequence[Staff] = ()
    refusals: Mapping[MoveKind, Refusal | None] | None = None
    why_not_undo: Refusal | None = Refusal.NOTHING_TO_UNDO


def read_whole(page: TicketPage, uses: TicketUses) -> Whole:
    ticket = page.ticket
    return Whole(
        replace(page, tasks=tuple(uses.tasks(ticket.ticket_id))),
        uses.timeline(ticket.ticket_id),
        tuple(uses.staff()),
        uses.moves.allowed(ticket),
        uses.moves.why_not_undo(ticket.ticket_id),
    )

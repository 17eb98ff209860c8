"""Builds what a ticket's page can do and show beyond the ticket itself. Ui process."""

from collections.abc import Callable, Sequence

from desk.compose.clock import now
from desk.domain.clocks import Clocks
from desk.settings import Settings
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.ticket_numbers import SqlTicketNumbers
from desk.store.tickets import SqlTickets
from desk.store.trails import SqlTrails
from desk.ui.ticket.uses import TicketUses
from desk.usecases.find_ticket import FindTicket
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.read_timeline import ReadTimeline


def ticket_uses(
    settings: Settings,
    store: Store,
    tickets: SqlTickets,
    moves: MoveTicket,
    clocks: Clocks,
    who: Callable[[], str],
    causes: Sequence[str],
) -> TicketUses:
    """`who`: the work number of whoever is signed in. `causes`: why something may be late."""
    staff = SqlResidents(store).staff
    finding = FindTicket(tickets, SqlTicketNumbers(store), now, settings.seat.name)
    return TicketUses(
        moves=moves,
        timeline=ReadTimeline(SqlTrails(store), staff).read,
        tasks=SqlTasks(store).of_ticket,
        staff=staff,
        find=finding.by_number,
        near=finding.near,
        clocks=clocks,
        who=who,
        company=settings.notify.hotline,
        causes=causes,
    )

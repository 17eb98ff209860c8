"""Builds what moves tickets: one for a process, used by everybody who changes a stage."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.domain.categories import CategoryTree
from desk.domain.changes import Change
from desk.domain.tickets import Ticket
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.history import SqlHistories
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog

if TYPE_CHECKING:
    from desk.usecases.follow_up_ports import FollowUps


def move_ticket(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    who: Callable[[], str],
    categories: CategoryTree,
    policies: Policies,
    tickets: SqlTickets,
    joined: Callable[[Ticket, Ticket], Sequence[Change]] = lambda _which, _to: (),
) -> MoveTicket:
    """`log`: the one that makes messages (`compose.notify.notifying`). `who`: the work number of who is signed in.
    `tickets`: the one that filing asks for numbers, too. `joined`: see `MoveParts`."""
    return MoveTicket(
        MoveParts(
            log=log,
            author=author,
            tickets=tickets,
            tasks=SqlTasks(store),
            histories=SqlHistories(store),
            staff=SqlResidents(store).staff,
            clock=now,
            new_id=new_id,
            who=who,
            seat=settings.seat.name,
            clocks=policies.clocks,
            raises=policies.raises,
            messages=SqlMessages(store),
            follow_ups=lambda: _follow_ups(store),
            title=lambda code: categories.name(code, settings.seat.language),
            zone=CHINA,
            accounts=accounts_of(settings, store),
            calls=SqlCallLog(store),
            joined=joined,
        )
    )


def _follow_ups(store: Store) -> "FollowUps":
    from desk.store.follow_ups import SqlFollowUps  # nobody's start waits for it

    return SqlFollowUps(store)

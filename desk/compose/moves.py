"""Builds what moves tickets: one for a process, used by everybody who changes a stage."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.domain.categories import CategoryTree
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.history import SqlHistories
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.usecases.call_back_list import CallBackList
from desk.usecases.estate_map import EstateMap
from desk.usecases.move_ports import Beside
from desk.usecases.move_ticket import MoveParts, MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog

if TYPE_CHECKING:
    from desk.domain.ladder import LadderPolicy


def move_ticket(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    who: Callable[[], str],
    categories: CategoryTree,
    policies: Policies,
    tickets: SqlTickets,
    beside: Callable[[], Beside] | None = None,
) -> MoveTicket:
    """`log`: the one that makes messages (`compose.notify.notifying`). `who`: the work number of who is signed in.
    `tickets`: the one that filing asks for numbers, too. `beside`: None where no ticket is joined, put
    right, reopened or undone."""
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
            title=lambda code: categories.name(code, settings.seat.language),
            zone=CHINA,
            accounts=accounts_of(settings, store),
            calls=SqlCallLog(store),
            beside=beside,
        )
    )


def beside_ticket(
    store: Store,
    author: ChangeAuthor,
    estate_map: EstateMap,
    ladder: "Callable[[str | None], LadderPolicy]",
    call_backs: CallBackList,
) -> Beside:
    """`ladder`: of an estate, by its id."""
    from desk.store.articles import SqlQuestions  # nobody's start waits for any of it
    from desk.store.follow_ups import SqlFollowUps
    from desk.store.promises import SqlPromises
    from desk.store.warnings import SqlWarnings
    from desk.usecases.beside_ticket import BesideParts, BesideTicket

    return BesideTicket(
        BesideParts(
            author=author,
            promises=SqlPromises(store),
            follow_ups=SqlFollowUps(store),
            questions=SqlQuestions(store),
            warnings=SqlWarnings(store),
            estate_map=estate_map,
            staff=SqlResidents(store).staff,
            ladder=ladder,
            histories=SqlHistories(store),
            call_backs=call_backs,
        )
    )

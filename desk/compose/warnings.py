"""Builds what the window does about complaint early warnings, on the worker that first asks: what it takes is loaded
then, and not while the window starts."""

from collections.abc import Callable

from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.domain.categories import CategoryTree
from desk.domain.ladder import LadderPolicy
from desk.domain.priority_rules import Facts
from desk.settings import Settings
from desk.store.attempts import SqlAttempts
from desk.store.calls import SqlCallLog
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.warnings import SqlWarnings
from desk.ui.after.warnings.parts import WarningUses
from desk.usecases.estate_map import EstateMap
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog


def warning_uses(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    work_number: Callable[[], str],
    estate_map: EstateMap,
    categories: CategoryTree,
    ladder: Callable[[str | None], LadderPolicy],
    moves: MoveTicket,
) -> WarningUses:
    """`log`: the one that makes messages; `author` signs as whoever is signed in. `ladder`: of an estate, by its id."""
    from desk.usecases.raise_warning import RaiseWarning, WarningParts
    from desk.usecases.read_warnings import ReadWarnings
    from desk.usecases.step_warning import StepWarning

    residents = SqlResidents(store)
    parts = WarningParts(
        log=log,
        author=author,
        warnings=SqlWarnings(store),
        tickets=SqlTickets(store),
        calls=SqlCallLog(store),
        histories=SqlHistories(store),
        staff=residents.staff,
        estate_map=estate_map,
        who=work_number,
        policy=ladder,
        clock=now,
        new_id=new_id,
        accounts=accounts_of(settings, store),
    )
    stepping = StepWarning(parts)
    return WarningUses(
        raising=RaiseWarning(
            parts,
            lambda code: categories.name(code, settings.seat.language),
            lambda ticket_id: moves.raise_by_rules(ticket_id, Facts()),
        ),
        stepping=stepping,
        reading=ReadWarnings(parts, stepping, SqlAttempts(store)),
    )

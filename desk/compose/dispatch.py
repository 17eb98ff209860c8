"""Builds dispatching: the company's routes and figures, who can be asked, what is sent and what comes back. The routes
are read at start, so that a table that cannot be used is told before anybody dispatches by it; an estate with a table
of its own has it read when its first ticket comes. Ui process; the answers by message in the command line's too."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk.compose.clock import new_id, now
from desk.compose.policies import Policies
from desk.compose.reply_links import ReplySecret
from desk.domain.categories import CategoryTree
from desk.domain.dispatching import DispatchPolicy
from desk.domain.routes import Register, RouteTable
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.policies.dispatch import read_dispatch
from desk.policies.files import PolicyFolders
from desk.policies.routes import Routes, read_routes, remarks_on
from desk.settings import Settings
from desk.store.attempts import SqlAttempts
from desk.store.duty_turns import SqlDutyTurns
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.ui.after.dispatch.uses import DispatchUses
from desk.usecases.answer_for_handler import AnswerForHandler, AnswerParts
from desk.usecases.dispatch import Dispatch, DispatchParts
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_handler import FindHandler, HandlerParts
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
from desk.usecases.read_workload import ReadWorkload


@dataclass(frozen=True)
class _OfEstate:
    routes: Routes
    policy: DispatchPolicy


class DispatchRules:
    """The routes and figures of this seat, and of each estate that has a folder of its own in the company's. Any
    thread."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._own = self._read(policies.folders)
        self._of: dict[str, _OfEstate] = {"": self._own}

    def table(self, estate: str) -> RouteTable:
        return self._of_estate(estate).routes.table

    def policy(self, estate: str = "") -> DispatchPolicy:
        return self._of_estate(estate).policy

    def remarks(self, register: Register) -> tuple[str, ...]:
        """What does not fit the people and places there are: one sentence each, with file and line."""
        return remarks_on(self._own.routes, register)

    def _of_estate(self, estate: str) -> _OfEstate:
        found = self._of.get(estate)
        if found is None:
            folders = self._policies.folders
            is_name = Path(estate).name == estate and estate not in (".", "..")  # names come from a list of residents
            own = folders.company / estate if folders.company and is_name else None
            has_own = own is not None and own.is_dir() and estate != folders.estate
            found = self._read(PolicyFolders(folders.shipped, folders.company, estate)) if has_own else self._own
            self._of[estate] = found
        return found

    def _read(self, folders: PolicyFolders) -> _OfEstate:
        keep = self._policies.keep
        return _OfEstate(keep(read_routes(folders)), keep(read_dispatch(folders)))


def register_of(store: Store, categories: CategoryTree) -> Register:
    """What a table of routes is held against: who works here, what there is and where."""
    residents = SqlResidents(store)
    staff = residents.staff()
    working = frozenset(one.number for one in staff if one.active)
    return Register(
        working=working,
        left=frozenset(one.number for one in staff) - working,
        categories=frozenset(one.code for one in categories.categories),
        areas=frozenset(one.area for one in residents.buildings() if one.area),
    )


def answers(
    settings: Settings, store: Store, tickets: Tickets, moves: MoveTicket, rules: DispatchRules, secret: ReplySecret
) -> AnswerForHandler:
    return AnswerForHandler(
        AnswerParts(
            moves=moves,
            tickets=tickets,
            tasks=SqlTasks(store),
            staff=SqlResidents(store).staff,
            policy=rules.policy,
            clock=now,
            area_code=settings.line.area_code,
            done_text=_("Done (no more was said)"),
            secret=secret.get,
        )
    )


def dispatch_uses(
    settings: Settings,
    store: Store,
    log: ChangeLog,
    author: ChangeAuthor,
    who: Callable[[], str],
    estate_map: EstateMap,
    policies: Policies,
    rules: DispatchRules,
    moves: MoveTicket,
    tickets: Tickets,
) -> DispatchUses:
    """`log`: the one that makes messages. `who`: the work number of whoever is signed in."""
    tasks = SqlTasks(store)
    finder = FindHandler(
        HandlerParts(
            tables=rules.table,
            policies=rules.policy,
            clocks=policies.clocks,
            is_working_day=policies.clocks.time.calendar.works_on,
            tickets=tickets,
            tasks=tasks,
            attempts=SqlAttempts(store),
            turns=SqlDutyTurns(store),
            estate_map=estate_map,
            workload=ReadWorkload(tasks, now, CHINA),
            clock=now,
            zone=CHINA,
        )
    )
    dispatch = Dispatch(
        DispatchParts(
            finder=finder,
            answers=answers(settings, store, tickets, moves, rules, ReplySecret()),
            moves=moves,
            tickets=tickets,
            tasks=tasks,
            log=log,
            author=author,
            clock=now,
            new_id=new_id,
            work_number=who,
        )
    )
    return DispatchUses(dispatch=dispatch)

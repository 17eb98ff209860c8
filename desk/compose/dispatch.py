"""Builds dispatching: the company's routes and figures, who can be asked, what is sent and what comes back. The routes
are read at start, so that a table that cannot be used is told before anybody dispatches by it; an estate with a table
of its own has it read when its first ticket comes. Ui process; the answers by message in the command line's too."""

from collections.abc import Callable

from desk.compose.clock import new_id, now
from desk.compose.dispatch_rules import DispatchRules
from desk.compose.policies import Policies
from desk.compose.reply_links import ReplySecret
from desk.domain.working_time import CHINA
from desk.i18n import _
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

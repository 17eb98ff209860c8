"""Builds the workers that settle stages by the domain's table, and make the rest of a ticket fit them. They write in
the seat's name: nobody has decided it."""

from collections.abc import Callable
from datetime import datetime

from desk.compose.follow_up_rules import FollowUpRules, following_up
from desk.compose.notify import calling_off
from desk.compose.policies import Policies
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.tickets import SqlTickets
from desk.store.unfit_tickets import SqlUnfitTickets
from desk.texts import ShippedTexts
from desk.usecases.mend_tickets import MendTickets
from desk.usecases.ports import ChangeLog, NewId
from desk.usecases.settle_conflict import SettleStages


def stage_settler(
    store: Store,
    seat: str,
    clock: Callable[[], datetime],
    new_id: NewId,
    settled: Callable[[], None],
    policies: Policies | None = None,
) -> SettleStages:
    """`settled`: it has appended changes of tickets. `policies`: with them, the stage that stands makes its follow-up
    due as a move would have."""
    changes = SqlChangeLog(store)
    author = SeatAuthor(seat, lambda: seat, clock, new_id, changes.base_seq, changes.newest_unsent)
    log: ChangeLog = changes
    if policies is not None:
        log = following_up(store, changes, author, FollowUpRules(policies), SqlTickets(store))
    return SettleStages(log, author, SqlHistories(store), SqlConflicts(store), seat, settled)


def ticket_mender(
    settings: Settings,
    store: Store,
    policies: Policies,
    clock: Callable[[], datetime],
    new_id: NewId,
    mended: Callable[[], None],
) -> MendTickets:
    """`mended`: it has appended changes of tickets and tasks, of the follow-ups that are due by them, and of messages
    to handlers who need not go any more."""
    seat, language = settings.seat.name, settings.seat.language
    changes, histories = SqlChangeLog(store), SqlHistories(store)
    author = SeatAuthor(seat, lambda: seat, clock, new_id, changes.base_seq, changes.newest_unsent)
    found, tickets, tasks = SqlUnfitTickets(store), SqlTickets(store), SqlTasks(store)
    telling = calling_off(settings, store, changes, author, ShippedTexts(language=language).categories())
    log = following_up(store, telling, author, FollowUpRules(policies), tickets)
    return MendTickets(log, author, found, tickets, tasks, histories, policies.clocks, clock, seat, mended)

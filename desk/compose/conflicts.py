"""Builds what the window does about conflicts and refused changes."""

from collections.abc import Callable
from datetime import datetime

from desk.compose.refused_export import exporter
from desk.settings import Settings
from desk.store.change_log import SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.set_asides import SqlSetAsides
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.ui.conflict.parts import ConflictUses
from desk.usecases.look_after_refused import LookAfterRefused
from desk.usecases.ports import ChangeAuthor
from desk.usecases.read_conflicts import ReadConflicts
from desk.usecases.settle_conflict import SettleConflict
from desk.usecases.watch_things import WatchThings


def conflict_uses(
    settings: Settings,
    store: Store,
    author: ChangeAuthor,
    work_number: Callable[[], str],
    clock: Callable[[], datetime],
    sees_tags: Callable[[], bool],
    supervises: Callable[[], bool],
) -> ConflictUses:
    """`author` signs as whoever is signed in."""
    log, histories = SqlChangeLog(store), SqlHistories(store)
    reading = ReadConflicts(
        SqlConflicts(store), histories, SqlResidents(store), SqlTickets(store), sees_tags, supervises
    )
    refused = LookAfterRefused(SqlSetAsides(store), histories, reading, clock, work_number, exporter(settings, clock))
    return ConflictUses(
        reading=reading,
        settling=SettleConflict(log, author, histories),
        watching=WatchThings(log, histories, reading, settings.seat.name),
        refused=refused,
    )

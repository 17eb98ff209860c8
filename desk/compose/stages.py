"""Builds the worker that settles stages by the domain's table. It writes in the seat's name: nobody has decided it."""

from collections.abc import Callable
from datetime import datetime

from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.store import Store
from desk.usecases.ports import NewId
from desk.usecases.settle_conflict import SettleStages


def stage_settler(
    store: Store, seat: str, clock: Callable[[], datetime], new_id: NewId, settled: Callable[[], None]
) -> SettleStages:
    """`settled`: it has appended changes of tickets."""
    log = SqlChangeLog(store)
    author = SeatAuthor(seat, lambda: seat, clock, new_id, log.base_seq, log.newest_unsent)
    return SettleStages(log, author, SqlHistories(store), SqlConflicts(store), seat, settled)

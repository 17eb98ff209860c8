"""Builds the worker that settles the steps of early warnings by the domain's table. It writes in the seat's name:
nobody has decided it."""

from collections.abc import Callable
from datetime import datetime

from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlHistories
from desk.store.store import Store
from desk.store.warnings import SqlWarnings
from desk.usecases.ports import NewId
from desk.usecases.settle_warnings import SettleWarnings


def warning_settler(
    store: Store, seat: str, clock: Callable[[], datetime], new_id: NewId, settled: Callable[[], None]
) -> SettleWarnings:
    """`settled`: it has appended changes of warnings."""
    log = SqlChangeLog(store)
    author = SeatAuthor(seat, lambda: seat, clock, new_id, log.base_seq, log.newest_unsent)
    return SettleWarnings(log, author, SqlHistories(store), SqlWarnings(store), seat, settled)

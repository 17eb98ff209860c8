"""The reconciliation as work of the sync process: the last days all at once at the start and every hour, today and
yesterday every minute (a call at fault is known soon after it should have been sealed). What is found goes to the
windows through the `RecordingsBoard`. A worker's thread."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from desk.domain.reconcile import DayFigure
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.ports import StoreBroken, StoreFull
from desk.usecases.reconcile import DAYS, Reconcile, Report

ALL_EVERY_S = 3600.0
NEWEST_EVERY_S = 60.0
NEWEST_DAYS = 2

_log = logging.getLogger(__name__)


class Reconciling:
    def __init__(
        self, reconcile: Reconcile, board: RecordingsBoard, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._reconcile, self._board, self._monotonic = reconcile, board, monotonic
        self._all_at_s = self._newest_at_s = 0.0
        self._days: tuple[DayFigure, ...] = ()
        self._asked = False

    def look_now(self) -> None:
        """At all of the last days, when it works next: something is at fault that no time will change. Any thread."""
        self._asked = True

    def work_once(self) -> bool:
        """Look, where it is time to. Returns False: there is never more to do at once."""
        now_s = self._monotonic()
        everything = self._asked or not self._days or now_s >= self._all_at_s
        if not everything and now_s < self._newest_at_s:
            return False
        self._newest_at_s = now_s + NEWEST_EVERY_S
        asked, self._asked = self._asked, False
        try:
            found = self._reconcile.run(DAYS if everything else NEWEST_DAYS)
        except (StoreBroken, StoreFull) as error:
            _log.warning("the recordings cannot be held against the calls: %s", error)
            self._asked = self._asked or asked
            return False
        if everything:
            self._all_at_s = now_s + ALL_EVERY_S
        newest = {figure.day for figure in found.days}
        older = () if everything else tuple(figure for figure in self._days if figure.day not in newest)
        self._tell(replace(found, days=(*found.days, *older)))
        return False

    def _tell(self, report: Report) -> None:
        if report.days != self._days:
            today = report.days[0]
            _log.info(
                "recordings reconciled",
                extra={
                    "day": today.day.isoformat(),
                    "calls": today.calls,
                    "recorded": today.recorded,
                    "with_reason": today.with_reason,
                    "without_reason": today.without_reason,
                    "without_reason_in_all": report.without_reason,
                },
            )
        self._days = report.days
        self._board.reconciled(report.faulty)

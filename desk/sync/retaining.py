"""Retention as work of the sync process, once a day: first some minutes after the start, so that a seat that was off
catches up, and not while everything else begins.

It stops before it deletes much more than a day can bring: a clock that was set years ahead, or a rule that was typed
wrong, makes everything old at once. Then nothing goes, the windows and the log are told, and a person decides by `desk
retention --apply`. Nor does anything go by what this seat may not know: without the tags that the rules ask for, or
while the centre (which brings them, and legal holds) is away. A worker's thread."""

import logging
import time
from collections.abc import Callable

from desk.i18n import _
from desk.usecases.ports import StoreBroken, StoreFull
from desk.usecases.recording_ports import AgingRecordings, VaultAway, VaultRefused
from desk.usecases.retention import Retention

FIRST_S, EVERY_S, AGAIN_S = 300.0, 86_400.0, 3_600.0
MOST, MOST_SHARE = 500, 0.02  # at once, without a person: whichever is more

_log = logging.getLogger(__name__)


class Retaining:
    """`on_deleted` is told when the log has something new. `waits`: the centre has not told everything yet.
    `forbidden`: why nothing may be deleted, "" = it may; both are asked before every run. `tell`: why retention stands
    still, "" = it does not any more."""

    def __init__(
        self,
        retention: Retention,
        aging: AgingRecordings,
        on_deleted: Callable[[], None],
        waits: Callable[[], bool] = lambda: False,
        forbidden: Callable[[], str] = lambda: "",
        tell: Callable[[str], None] = lambda _stands: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._retention, self._aging, self._on_deleted, self._monotonic = retention, aging, on_deleted, monotonic
        self._waits, self._forbidden, self._tell = waits, forbidden, tell
        self._next_at_s = monotonic() + FIRST_S

    def work_once(self) -> bool:
        """Delete what is due, where it is time to. Returns False: there is never more to do at once."""
        if self._monotonic() < self._next_at_s:
            return False
        if self._waits():
            self._next_at_s = self._monotonic() + FIRST_S
            return False
        self._next_at_s = self._monotonic() + AGAIN_S
        try:
            stands = self._forbidden() or self._work()
        except (VaultAway, VaultRefused, StoreBroken, StoreFull, OSError) as error:
            stands = str(error)
        self._tell(stands)
        if stands:
            _log.warning("retention stands still and is tried again in an hour: %s", stands)
        else:
            self._next_at_s = self._monotonic() + EVERY_S
        return False

    def _work(self) -> str:
        """Why it was not done."""
        due = self._retention.preview().count
        most = max(MOST, int(self._aging.count() * MOST_SHARE))
        if due > most:
            self._retention.finish()
            return _(
                "{due} recordings are due at once; more than {most} need a person. Check the clock and the rules, "
                "then: desk retention --apply"
            ).format(due=due, most=most)
        report = self._retention.apply()
        if report.count:
            self._on_deleted()
        _log.info(
            "retention is done",
            extra={"deleted": report.count, "held": report.held, "waits": report.waits, "elsewhere": report.elsewhere},
        )
        return ""

"""Calls whose spool was set aside because nobody can read whose it is: the manifest is damaged, or audio lies there
without one (`desk.recording.spool.folder`). Each is put into the call log all the same, with what is known of it: when
its id was made, the time of the last write, and why it has no recording. Nobody knows whether it was answered; it is
taken for answered, so that the reconciliation lists it and its lamp is lit.

Whoever put it aside (the phone process at its start, the keeper) may have been killed right after: what lies there is
what counts, whenever it came. A worker of the sync process."""

import logging
from collections.abc import Callable
from datetime import datetime

from desk.domain.identity import CallId, made_at
from desk.domain.journal import Journal, WhyMissing
from desk.domain.party import Direction, Party
from desk.recording.sealing.sealer import missing
from desk.recording.spool import folder as spool
from desk.recording.spool.segments import Where
from desk.usecases.log_call import LogCall
from desk.usecases.ports import StoreBroken, StoreFull

log = logging.getLogger(__name__)


class SetAside:
    """`on_logged` is told after some were written into the log."""

    def __init__(self, where: Where, seat: str, log_call: LogCall, on_logged: Callable[[], None]) -> None:
        self._where, self._seat, self._log_call, self._on_logged = where, seat, log_call, on_logged
        self._known: set[CallId] = set()

    def work_once(self) -> bool:
        """Log those that are not logged. Returns False: there is never more to do at once."""
        found = spool.aside(self._where)
        try:
            logged = [call_id for call_id in found.keys() - self._known if self._log(call_id, found[call_id])]
        except (StoreFull, StoreBroken) as error:
            log.warning("calls that were set aside cannot be logged now: %s", error)
            return False
        self._known = set(found)
        if logged:
            self._on_logged()
        return False

    def _log(self, call_id: CallId, last_write: datetime) -> bool:
        began = made_at(call_id)
        if began is None or self._log_call.recording_of(call_id) is not None:
            return False  # no call's id; or its recording could not be encoded, and the log says so
        journal = Journal(
            call_id,
            line="",
            direction=Direction.INCOMING,
            party=Party(),
            seat=self._seat,
            agent="",
            offered_at=began,
            answered_at=began,
            ended_at=max(began, last_write),
            reason=WhyMissing.UNREADABLE.value,
            interrupted=True,
        )
        self._log_call.call(journal)
        return self._log_call.recording(missing(journal, WhyMissing.UNREADABLE))

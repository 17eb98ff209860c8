"""Looking after the seat store beside its work: the check of the whole, the second copy of unsent work, bringing back
what a repair left in the damaged file, and the way into a repair.

The check begins a while after the start where the last whole one is a day old or the seat did not end in order, and
then daily; it rests between its steps and waits while a call runs. When damage is found, by it or by anybody's
reading, the windows are told; as soon as no call runs they are asked to end, and the sync process ends, too. The
window that the launcher starts then repairs the store before it opens it: only when nobody has the file open can it
be set aside. Each part is a worker of the sync process with a thread of its own."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from desk import wire
from desk.domain.times import from_text, to_text
from desk.store import damage
from desk.store.integrity import IntegrityCheck, Step
from desk.store.meta import drop_value, keep_value, value_of
from desk.store.refill import Refill
from desk.store.second_place import SecondPlace
from desk.store.store import Store
from desk.usecases.ports import Clock, KeyMissing, KeyringWeak

EVERY = timedelta(days=1)
FIRST_S = 60.0  # after the start, which has enough to do
REST = 3.0  # times as long as the step took
MOST_REST_S = 1.0
NOTED_EACH = 20  # steps: how far the check has come
TOLD_S = 2.0  # from the wish that the windows end to our own end
CHECKED, CHECKED_TO, ORDERLY = "checked_at", "checked_to", "ended_orderly"  # in `meta`
CHECK_FOUND = "check_found"

_log = logging.getLogger(__name__)


class StoreCare:
    """`tell` puts the state to the windows. `stop`: the process's end, set here when it is to be started again.
    `busy`: somebody needs the computer more (a call, a first fill)."""

    def __init__(
        self,
        store: Store,
        second: SecondPlace,
        refill: Refill,
        tell: Callable[[wire.StoreCare], None],
        stop: threading.Event,
        in_call: Callable[[], bool],
        busy: Callable[[], bool],
        clock: Clock,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._second, self._refill, self._tell, self._stop = store, second, refill, tell, stop
        self._in_call, self._busy, self._clock, self._now_s = in_call, busy, clock, monotonic_s
        self._lock = threading.Lock()
        self._state = wire.StoreCare()
        self._began_s = monotonic_s()
        self._asked_s: float | None = None
        self._check: IntegrityCheck | None = None
        self._steps: Iterator[Step] | None = None
        self._taken = 0
        self._orderly = self._take_orderly()
        self.again = False

    @property
    def state(self) -> wire.StoreCare:
        return self._state

    def workers(self) -> tuple[tuple[str, Callable[[], bool]], ...]:
        """What the process is to run, by name."""
        return (
            ("damage", self.watch_once),
            ("second copy", self.copy_once),
            ("refill", self.refill_once),
            ("check", self.check_once),
        )

    def watch_once(self) -> bool:
        """Whether somebody has found damage, and what follows from it."""
        found = damage.noted(self._store.file)
        if found is None:
            return False
        self._news(damaged=True, detail=found.why)
        if self._in_call():
            return False
        if self._asked_s is None:
            _log.warning("the seat store is damaged: the seat's window and this process start again to repair it")
            self._asked_s = self._now_s()
            self._news(restart=True)
        elif self._now_s() - self._asked_s >= TOLD_S:
            self.again = True
            self._stop.set()
        return False

    def copy_once(self) -> bool:
        began_s = self._now_s()
        try:
            more = self._second.work_once()
        except (OSError, KeyMissing, KeyringWeak) as error:
            if not self._state.copy_away:
                _log.warning("the second copy of unsent work cannot be written: %s", error)
            self._news(copy_away=True, detail=str(error))
            return False
        if self._state.copy_away and not self._state.damaged:
            self._news(copy_away=False, detail="")
        if more:  # an import: it can wait, people cannot
            self._stop.wait(min(MOST_REST_S, (self._now_s() - began_s) * REST))
        return more and not self._stop.is_set()

    def refill_once(self) -> bool:
        try:
            more = self._refill.work_once()
        except KeyringWeak as error:
            _log.warning("the damaged store cannot be read now: %s", error)
            return False
        self._news(doing="refilling" if self._refill.running else "")
        if more:
            self._stop.wait(MOST_REST_S / 20)
        return more and not self._stop.is_set()

    def check_once(self) -> bool:
        """A step of the check, where one is due."""
        if self._stop.is_set() or self._busy():
            return False
        if self._steps is None and not self._begin_check():
            return False
        assert self._steps is not None  # noqa: S101 - begun
        assert self._check is not None  # noqa: S101
        began_s = self._now_s()
        step = next(self._steps, None)
        if step is None:
            self._end_check(self._check)
            return False
        self._taken += 1
        if step.part == "rows" and self._taken % NOTED_EACH == 0:
            self._keep({CHECKED_TO: self._check.at})
        self._stop.wait(min(MOST_REST_S, (self._now_s() - began_s) * REST))
        return True

    def close(self) -> None:
        """At an orderly end."""
        self._refill.close()
        if damage.noted(self._store.file) is None:
            self._keep({ORDERLY: to_text(self._clock())})

    def _begin_check(self) -> bool:
        if self._now_s() - self._began_s < FIRST_S or not self._is_due():
            return False
        with self._store.read() as connection:
            after = value_of(connection, CHECKED_TO) or ""
        self._check = IntegrityCheck(self._store, self._stop.is_set, after)
        self._steps = self._check.steps()
        return True

    def _is_due(self) -> bool:
        if not self._orderly:
            return True
        with self._store.read() as connection:
            last = value_of(connection, CHECKED)
        return last is None or not _is_recent(last, self._clock())

    def _end_check(self, check: IntegrityCheck) -> None:
        self._check = self._steps = None
        if self._stop.is_set():
            return
        found = check.found
        if found.damage:
            damage.note(self._store.file, damage.Damage("; ".join(found.damage[:3])))
            return
        self._orderly = True
        told = {"mended": len(found.mended), "orphans": len(found.orphans), "changes": found.changes}
        self._keep({CHECKED: to_text(self._clock()), CHECKED_TO: "", CHECK_FOUND: json.dumps(told)})
        _log.info("the seat store was checked", extra=told)

    def _take_orderly(self) -> bool:
        """Whether the process before this one ended in order. A power cut does no harm to the store, but a disk that
        lost power may have."""
        with self._store.read() as connection:
            ended, checked = value_of(connection, ORDERLY), value_of(connection, CHECKED)
        with self._store.write() as connection:
            drop_value(connection, ORDERLY)
        return ended is not None or checked is None

    def _keep(self, values: dict[str, str]) -> None:
        with self._store.write() as connection:
            for name, value in values.items():
                keep_value(connection, name, value)

    def _news(self, **fields: bool | str) -> None:
        with self._lock:
            state = replace(self._state, **fields)  # type: ignore[arg-type]
            if state != self._state:
                self._state = state
                self._tell(state)


def _is_recent(last: str, now: datetime) -> bool:
    """A clock that was put back makes no check wait for years."""
    try:
        return timedelta(0) <= now - from_text(last) < EVERY
    except ValueError:
        return False

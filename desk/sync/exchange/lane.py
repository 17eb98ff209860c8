"""The lane to the centre: two threads of the sync process. One exchanges (push, then pull) whenever it is nudged, the
centre notifies, or `POLL_S` is over; the other only listens, on a connection of its own, and wakes the first.

Promises: never gives up (pauses of `FIRST_PAUSE_S` to `LAST_PAUSE_S`, with jitter so that a hundred seats do not come
back in step); what is wrong is told by name through `on_state`; `stop` pushes once more what is unsent."""

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from desk.domain.troubles import Trouble
from desk.store.outbox import SqlOutbox
from desk.sync.central.access import CentralAccess, CentralFault, connect, fault_of
from desk.sync.exchange.rounds import Exchange, Round
from desk.usecases.ports import StoreBroken, StoreFull
from desk.wire import CentralState

POLL_S = 5.0
FIRST_PAUSE_S, LAST_PAUSE_S = 0.2, 10.0
LAST_PUSH_S = 5.0
MUCH = 200  # changes in a batch: a first fill, an import, a seat that was away
MUCH_S = 3.0  # and some of the same may follow

_log = logging.getLogger(__name__)


class CentralLane:
    """`on_state` and `on_pulled` (entities of which rows changed) are called on the lane's threads."""

    def __init__(
        self,
        outbox: SqlOutbox,
        access: CentralAccess,
        on_state: Callable[[CentralState], None],
        on_pulled: Callable[[set[str]], None],
    ) -> None:
        self._outbox, self._access = outbox, access
        self._on_state, self._on_pulled = on_state, on_pulled
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._exchanging = threading.Thread(target=self._exchange_always, name="central-exchange", daemon=True)
        self._listening = threading.Thread(target=self._listen_always, name="central-listen", daemon=True)
        self._random = random.Random()  # noqa: S311 - jitter
        self._much_at = -MUCH_S  # when there was last a great deal to send or to take
        self._in_step = False  # the exchange thread's own: nothing was unsent after its last round

    @property
    def catching_up(self) -> bool:
        """A great deal is being sent or taken, here or by the seat that sends it. Any thread."""
        return time.monotonic() - self._much_at < MUCH_S

    def start(self) -> None:
        self._exchanging.start()
        self._listening.start()

    def nudge(self) -> None:
        """There is something to push, or to pull. Any thread; returns at once."""
        self._wake.set()

    def stop(self) -> None:
        """A last round for what is unsent, `LAST_PUSH_S` at most."""
        self._stopping.set()
        self._wake.set()
        self._exchanging.join(LAST_PUSH_S)

    def _exchange_always(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._connected("exchange") as connection:
                    self._outbox.retry_refused()
                    while not self._stopping.is_set():
                        self._round(connection)
                        failures = 0
                        self._wake.wait(POLL_S)
                    self._last_push(connection)
            except CentralFault as fault:
                self._tell_fault(fault.trouble, fault.detail)
            except psycopg.Error as error:
                cut = fault_of(error)
                self._tell_fault(cut.trouble, cut.detail)
            except StoreFull as error:
                self._tell_fault(Trouble.STORE_FULL, str(error))
            except StoreBroken as error:
                self._tell_fault(Trouble.CENTRAL_UNREACHABLE, str(error))
            except Exception as error:  # noqa: BLE001 - the thread's outermost frame: the lane must outlive a bug
                _log.exception("the exchange failed")
                self._tell_fault(Trouble.CENTRAL_UNREACHABLE, f"{type(error).__name__}: {error}")
            failures += 1
            self._stopping.wait(self._pause_s(failures))

    def _connected(self, purpose: str) -> contextlib.closing[psycopg.Connection[Any]]:
        return contextlib.closing(connect(self._access, purpose))

    def _round(self, connection: psycopg.Connection[Any]) -> None:
        self._wake.clear()
        began = time.monotonic()
        done = Exchange(self._outbox, connection, lambda: not self._stopping.is_set(), self._batch).run()
        if done.entities:
            self._on_pulled(done.entities)
        if done.pushed or done.pulled:
            _log.info("exchanged", extra={"pushed": done.pushed, "pulled": done.pulled})
        if done.refused:
            _log.error("the centre refused %d changes; they are kept in this seat's store", done.refused)
        lag_ms = (time.monotonic() - began) * 1000
        unsent, refused = self._outbox.unsent_count(), self._outbox.refused_count()
        if unsent == 0 and not self._in_step:
            _log.info("central in step", extra={"first_round_ms": round(lag_ms)})
        self._in_step = unsent == 0
        self._on_state(CentralState(True, True, unsent, round(lag_ms, 1), refused=refused))

    def _batch(self, changes: int) -> None:
        if changes >= MUCH:
            self._much_at = time.monotonic()

    def _last_push(self, connection: psycopg.Connection[Any]) -> None:
        end = time.monotonic() + LAST_PUSH_S
        Exchange(self._outbox, connection, lambda: time.monotonic() < end).push(Round())

    def _tell_fault(self, trouble: Trouble, detail: str) -> None:
        _log.warning("the centre cannot be used: %s: %s", trouble.value, detail)
        self._in_step = False
        unsent = refused = 0
        with contextlib.suppress(StoreFull, StoreBroken):
            unsent, refused = self._outbox.unsent_count(), self._outbox.refused_count()
        self._on_state(CentralState(True, False, unsent, 0.0, trouble.value, detail, refused))

    def _pause_s(self, failures: int) -> float:
        longest = min(LAST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))
        return longest * self._random.uniform(0.5, 1.0)

    def _listen_always(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            # What is wrong is told by the exchange; here it only means that polling has to do.
            with contextlib.suppress(CentralFault, psycopg.Error), self._connected("listen") as connection:
                connection.execute("LISTEN desk_change")
                failures = 0
                self._wake.set()  # for what came before we listened
                while not self._stopping.is_set():
                    for _notice in connection.notifies(timeout=1.0):
                        self._wake.set()
            failures += 1
            self._stopping.wait(self._pause_s(failures))

"""The promises of whoever is signed in, and when the next one comes to mind: a timer that waits for that moment and for
nothing else. One of somebody who sits nowhere now is everybody's when it runs out. It keeps nothing: it reads the
ledger at sign-in, so a promise outlives the window, the shift and the network. Ui process, Qt's thread; the ledger is
read on the worker."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.promise_rules import Standing, in_order, next_turn, standing
from desk.domain.promises import Promise
from desk.ui.hub import Hub
from desk.ui.steps import step
from desk.ui.worker import LAMPS_LANE
from desk.usecases.promise import KeepPromises, Unattended

READ = "promises"
_LOOKED_AT = frozenset({"promise", "stay", "state_span"})  # whoever leaves, leaves theirs
_LONGEST_MS = 3_600_000  # an hour: the clock of the computer may be put right meanwhile
_EARLY_MS = 20  # timers of Qt may come a little early


class PromiseWatch(QObject):
    """`changed()`: there are others, or one has come to mind or has run out."""

    changed = Signal()

    def __init__(
        self, hub: Hub, promises: KeepPromises, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._hub, self._promises, self._clock = hub, promises, clock
        self.promises: list[Promise] = []
        self._unattended: list[Unattended] = []
        self._told: set[str] = set()  # of those that have run out, which a step was marked for
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._turned)
        hub.agent_changed.connect(self.look)
        hub.rows_changed.connect(lambda entities: self.look() if _LOOKED_AT.intersection(entities) else None)

    def look(self) -> None:
        """Read the ledger anew."""
        agent = self._hub.agent
        if agent is None:
            self._hub.worker.forget(READ)
            self._came(([], []))
            return
        number, promises = agent.number, self._promises
        self._hub.worker.latest(
            READ,
            lambda: (promises.open_promises(number), promises.unattended()),
            self._came,
            lane=LAMPS_LANE,
            owner=self,
        )

    def put(self, promise: Promise) -> None:
        """It has just been given, or given another time: no need to read."""
        others = [one for one in self.promises if one.promise_id != promise.promise_id]
        self._came(([*others, promise], self._unattended))

    def pressing(self) -> list[Promise]:
        """Those that have come to mind or have run out, the earliest first; behind them those of others that have run
        out."""
        own = [one for one in self.promises if self.standing(one) in (Standing.AT_HAND, Standing.DUE)]
        return own + [one.promise for one in self._unattended if self.standing(one.promise) is Standing.DUE]

    def absent_owner(self, promise: Promise) -> str:
        """The name of whose it is, where they sit nowhere now; else ""."""
        return next((one.owner for one in self._unattended if one.promise.promise_id == promise.promise_id), "")

    def standing(self, promise: Promise) -> Standing:
        return standing(promise, self._clock(), self._promises.figures.at_hand)

    def _came(self, found: tuple[list[Promise], list[Unattended]]) -> None:
        promises, self._unattended = found
        self.promises = in_order(promises)
        self._turned()

    def _turned(self) -> None:
        now = self._clock()
        watched = [*self.promises, *(one.promise for one in self._unattended)]
        turn = next_turn(watched, now, self._promises.figures.at_hand)
        if turn is None:
            self._timer.stop()
        else:
            wait_ms = round((turn - now).total_seconds() * 1000) + _EARLY_MS
            self._timer.start(min(max(wait_ms, 0), _LONGEST_MS))
        due = {one.promise_id for one in self.promises if self.standing(one) is Standing.DUE}
        for promise_id in sorted(due - self._told):
            step("promise_due", promise_id=promise_id)
        self._told = due
        self.changed.emit()

"""Work that may wait (store queries, files) done beside Qt's thread, its results delivered on it.

Three ways in, all to be called on Qt's thread (`run` on any):
- `run`: first in, first out on a lane of that name ("read" unless said). One lane is one thread.
- `latest`: suggestions. A newer request under the same key replaces one that waits, and the result of an older one that
  was already running is dropped: what arrives is never older than what was asked last.
- `save`: drafts. Strictly in order on the lane "save"; a save that still waits under the same key is replaced by the
  newer one, so that a slow disk costs at most one write behind the typing.

Results come as `done(result)`, failures as `failed(error)`; a failure nobody asked for goes to `on_failure`. If `owner`
(a QObject) is given and has been deleted meanwhile, nothing is delivered. Surprising choices: plain threads and not
QThreadPool, because the store keeps one connection per thread and these threads live as long as the window; and a
thread that starts the others, because `Thread.start` waits until the new one runs, and Qt's thread waits for nobody."""

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")
SAVE_LANE = "save"
LAMPS_LANE = "lamps"  # what is always looked at and waited for by nobody: one after the other


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    owner: QObject | None
    key: str = ""
    turn: int = 0  # of `latest`: delivered only if no younger one was asked for


class _Lane:
    """A thread, not started yet, and the jobs that wait for it."""

    def __init__(self, name: str, finished: Callable[["_Job", Any, Exception | None], None]) -> None:
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._closing = False
        self._finished = finished
        self._thread = threading.Thread(target=self._run, name=f"ui-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, job: _Job, *, replacing: bool) -> None:
        with self._changed:
            for index, waiting in enumerate(self._jobs):
                if replacing and job.key and waiting.key == job.key:
                    self._jobs[index] = job
                    return
            self._jobs.append(job)
            self._changed.notify_all()

    def drain(self, until: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, max(0.0, until - monotonic()))

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def join(self, until: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(max(0.0, until - monotonic()))

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if not self._jobs:
                    return
                job = self._jobs.popleft()
                self._busy = True
            result, error = None, None
            try:
                result = job.work()
            except Exception as caught:  # noqa: BLE001 - whatever it was, it is handed to Qt's thread and told there
                error = caught
            self._finished(job, result, error)
            del job, result, error
            with self._changed:
                self._busy = False
                self._changed.notify_all()


class _Starter:
    """The thread that starts the lanes."""

    def __init__(self) -> None:
        self._lanes: queue.SimpleQueue[_Lane | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ui-lanes", daemon=True)
        self._thread.start()

    def start(self, lane: _Lane) -> None:
        self._lanes.put(lane)

    def close(self, until: float) -> None:
        self._lanes.put(None)
        self._thread.join(max(0.0, until - monotonic()))

    def _run(self) -> None:
        while (lane := self._lanes.get()) is not None:
            lane.start()


class Worker(QObject):
    """See the module. `on_failure` is called on Qt's thread."""

    _arrived = Signal(object, object, object)

    def __init__(self, on_failure: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_failure = on_failure
        self._lanes: dict[str, _Lane] = {}
        self._turns: dict[str, int] = {}
        self._lock = threading.Lock()
        self._starter: _Starter | None = None
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        lane: str = "read",
        owner: QObject | None = None,
    ) -> None:
        self._lane(lane).add(_Job(work, done, failed, owner), replacing=False)

    def latest(
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        lane: str = "",
        owner: QObject | None = None,
    ) -> None:
        """`lane` "": one of its own, for keys that are few and stay."""
        with self._lock:
            turn = self._turns[key] = self._turns.get(key, 0) + 1
        self._lane(lane or f"latest-{key}").add(_Job(work, done, failed, owner, key, turn), replacing=True)

    def forget(self, key: str) -> None:
        """What was asked under this key is no longer wanted: it will not be delivered."""
        with self._lock:
            self._turns[key] = self._turns.get(key, 0) + 1

    def save(
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        self._lane(SAVE_LANE).add(_Job(work, done, failed, owner, key), replacing=True)

    def wait_for(self, lane: str, timeout_s: float) -> bool:
        """Until this lane is idle; its results are under way to Qt's thread then. False if time ran out. Any thread."""
        return self._lane(lane).drain(monotonic() + timeout_s)

    def drain(self, timeout_s: float) -> bool:
        """Wait until every lane is idle. False if time ran out. Results are delivered when Qt's loop runs again."""
        until = monotonic() + timeout_s
        lanes = list(self._lanes.values())
        return [lane.drain(until) for lane in lanes].count(False) == 0

    def close(self, timeout_s: float = 2.0) -> bool:
        """Finish what waits, end the threads. False if time ran out."""
        done = self.drain(timeout_s)
        until = monotonic() + timeout_s
        if self._starter is not None:
            self._starter.close(until)
            self._starter = None
        for lane in self._lanes.values():
            lane.close()
        for lane in self._lanes.values():
            lane.join(until)
        self._lanes.clear()
        return done

    def _lane(self, name: str) -> _Lane:
        with self._lock:
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = _Lane(name, self._finished)
                self._starter = self._starter or _Starter()
                self._starter.start(lane)
            return lane

    def _finished(self, job: _Job, result: object, error: Exception | None) -> None:
        if isValid(self):  # the window may be gone already when a slow query ends
            self._arrived.emit(job, result, error)

    @Slot(object, object, object)
    def _deliver(self, job: _Job, result: object, error: Exception | None) -> None:
        if job.owner is not None and not isValid(job.owner):
            return
        if job.turn and job.turn != self._turns.get(job.key):
            return
        if error is None:
            if job.done is not None:
                job.done(result)
        else:
            (job.failed or self._on_failure)(error)

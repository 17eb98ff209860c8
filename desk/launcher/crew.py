"""The three processes and what is known of each: starts what is due, judges who is stuck, buries the dead, stops them
in order. No link and no signals here: the launcher's loop feeds it. The launcher's main thread only."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from desk.launcher import watch as rules
from desk.launcher.process import ChildProcess
from desk.launcher.watch import Watch

ROLES = ("ui", "phone", "sync")  # in the order in which they are stopped
# glibc keeps memory apart for each of sync's two dozen threads, and what one has given back serves no other: with two
# such pools it needs 27 of 211 MiB less after 200 calls.
_ENV_OF = {"sync": {"MALLOC_ARENA_MAX": "2"}}
SYNC_WAITS_S = 3.0  # for the window at the seat's start: it needs the processor, and nobody waits for sync
SYNC_FOLLOWS_S = 1.0  # after the window: somebody signs in there, and what they see first is read
_log = logging.getLogger(__name__)


class Crew:
    """`argv_for(role)` is a process's command line; `on_exit(process, code)` comes on a thread of its own and must
    reach `bury` on the main one."""

    def __init__(
        self,
        argv_for: Callable[[str], Sequence[str]],
        env: Mapping[str, str],
        on_exit: Callable[[ChildProcess, int], None],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._argv_for, self._env, self._on_exit, self._now_s = argv_for, env, on_exit, monotonic_s
        self._watches = {role: Watch(role) for role in ROLES}
        self._watches["sync"] = Watch("sync", due_s=monotonic_s() + SYNC_WAITS_S)
        self._processes: dict[str, ChildProcess] = {}
        self._aborted: set[int] = set()

    def process(self, role: str) -> ChildProcess | None:
        return self._processes.get(role)

    def is_ours(self, role: str, pid: int) -> bool:
        """Whether this is the process of that role that we started, and not one an earlier launcher left."""
        process = self._processes.get(role)
        return process is not None and process.pid == pid

    def start_due(self) -> None:
        for role, watched in self._watches.items():
            if watched.due_s is None or watched.due_s > self._now_s():
                continue
            try:
                env = {**self._env, **_ENV_OF.get(role, {})}
                process = ChildProcess(role, self._argv_for(role), env, self._on_exit)
            except OSError:
                _log.exception("%s cannot be started", role)
                self._watches[role] = rules.died(watched, self._now_s())
                continue
            self._processes[role] = process
            self._watches[role] = rules.started(watched, self._now_s())
            _log.info("%s started", role, extra={"pid": process.pid})

    def next_due_s(self) -> float | None:
        """When `start_due` is needed again."""
        return min((w.due_s for w in self._watches.values() if w.due_s is not None), default=None)

    def beat(self, role: str, pid: int) -> None:
        if self.is_ours(role, pid):
            self._watches[role] = rules.beaten(self._watches[role], self._now_s())
            if role == "ui" and rules.never_ran(self._watches["sync"]):
                self._watches["sync"] = rules.due(self._watches["sync"], self._now_s() + SYNC_FOLLOWS_S)

    def excuse(self, gap_s: float) -> None:
        """The launcher itself slept: nobody is judged for that time."""
        _log.warning("the launcher slept", extra={"slept_s": round(gap_s, 1)})
        self._watches = {role: rules.excused(w, gap_s) for role, w in self._watches.items()}

    def make_room(self, role: str, pid: int) -> None:
        """A process that outlived an earlier launcher has ended: ours, which found its place taken, may start."""
        watched = self._watches.get(role)
        if watched is not None and watched.due_s is not None and not self.is_ours(role, pid):
            self._watches[role] = rules.due(watched, self._now_s())

    def end_stuck(self) -> None:
        for role, process in self._processes.items():
            at_s = rules.stuck_at_s(self._watches[role])
            if at_s is not None and self._now_s() >= at_s and process.pid not in self._aborted:
                _log.error("%s is stuck", role, extra={"pid": process.pid})
                self._aborted.add(process.pid)
                process.kill_stuck()

    def bury(self, process: ChildProcess, code: int, *, for_good: bool = False) -> None:
        """It has ended; unless `for_good`, it is due again."""
        self._processes.pop(process.role, None)
        self._aborted.discard(process.pid)
        watched = self._watches[process.role]
        self._watches[process.role] = rules.gone(watched) if for_good else rules.died(watched, self._now_s())
        _log.log(
            logging.INFO if for_good else logging.ERROR,
            "%s ended",
            process.role,
            extra={"code": code, "pid": process.pid},
        )

    def disband(self) -> None:
        """Nobody is started any more."""
        self._watches = {role: rules.gone(w) for role, w in self._watches.items()}

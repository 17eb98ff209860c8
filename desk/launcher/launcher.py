"""The launcher's loop. One thread decides everything, fed by a queue: deaths come from the threads that wait for each
process, signs of life from the link, wishes to stop from signals.

The seat ends when the agent closes the window (the ui exits with 0), at SIGTERM, SIGINT or SIGHUP, or when a tool sends
`StopRequested`: ui first, then the phone (hangs up, closes its spool), then sync (a last push). Each is asked, then
told, then made to. A process may ask for the seat to begin anew, or an installer for it to make way: then the phone
goes first, if no call runs, and the exit code says which (`AGAIN`, `MADE_WAY`). Runs in the `desk` process, on its
main thread."""

import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from desk import exit_codes
from desk.i18n import _
from desk.launcher.crew import ROLES, Crew
from desk.launcher.making_way import LOOK_S
from desk.launcher.process import ChildProcess
from desk.link.addresses import (
    LAUNCHER_VARIABLE,
    TOKEN_FILE,
    TOKEN_VARIABLE,
    LinkDown,
    address_for,
    clear_stale,
    token_of,
    write_token,
)
from desk.log.crash import crash_file_of, died_at, role_of, unseen_crashes

if TYPE_CHECKING:  # loaded in `_serve`, after the processes were started: they load while this one goes on
    from desk.link.sockets import LinkServer, Peer

ASK_S = {"ui": 3.0, "phone": 8.0, "sync": 10.0}  # from StopRequested to SIGTERM
TERMINATE_S = 2.0  # from SIGTERM to SIGKILL
KILL_S = 2.0  # from SIGKILL to giving up
NOTICE_S = 10.0  # for the agent to read why the window closes
TICK_S = 0.5
SLEPT_S = 2.0  # a turn of the loop that took longer: the machine was suspended or starved
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Exited:
    process: ChildProcess
    code: int


@dataclass(frozen=True, slots=True)
class _Beaten:
    role: str
    pid: int


@dataclass(frozen=True, slots=True)
class _Joined:
    peer: "Peer"


@dataclass(frozen=True, slots=True)
class _Left:
    role: str
    pid: int


@dataclass(frozen=True, slots=True)
class _DialRequested:
    target: str


@dataclass(frozen=True, slots=True)
class _StopWished:
    reason: str


@dataclass(frozen=True, slots=True)
class _RestartWished:
    reason: str


_Event = _Exited | _Beaten | _Joined | _Left | _DialRequested | _StopWished | _RestartWished


class Launcher:
    """`argv_for(role)` is the command line of a process. `dial`: what the first window is to have in its dial box.
    `is_to_make_way`: an installer waits for the seat to end. `run` returns the exit code of the seat."""

    def __init__(
        self,
        runtime_dir: Path,
        crash_dir: Path,
        argv_for: Callable[[str], Sequence[str]],
        monotonic_s: Callable[[], float] = time.monotonic,
        dial: str = "",
        is_to_make_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._runtime_dir, self._crash_dir, self._now_s = runtime_dir, crash_dir, monotonic_s
        self._is_to_make_way, self._looks_s = is_to_make_way, monotonic_s() + LOOK_S
        self._way_told_s: float | None = None
        self._events: SimpleQueue[_Event] = SimpleQueue()
        if dial:
            self._events.put(_DialRequested(dial))
        self._env: dict[str, str] = {}
        self._crew = Crew(argv_for, self._env, self._on_exit, monotonic_s)
        self._server: LinkServer | None = None
        self._ui: Peer | None = None  # ours, once it is attached
        self._untold: list[Any] = []  # waits for it
        self._exit_code = exit_codes.OK
        self._ends_until_s = 0.0  # the phone was asked to end, and the seat is to end with it
        self._ends_with_code = exit_codes.OK

    def run(self) -> int:
        """Start the seat, keep it, stop it. Raises `LinkBusy`, `OSError` where the runtime folder cannot be used."""
        address = address_for(self._runtime_dir, "launcher")
        if os.name != "nt":
            clear_stale(address)  # before the token is written: a living launcher's is not to be overwritten
        token = _token(self._runtime_dir)
        self._env |= {TOKEN_VARIABLE: token.hex(), LAUNCHER_VARIABLE: str(os.getpid())}
        self._take_signals()
        try:
            self._crew.start_due()
            self._serve(address, token)
            self._watch()
            if self._exit_code == exit_codes.OK and self._is_to_make_way():  # ended by force, or closed in that moment
                self._exit_code = exit_codes.MADE_WAY
        finally:
            self._crew.disband()
            for role in ROLES:
                self._stop(role)
            if self._server is not None:
                self._server.close()
            (self._runtime_dir / TOKEN_FILE).unlink(missing_ok=True)
        return self._exit_code

    def _watch(self) -> None:
        """Until the seat is to end."""
        last_s = self._now_s()
        while True:
            self._crew.start_due()
            event = self._next_event(self._pause_s())
            now_s = self._now_s()
            if now_s - last_s > SLEPT_S:
                self._crew.excuse(now_s - last_s)
            last_s = now_s
            if event is not None and self._ends_with(event):
                return
            self._crew.end_stuck()
            self._make_way()

    def _pause_s(self) -> float:
        due_s = self._crew.next_due_s()
        return TICK_S if due_s is None else min(TICK_S, max(0.0, due_s - self._now_s()))

    def _next_event(self, pause_s: float) -> Any:
        try:
            return self._events.get(timeout=pause_s)
        except Empty:
            return None

    def _ends_with(self, event: _Event) -> bool:
        """React; whether the seat ends with it."""
        match event:
            case _Exited():
                return self._bury(event.process, event.code)
            case _Beaten():
                self._crew.beat(event.role, event.pid)
            case _Joined():
                if event.peer.role == "ui" and self._crew.is_ours("ui", event.peer.pid):
                    self._ui = event.peer
                    self._tell_ui()
            case _Left():
                self._crew.make_room(event.role, event.pid)
            case _DialRequested():
                self._hand_on(event.target)
            case _StopWished():
                _log.info("the seat stops: %s", event.reason)
                return True
            case _RestartWished():
                self._begin_end(event.reason, exit_codes.AGAIN)
        return False

    def _make_way(self) -> None:
        """Looked for every few seconds. The agent is told first; the phone is asked again while a call runs."""
        now_s = self._now_s()
        if now_s < self._looks_s:
            return
        self._looks_s = now_s + LOOK_S
        if not self._is_to_make_way():
            self._way_told_s = None
            return
        if self._way_told_s is None:
            self._way_told_s = now_s
            self._tell_way()
        if now_s - self._way_told_s >= NOTICE_S:
            self._begin_end("an installer waits for it to end", exit_codes.MADE_WAY)

    def _tell_way(self) -> None:
        from desk import wire

        self._tell_ui(
            wire.Updates(
                _(
                    "A new version is being installed on this computer. The window closes in a moment, after a call "
                    "only, and comes back by itself; what you typed is kept."
                )
            )
        )

    def _begin_end(self, reason: str, code: int) -> None:
        """The phone goes first, and only where no call runs: it alone can tell in the same moment."""
        phone = self._crew.process("phone")
        if phone is not None and self._ask(phone, if_idle=True):
            if self._now_s() >= self._ends_until_s:  # asked again and again while a call runs: said once
                _log.info("the seat is to end with %d: %s", code, reason)
            self._ends_until_s, self._ends_with_code = self._now_s() + ASK_S["phone"], code

    def _bury(self, process: ChildProcess, code: int) -> bool:
        role = process.role
        if role == "phone" and code == exit_codes.OK and self._now_s() < self._ends_until_s:
            self._exit_code = self._ends_with_code
            self._crew.bury(process, code, for_good=True)
            return True
        if role == "ui":
            self._ui = None
            if code in (exit_codes.OK, exit_codes.ENVIRONMENT):
                self._exit_code = exit_codes.OK if code == exit_codes.OK else exit_codes.FAULT
                self._crew.bury(process, code, for_good=True)
                return True
        from desk import wire

        self._crew.bury(process, code)
        if code in (exit_codes.ENVIRONMENT, exit_codes.AGAIN):  # no crash: it has said what it wants
            return False
        crash_file = crash_file_of(self._crash_dir, role, process.pid)
        self._tell_ui(wire.Restarted(role, code, str(crash_file or ""), datetime.now(UTC)))
        return False

    def _tell_ui(self, *messages: Any) -> None:
        """To the ui that is attached, else to the next one."""
        self._untold += messages
        while self._ui is not None and self._untold:
            self._ui.send(self._untold.pop(0))

    def _hand_on(self, target: str) -> None:
        """One that still waits for a window gives way to the later one."""
        from desk import wire

        self._untold = [one for one in self._untold if not isinstance(one, wire.DialRequested)]
        self._tell_ui(wire.DialRequested(target))

    # On other threads: they only put events on the queue.

    def _on_exit(self, process: ChildProcess, code: int) -> None:
        self._events.put(_Exited(process, code))

    def _take_signals(self) -> None:
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, lambda n, _frame: self._events.put(_StopWished(signal.Signals(n).name)))

    def _serve(self, address: str, token: bytes) -> None:
        from desk import wire
        from desk.link.sockets import LinkServer

        left = unseen_crashes(self._crash_dir)
        self._tell_ui(*(wire.Restarted(role_of(file), 0, str(file), died_at(file)) for file in left))
        self._server = LinkServer(
            address,
            token,
            "launcher",
            on_join=lambda peer: self._events.put(_Joined(peer)),
            on_message=self._take,
            on_leave=lambda peer: self._events.put(_Left(peer.role, peer.pid)),
        )
        self._server.start()

    def _take(self, peer: "Peer", message: Any) -> None:
        from desk import wire

        match message:
            case wire.Heartbeat() | wire.Ready():
                self._events.put(_Beaten(peer.role, peer.pid))
            case wire.ShowWindow():
                for one in self._server.peers if self._server else ():
                    if one.role == "ui":
                        one.send(message)
            case wire.DialRequested():
                self._events.put(_DialRequested(message.target))
            case wire.RestartRequested():
                self._events.put(_RestartWished(f"{message.reason} ({peer.role})"))
            case wire.StopRequested():
                self._events.put(_StopWished(f"asked by {peer.role}"))
            case _:
                _log.warning("%s is nothing for the launcher", type(message).__name__, extra={"peer": repr(peer)})

    # The end.

    def _stop(self, role: str) -> None:
        process = self._crew.process(role)
        if process is None:
            return
        if self._ask(process) and self._ended(role, ASK_S[role]):
            return
        process.terminate()
        if self._ended(role, TERMINATE_S):
            return
        _log.error("%s did not stop and is killed", role)
        process.kill()
        self._ended(role, KILL_S)

    def _ask(self, process: ChildProcess, *, if_idle: bool = False) -> bool:
        """Whether it was there to be asked."""
        from desk import wire

        peers = [p for p in (self._server.peers if self._server else ()) if p.pid == process.pid]
        for peer in peers:
            peer.send(wire.StopRequested("the seat stops", if_idle))
        return bool(peers)

    def _ended(self, role: str, timeout_s: float) -> bool:
        """Wait until this process is dead; others that die meanwhile are buried."""
        end_s = self._now_s() + timeout_s
        while self._crew.process(role) is not None and self._now_s() < end_s:
            event = self._next_event(max(0.0, end_s - self._now_s()))
            if isinstance(event, _Exited):
                self._crew.bury(event.process, event.code, for_good=True)
        return self._crew.process(role) is None


def child_argv(settings_file: Path) -> Callable[[str], Sequence[str]]:
    """How Desk starts its own processes."""
    return lambda role: [*desk_argv(settings_file), "--process", role]


def desk_argv(settings_file: Path) -> list[str]:
    """The `desk` command for this seat, without a word: this Python with `-m desk`, or the bundled program itself."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "desk"]
    return [*program, "--settings", str(settings_file)]


def _token(runtime_dir: Path) -> bytes:
    """The token that a killed launcher left is kept: its phone may still be in a call, and our ui is to show it."""
    try:
        token = b"" if TOKEN_VARIABLE in os.environ else token_of(runtime_dir)
    except LinkDown:
        token = b""
    if len(token) != 32:
        token = secrets.token_bytes(32)
    write_token(runtime_dir, token)
    return token

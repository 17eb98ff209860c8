"""A process of the seat, seen from inside: its tie to the launcher.

`ready` says that start-up is done, `beat` (once a second, from the MAIN loop, so that silence means a stuck loop) that
it lives; `stop_requested` is set when it is to finish. When the launcher itself is killed, every process notices within
about a second: ui and sync finish, the phone first lets its call end (`busy`).

Phone, sync and ui; `start` from the main thread (it takes SIGTERM), `stop_requested` may be waited for on any thread.
`on_message` runs on the link's thread."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from desk import wire
from desk.link.addresses import LAUNCHER_VARIABLE
from desk.link.sockets import LinkClient, address_for, token_of
from desk.usecases.ports import Clock

LAUNCHER = "launcher"
BEAT_S = 1.0
_log = logging.getLogger(__name__)


class ChildLife:
    """`busy` True: a launcher that is gone does not stop this process yet. `on_message` gets what is meant for the
    ui: `Restarted`, `ShowWindow`, `DialRequested`."""

    def __init__(
        self,
        role: str,
        runtime_dir: Path,
        clock: Clock,
        *,
        busy: Callable[[], bool] = lambda: False,
        on_message: Callable[[Any], None] = lambda _: None,
    ) -> None:
        """Raises `LinkDown` where no seat runs (there is no token)."""
        self.role = role
        self.stop_requested = threading.Event()
        self.stop_reason = ""
        self._clock, self._busy, self._on_message = clock, busy, on_message
        self._launcher_pid = int(os.environ.get(LAUNCHER_VARIABLE) or 0)
        self._is_ready = False
        self._launcher = LinkClient(
            address_for(runtime_dir, LAUNCHER), token_of(runtime_dir), role, self._take, on_up=self._tell_ready
        )

    def start(self) -> None:
        """Attach to the launcher; from now on SIGTERM means `stop_requested`."""
        signal.signal(signal.SIGTERM, self._on_signal)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._on_signal)
        self._launcher.start()

    @property
    def attached(self) -> bool:
        """Whether the launcher hears us."""
        return self._launcher.up

    def ready(self) -> None:
        """Start-up is done."""
        self._is_ready = True
        self._tell_ready()
        self.beat()

    def beat(self) -> None:
        """The main loop turns. Call it once a second (`BEAT_S`)."""
        self._launcher.try_send(wire.Heartbeat(self.role, self._clock()))
        if not self.stop_requested.is_set() and self._launcher_gone() and not self._busy():
            self._stop("the launcher is gone")

    def ask_restart(self, reason: str) -> None:
        """Of the whole seat; nothing happens while a call runs. Any thread."""
        self._launcher.try_send(wire.RestartRequested(reason))

    def close(self) -> None:
        """Leave the launcher; last of all."""
        self._launcher.close()

    def _launcher_gone(self) -> bool:
        """Its pid is our parent's for as long as it lives; a launcher that was started since is none of ours. Windows
        never replaces a parent, so there the process itself is looked for."""
        if not self._launcher_pid:
            return False
        if sys.platform == "win32":
            import psutil  # only here: 14 ms

            return not psutil.pid_exists(self._launcher_pid)
        return os.getppid() != self._launcher_pid

    def _tell_ready(self) -> None:
        if self._is_ready:
            self._launcher.try_send(wire.Ready(self.role))

    def _take(self, message: Any) -> None:
        if isinstance(message, wire.StopRequested):
            if not (message.if_idle and self._busy()):
                self._stop(message.reason)
        else:
            self._on_message(message)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stop(signal.Signals(number).name)

    def _stop(self, reason: str) -> None:
        self.stop_reason = self.stop_reason or reason
        self.stop_requested.set()

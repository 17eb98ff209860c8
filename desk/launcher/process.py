"""A child process as the operating system gives it: started, waited for by a thread of its own (so that its death is
known at once, without polling), asked, told and made to end.

The children have a process group of their own: Ctrl-C at a terminal reaches the launcher only, which then stops them in
order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

DUMP_S = 1.0  # for a stuck process to write its stacks


class ChildProcess:
    """Runs from construction on; `on_exit(self, code)` comes once, on a thread of its own (a signal as minus its
    number). Raises `OSError` where it cannot be started."""

    def __init__(
        self, role: str, argv: Sequence[str], env: Mapping[str, str], on_exit: Callable[["ChildProcess", int], None]
    ) -> None:
        self.role = role
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._popen = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            env={**os.environ, **env},
            process_group=None if os.name == "nt" else 0,
            creationflags=flags,
        )
        self.pid = self._popen.pid
        self._on_exit = on_exit
        threading.Thread(target=self._await, name=f"await-{self.pid}", daemon=True).start()

    def terminate(self) -> None:
        self._popen.terminate()

    def kill(self) -> None:
        self._popen.kill()

    def kill_stuck(self) -> None:
        """End it with its stacks on record: SIGABRT makes faulthandler write them; what still lives after `DUMP_S`
        (stopped, or stuck in the kernel) is killed."""
        if sys.platform == "win32":
            self.kill()
            return
        self._popen.send_signal(signal.SIGABRT)
        timer = threading.Timer(DUMP_S, self.kill)
        timer.daemon = True
        timer.start()

    def _await(self) -> None:
        code = self._popen.wait()
        with contextlib.suppress(Exception):
            self._on_exit(self, code)

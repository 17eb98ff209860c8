"""Child processes of the demo: started with their output in a file, waited for by condition, ended by their own id."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

POLL_S = 0.02
TERMINATE_S = 5.0


class NotReady(Exception):
    """Something did not come about within its time."""


T = TypeVar("T")


def wait_until(what: str, condition: Callable[[], T | None], timeout_s: float) -> T:
    """The condition's first true value. Raises `NotReady` naming `what` after `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise NotReady(f"{what}: not within {timeout_s:g} s")
        time.sleep(POLL_S)


def listens(path: Path) -> bool:
    """Whether somebody serves this local socket: its name is there a moment before anybody is listened to."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on 127.0.0.1 that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_sip_port() -> int:
    """A port on 127.0.0.1 for a telephone that takes it for UDP and TCP, and the next one for TLS. Below those that the
    system gives to whoever connects somewhere: one of them may be taken between now and the telephone's start."""
    while True:
        port = random.SystemRandom().randrange(20_002, 30_000, 2)
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for kind, number in ((socket.SOCK_DGRAM, port), (socket.SOCK_STREAM, port), (socket.SOCK_STREAM, port + 1)):
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
            return port


class Child:
    """One child process. `log` collects its stdout and stderr."""

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.name = Path(argv[0]).name
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def wait_until(self, what: str, condition: Callable[[], T | None], timeout_s: float) -> T:
        """As `wait_until`, but fails at once, with the end of the log, when the process dies."""

        def check() -> T | None:
            value = condition()
            if not value and not self.alive():
                tail = self.log.read_text(errors="replace")[-2000:]
                raise NotReady(f"{what}: {self.name} ended with {self.process.returncode}\n{tail}")
            return value

        return wait_until(what, check, timeout_s)

    def stop(self, timeout_s: float = TERMINATE_S) -> int:
        """SIGTERM, then SIGKILL after `timeout_s`. Its exit code."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def stop_group(self) -> None:
        """`stop`, and SIGKILL to what it leaves of the processes that it started."""
        self.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL: the cable pulled."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

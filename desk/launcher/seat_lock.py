"""One seat, one launcher: a lock on the data folder, which the system releases when its holder dies, and the way for a
second `desk` to bring the running one to the front instead, or to hand it a number."""

import threading
import time
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from desk.link.addresses import LinkDown, address_for, token_of

LOCK_FILE = "seat.lock"
ASK_S = 2.0
AGAIN_S = 0.2


class AlreadyRunning(Exception):
    """Another launcher holds this seat."""


class SeatLock:
    """Holds the seat from construction to `release`. Raises `AlreadyRunning`, `OSError`."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(data_dir / LOCK_FILE, timeout=0)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise AlreadyRunning(str(data_dir)) from error

    def release(self) -> None:
        self._lock.release()


def show_running_seat(runtime_dir: Path) -> bool:
    """Ask the running seat's window to come to the front; whether the seat was there to be asked."""
    from desk import wire  # not above: the launcher starts its processes before it loads the link

    return _ask(runtime_dir, wire.ShowWindow())


def hand_to_running_seat(runtime_dir: Path, untrusted_target: str, patience_s: float = 0.0) -> bool:
    """Have this put into the running seat's dial box; whether the seat was there to be asked. `patience_s`: it may be
    just starting."""
    from desk import wire

    until_s = time.monotonic() + patience_s
    while not (asked := _ask(runtime_dir, wire.DialRequested(untrusted_target))) and time.monotonic() < until_s:
        time.sleep(AGAIN_S)
    return asked


def _ask(runtime_dir: Path, message: Any) -> bool:
    from desk.link.sockets import LinkClient

    try:
        token = token_of(runtime_dir)
    except LinkDown:
        return False
    up = threading.Event()
    client = LinkClient(address_for(runtime_dir, "launcher"), token, "tool", on_up=up.set)
    client.start()
    try:
        return up.wait(ASK_S) and client.try_send(message)
    finally:
        client.close()

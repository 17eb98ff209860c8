"""How a seat was used when it was started anew for another version, in a small file beside the choice: the window that
comes then signs in whoever sat here, or nobody, and whoever was on a break is on it still.

Written before the restart (an installer's, too), and kept true while a version is on trial: the one that runs then may
be left at any moment. It is over when a window of a version that is to stay has told how it is used. Written by the
sync process, read by the window's at its start."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from desk.updating import choice as choices
from desk.wire import SeatUse

FILE = "resume"
FRESH_S = 600.0  # longer than a trial and its end


def note(own: Path, use: SeatUse) -> None:
    """Raises nothing: what cannot be kept is begun as on any morning."""
    part = own / f".{FILE}.{os.getpid()}"
    with contextlib.suppress(OSError):
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(use))
        part.replace(own / FILE)


def noted(own: Path, now_s: Callable[[], float] = time.time) -> SeatUse | None:
    """None: the seat begins by itself, or nothing of it can be read."""
    file = own / FILE
    with contextlib.suppress(OSError, ValueError):
        if now_s() - file.stat().st_mtime < FRESH_S:
            return msgspec.json.decode(file.read_bytes(), type=SeatUse)
    return None


class Resuming:
    """`own`: the seat's folder for updates. `use`: as the window said last; None: none has yet. A worker of the sync
    process."""

    def __init__(self, own: Path, running: str, use: Callable[[], SeatUse | None]) -> None:
        self._own, self._running, self._use = own, running, use
        self._kept: SeatUse | None = None
        self._over = False

    def work_once(self) -> bool:
        use = None if self._over else self._use()
        if use is None:
            return False
        kept = choices.read(self._own)
        if kept.trial and kept.version == self._running:
            if use != self._kept:
                note(self._own, use)
                self._kept = use
            return False
        self._over = True
        with contextlib.suppress(OSError):
            (self._own / FILE).unlink(missing_ok=True)
        return False

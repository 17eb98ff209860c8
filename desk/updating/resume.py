"""How a seat was used when its window went and comes again by itself: for another version, after a crash, for a repair.
In a small file beside the choice: the window that comes then signs in whoever sat here, or nobody, and whoever was on a
break is on it still.

Written before a restart (an installer's, too), when a window has gone while the seat goes on, and kept true while a
version is on trial: the one that runs then may be left at any moment. It is over when a window of a version that is to
stay has told how it is used, and when the seat is closed. Written by the sync process, read by the window's at its
start."""

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
    """`own`: the seat's folder for updates. `use`: as the window said last; None: none has yet. `window_here`: whether
    one is there now. `work_once` is a worker of the sync process, and to be woken when a window goes: the next one
    reads the file within a second."""

    def __init__(
        self,
        own: Path,
        running: str,
        use: Callable[[], SeatUse | None],
        window_here: Callable[[], bool],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own, self._running, self._use, self._window_here = own, running, use, window_here
        self._now_s = monotonic_s
        self._kept: SeatUse | None = None
        self._lost = False  # the window has gone, and how it was used is kept for the next
        self._over = False
        self._asked_s = -FRESH_S  # when the seat was to begin anew

    def work_once(self) -> bool:
        use = self._use()
        if use is None:
            return False
        if not self._window_here():
            if not self._lost or use != self._kept:  # what a window says is here before it counts as one
                self._keep(use)
            self._lost, self._over = True, False
        elif self._on_trial():
            self._lost = False
            if use != self._kept:
                self._keep(use)
        elif not self._over:
            self._lost, self._over = False, True
            self._drop()
        return False

    def begins_anew(self) -> None:
        """The seat is about to: for the start that follows by itself."""
        self._asked_s = self._now_s()
        self._keep(self._use())

    def end(self, *, comes_again: bool) -> None:
        """When the worker has ended: the seat does, and comes again by itself, or was closed."""
        if comes_again or self._now_s() - self._asked_s < FRESH_S:
            self._keep(self._use())
        elif not self._on_trial():
            self._drop()

    def _on_trial(self) -> bool:
        kept = choices.read(self._own)
        return kept.trial and kept.version == self._running

    def _keep(self, use: SeatUse | None) -> None:
        if use is not None:
            note(self._own, use)
            self._kept = use

    def _drop(self) -> None:
        with contextlib.suppress(OSError):
            (self._own / FILE).unlink(missing_ok=True)

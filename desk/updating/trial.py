"""A version on trial, judged from inside: the seat that was started into it says that it is healthy, or says nothing,
and whoever watches from outside goes back (`desk.updating.starter`).

Healthy is: the store is open (else this process would not run), the window and the phone are there, every line that was
up before is up again, nothing of that has changed for `STEADY_S`, no process has met an error that nobody caught, and
the doctor finds nothing wrong that was right before. While a call runs, a mark says so: nobody goes back in the middle
of one. A worker of the sync process."""

import contextlib
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from desk.updating import choice as choices
from desk.updating.choice import Choice
from desk.updating.starter import CALL_FILE, STOP_S

STEADY_S = 5.0
LACKS_S = STOP_S  # a seat that ends loses its window first: that is nothing it lacked
_log = logging.getLogger(__name__)


class TriedSeat(Protocol):
    """Any thread, returns at once."""

    def in_call(self) -> bool: ...

    def window_here(self) -> bool: ...

    def phone_here(self) -> bool: ...

    def lines_up(self) -> tuple[str, ...]: ...

    def crashed(self) -> Collection[str]:
        """The processes of this start that have met an error which nobody caught."""
        ...

    def wrong(self) -> Collection[str]:
        """What the doctor finds wrong of what an update must not break. Takes seconds."""
        ...


class Trial:
    """`own`: the seat's folder for updates. `on_confirmed(version)`: once."""

    def __init__(
        self,
        own: Path,
        running: str,
        seat: TriedSeat,
        on_confirmed: Callable[[str], None] = lambda _version: None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own, self._running, self._seat = own, running, seat
        self._on_confirmed, self._now_s = on_confirmed, monotonic_s
        self._well_since_s: float | None = None
        self._lacks_now: tuple[str, ...] = ()
        self._lacks_since_s = 0.0
        self._over = False

    def work_once(self) -> bool:
        if self._over:
            return False
        kept = choices.read(self._own)
        if not kept.trial or kept.version != self._running:
            self._over = True
            return False
        if self._seat.in_call():
            with contextlib.suppress(OSError):
                (self._own / CALL_FILE).touch()
        lacks = self._lacks(kept.lines)
        if lacks:
            self._not_well(kept, lacks)
        elif self._well_since_s is None:
            self._well_since_s = self._now_s()
        elif self._now_s() - self._well_since_s >= STEADY_S:
            wrong = sorted(set(kept.well) & set(self._seat.wrong())) if kept.well else []
            if wrong:
                self._not_well(kept, wrong)
            else:
                self._confirm()
        return False

    def _not_well(self, kept: Choice, lacks: Sequence[str]) -> None:
        """For whoever has to judge it when it was gone back from: what it lacks for longer than an end takes."""
        self._well_since_s = None
        if tuple(lacks) != self._lacks_now:
            self._lacks_now, self._lacks_since_s = tuple(lacks), self._now_s()
        if self._now_s() - self._lacks_since_s < LACKS_S or self._lacks_now == kept.lacked:
            return
        _log.warning("the version on trial is not well", extra={"lacks": list(lacks)})
        with contextlib.suppress(OSError):
            choices.write(self._own, replace(kept, lacked=self._lacks_now))

    def _lacks(self, lines: tuple[str, ...]) -> list[str]:
        """What a healthy seat has and this one has not."""
        up = self._seat.lines_up()
        parts = {"window": self._seat.window_here(), "phone": self._seat.phone_here()}
        lost = [name for name, there in parts.items() if not there] + [line for line in lines if line not in up]
        return lost + [f"{role} crashed" for role in self._seat.crashed()]

    def _confirm(self) -> None:
        try:
            choices.write(self._own, choices.confirmed(choices.read(self._own)))
        except OSError as error:
            _log.warning("that this version is healthy cannot be kept: %s", error)
            return
        self._over = True
        _log.info("the version is healthy", extra={"version": self._running})
        self._on_confirmed(self._running)

"""What the widgets of early warnings are built from, and how they write. Ui process, Qt's thread; all reading and
writing is done on the worker."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from desk.ui.hub import Hub
from desk.ui.worker import SAVE_LANE

if TYPE_CHECKING:  # loaded when they are first asked for, and not while the window starts
    from desk.usecases.raise_warning import RaiseWarning
    from desk.usecases.read_warnings import ReadWarnings
    from desk.usecases.step_warning import StepWarning

T = TypeVar("T")
KEY, PANEL_KEY = "Ctrl+Shift+W", "Alt+W"


@dataclass(frozen=True, kw_only=True)
class WarningUses:
    """What can be done, from `desk.usecases`."""

    raising: "RaiseWarning"
    stepping: "StepWarning"
    reading: "ReadWarnings"


class LateUses:
    """Built on the worker that first asks: policy files are read then. Any thread."""

    def __init__(self, build: Callable[[], WarningUses]) -> None:
        self._build = build
        self._uses: WarningUses | None = None
        self._lock = threading.Lock()

    def get(self) -> WarningUses:
        with self._lock:
            if self._uses is None:
                self._uses = self._build()
            return self._uses


@dataclass(frozen=True, kw_only=True)
class WarningTools:
    """`uses` is asked on the worker only. `written`: something was appended, the centre may have it. `play(call_id)`:
    it is to be heard."""

    hub: Hub
    uses: LateUses
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
    play: Callable[[str], None]

    def write(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        def wrote(result: T) -> None:
            self.written()
            done(result)

        self.hub.worker.run(work, wrote, failed, lane=SAVE_LANE)

"""What the shift's page and keys are built from. `ShiftUses` is asked for on the worker when it is first needed: the
window's start does not wait for its files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from desk.ui.hub import Hub

if TYPE_CHECKING:  # they are loaded with the first sign-in, on the worker
    from desk.domain.roster_rows import Reading, RosterRead
    from desk.usecases.hand_over import HandOverShift
    from desk.usecases.keep_state import KeepState
    from desk.usecases.keep_stay import KeepStay
    from desk.usecases.roster import Roster


@dataclass(frozen=True, kw_only=True)
class ShiftUses:
    """All of it runs on the worker. `read_file`: a roster in a workbook or text file; raises a `Fault` whose text says
    what is wrong with the file."""

    stays: "KeepStay"
    states: "KeepState"
    roster: "Roster"
    hand_over: "HandOverShift"
    read_file: "Callable[[Path, Reading], RosterRead]"


@dataclass(frozen=True, kw_only=True)
class ShiftParts:
    """`uses`: the same each time, any thread. `written`: something was appended, the centre may have it."""

    hub: Hub
    uses: Callable[[], ShiftUses]
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
    open_item: Callable[[str], None]

    def work_number(self) -> str:
        return self.hub.agent.number if self.hub.agent else ""

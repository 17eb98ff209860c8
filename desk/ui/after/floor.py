"""Puts the shift and the knowledge into the window: both need the same few things of it. Ui process, Qt's thread; once,
when the window is built."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.categories import CategoryTree
from desk.ui.after.knowledge.assembly import KnowledgeBeside
from desk.ui.after.knowledge.uses import KnowledgeUses
from desk.ui.after.shift.assembly import Shift
from desk.ui.after.shift.uses import ShiftUses
from desk.ui.after.staff_names import StaffNames
from desk.ui.hub import Hub
from desk.ui.main_window import MainWindow
from desk.ui.main_window_wiring import Wiring
from desk.ui.side.panel import SidePanel
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_category import CategoryFinder


@dataclass(frozen=True, kw_only=True)
class FloorParts:
    """`shift`, `knowledge`: asked for on the worker when they are first needed; None: there is none. `register`: work
    numbers and names of the staff, on the worker. `nudge`: something was appended."""

    shift: Callable[[], ShiftUses] | None
    knowledge: Callable[[], KnowledgeUses] | None
    register: Callable[[], list[tuple[str, str]]]
    clock: Callable[[], datetime]
    zone: tzinfo
    nudge: Callable[[], None]
    categories: CategoryTree
    find_category: CategoryFinder
    language: str
    estate_map: EstateMap


def join_floor(hub: Hub, window: MainWindow, wiring: Wiring, side: SidePanel, parts: FloorParts) -> None:
    names = StaffNames(hub, parts.register, window)
    if parts.shift is not None:
        Shift(hub, window, wiring, parts.shift, parts.clock, parts.zone, parts.nudge)
    if parts.knowledge is not None:
        KnowledgeBeside(
            hub,
            window,
            side,
            parts.knowledge,
            parts.clock,
            parts.zone,
            parts.nudge,
            parts.categories,
            parts.language,
            parts.find_category.find,
            parts.estate_map,
            names.of,
        )

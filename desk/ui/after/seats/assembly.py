"""Puts the seat register into the window: Ctrl+Shift+R. Ui process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.middle import Middle

if TYPE_CHECKING:
    from desk.ui.after.seats.uses import SeatUses

KEY = "Ctrl+Shift+R"


def join_seats(
    hub: Hub,
    middle: Middle,
    uses: "Callable[[], SeatUses] | None",
    clock: Callable[[], datetime],
    zone: tzinfo,
    nudge: Callable[[], None],
) -> None:
    """`uses` None: there is no register, and no page."""
    if uses is None:
        return

    def written() -> None:
        hub.store_works()
        nudge()

    def build() -> Cover:
        from desk.ui.after.seats.page import SeatsPage, ask_for_file
        from desk.ui.after.seats.uses import SeatsParts

        return SeatsPage(SeatsParts(hub, uses, clock, zone, written), ask_for_file)

    cover = middle.pages.late_cover(build)

    def toggle() -> None:
        if hub.agent is not None:
            middle.pages.toggle(cover.get())

    QShortcut(QKeySequence(KEY), middle, toggle)

"""Puts the page that looks the seat over into the window: Ctrl+Shift+D. Ui process, Qt's thread; once, when the window
is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.middle import Middle

if TYPE_CHECKING:
    from desk.ui.after.health.page import Examine

KEY = "Ctrl+Shift+D"


def join_health(
    hub: Hub, middle: Middle, examine: "Examine | None", seat: str, clock: Callable[[], datetime], zone: tzinfo
) -> None:
    """`examine` None: there is nothing to look with, and no page."""
    if examine is None:
        return

    def build() -> Cover:
        from desk.ui.after.health.page import HealthPage, HealthParts

        return HealthPage(HealthParts(hub, examine, seat, clock, zone))

    cover = middle.pages.late_cover(build)
    QShortcut(QKeySequence(KEY), middle, lambda: middle.pages.toggle(cover.get()))

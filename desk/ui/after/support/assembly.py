"""Puts what just happened into the window: Shift+F12. Ui process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtGui import QKeySequence, QShortcut

from desk.ui.after.support.parts import SupportParts, SupportUses
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.middle import Middle

KEY = "Shift+F12"


def join_support(
    hub: Hub, middle: Middle, uses: SupportUses | None, clock: Callable[[], datetime], zone: tzinfo
) -> None:
    """`uses` None: there is nothing to look back with."""
    if uses is None:
        return

    def build() -> Cover:
        from desk.ui.after.support.page import SupportPage

        return SupportPage(SupportParts(hub, uses, clock, zone))

    cover = middle.pages.late_cover(build)
    QShortcut(QKeySequence(KEY), middle, lambda: middle.pages.toggle(cover.get()) if hub.agent else None)

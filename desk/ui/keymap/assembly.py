"""Puts the key map into the window: F1, and its button among the lamps. Ui process, Qt's thread; once, when the
window is built."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from desk.ui.cover import Cover
from desk.ui.main_window import MainWindow
from desk.ui.middle import Middle
from desk.ui.ticket.page import TicketView

if TYPE_CHECKING:
    from desk.ui.keymap.page import KeyMapPage


def join_key_map(window: MainWindow, middle: Middle, ticket: TicketView) -> None:
    def unbuilt() -> Iterator[Callable[[], object]]:
        """What has keys and was never opened."""
        for late in middle.pages.late_covers:
            if late.page is None and late is not cover:
                yield late.get
        yield from ticket.action_bar.unbuilt()

    def build() -> Cover:
        from desk.ui.keymap.page import KeyMapPage

        return KeyMapPage(window, unbuilt)

    cover = middle.pages.late_cover(build)

    def toggle() -> None:
        page: KeyMapPage = cover.get()  # type: ignore[assignment]
        if middle.front is not page:
            page.come_from(middle.front)
        middle.pages.toggle(page)

    window.keys_wanted.connect(toggle)

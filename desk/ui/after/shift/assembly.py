"""Puts the shift into the places that the window has for it: what is written at sign-in and sign-out, a page over the
middle with its key, an offer above the middle where a note waits. And the gate: whoever signs out while promises are
theirs that nobody has taken over is shown them instead. Ui process, Qt's thread; once, when the window is built."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desk.i18n import _
from desk.ui import theme
from desk.ui.after.shift.keeper import ShiftKeeper, Waiting
from desk.ui.after.shift.uses import ShiftParts, ShiftUses
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.main_window import MainWindow
from desk.ui.main_window_wiring import Wiring
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE

if TYPE_CHECKING:
    from desk.domain.hand_over import OpenItem
    from desk.ui.after.shift.page import ShiftPage

KEY = "Shift+F10"


class _Once:
    """`make` is called once, on whichever thread asks first."""

    def __init__(self, make: Callable[[], ShiftUses]) -> None:
        self._make, self._made, self._lock = make, list[ShiftUses](), threading.Lock()

    def get(self) -> ShiftUses:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class NoteOffer(QFrame):
    """A note waits for whoever sits here; it takes the keyboard from nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note_offer")
        theme.mark(self, "banner-accent")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        self._words = TextLine()
        self.open = KeyButton("open_note", _("Read and take over"), KEY, "handshake", "primary", listens=False)
        self.open.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(Picture("handshake", "on_accent_soft"))
        row.addWidget(self._words, 1)
        row.addWidget(self.open)
        self.hide()

    def fill(self, waiting: Waiting) -> None:
        self._words.setText(waiting.words)


class Shift(QObject):
    def __init__(
        self,
        hub: Hub,
        window: MainWindow,
        wiring: Wiring,
        uses: Callable[[], ShiftUses],
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
    ) -> None:
        """`nudge`: something was appended."""
        super().__init__(window)
        self._hub, self._window, self._wiring = hub, window, wiring
        self._middle = window.panels.middle

        def written() -> None:
            hub.store_works()
            nudge()
            self.keeper.look_for_notes()

        self._parts = ShiftParts(
            hub=hub,
            uses=_Once(uses).get,
            clock=clock,
            zone=zone,
            written=written,
            open_item=self._open_item,
        )
        self.keeper = ShiftKeeper(self._parts, window.panels.call_bar.states, window)
        self.keeper.said.connect(window.panels.trouble_line.tell)
        self._waiting = Waiting()
        self._offer = NoteOffer()
        hub.calls_changed.connect(self._show_offer)
        self._middle.shown_changed.connect(self._show_offer)
        self._offer.open.clicked.connect(self.show_notes)
        above = self._middle.layout()
        above.insertWidget(0, self._offer)  # type: ignore[union-attr]
        self.keeper.notes_waiting.connect(self._notes_came)
        self._page = self._middle.pages.late_cover(self._build_page)
        QShortcut(QKeySequence(KEY), self._middle, self.toggle)
        window.sign_out_wanted.disconnect(wiring.sign_out)
        window.sign_out_wanted.connect(self.sign_out)
        window.closed.connect(self.keeper.closing)

    def toggle(self) -> None:
        """Show the page, with the notes where some wait; what it covered where it is in front already."""
        if self._hub.agent is None:
            return
        page = self._shift_page()
        opens = not page.isVisible()
        self._middle.pages.toggle(page)
        if opens and self._waiting.notes:
            page.start_with_hand_over(leaving=False)

    def show_notes(self) -> None:
        if self._hub.agent is not None:
            page = self._bring_forward()
            page.start_with_hand_over(leaving=False)

    def sign_out(self) -> None:
        """Where nothing keeps them; else the page says what does. A store that cannot be read keeps nobody."""
        who, uses = self._parts.work_number(), self._parts.uses
        if not who:
            return

        def failed(error: Exception) -> None:
            self._hub.failed(error)
            self._wiring.sign_out()

        self._hub.worker.run(
            lambda: uses().hand_over.keeps(who),
            lambda keeping: self._asked(who, keeping),
            failed,
            lane=SAVE_LANE,
            owner=self._window,
        )

    def _asked(self, who: str, keeping: "Sequence[OpenItem]") -> None:
        if who != self._parts.work_number():
            return
        if not keeping:
            self._wiring.sign_out()
            return
        self._bring_forward().start_with_hand_over(leaving=True)

    def _leave(self, reason: str) -> None:
        self.keeper.leaves_work = reason
        self._wiring.sign_out()

    def _freed(self) -> None:
        """Whoever waits before the page goes at once; nobody is signed out of a call, or of other work."""
        page = self._page.page
        if self._hub.state.front() is None and page is not None and page.isVisible():
            self._wiring.sign_out()
        else:
            self._window.panels.trouble_line.tell(_("Taken over. You can sign out now (Ctrl+Shift+O)."))

    def _notes_came(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._offer.fill(waiting)
        self._show_offer()

    def _show_offer(self) -> None:
        """Not over a call, whose form needs the room, and not over the notes themselves."""
        page = self._page.page
        reads = page is not None and page.isVisible()
        self._offer.setVisible(bool(self._waiting.notes) and self._hub.state.front() is None and not reads)

    def _open_item(self, target: str) -> None:
        """A row of what is open: a ticket is shown; of the others there is no page."""
        what, _colon, item_id = target.partition(":")
        if what == "ticket":
            self._middle.show_ticket(item_id)

    def _bring_forward(self) -> "ShiftPage":
        page = self._shift_page()
        if not page.isVisible():
            self._middle.pages.toggle(page)
        return page

    def _shift_page(self) -> "ShiftPage":
        from desk.ui.after.shift.page import ShiftPage

        page = self._page.get()
        assert isinstance(page, ShiftPage)  # noqa: S101 - it is what `_build_page` builds
        return page

    def _build_page(self) -> Cover:
        from desk.ui.after.shift.page import ShiftPage

        page = ShiftPage(self._parts)
        page.leave_wanted.connect(self._leave)
        page.free.connect(self._freed)
        return page

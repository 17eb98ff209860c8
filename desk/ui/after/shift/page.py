"""The shift's page over the middle: today, the roster, handing over; Alt+1 to Alt+3. Built when it is first opened. Ui
process, Qt's thread; read and written on the worker."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desk.i18n import _
from desk.ui.after.shift.day import DayPart
from desk.ui.after.shift.hand_over_part import HandOverPart
from desk.ui.after.shift.roster_part import RosterPart
from desk.ui.after.shift.uses import ShiftParts
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.steps import step
from desk.ui.theme import Space

AGAIN_MS = 60_000  # times in it grow old
_ENTITIES = frozenset({"duty_turn", "stay", "state_span", "hand_over", "promise", "ticket", "warning", "question"})


class ShiftPage(Cover):
    """`leave_wanted(reason)`: sign out although promises are theirs. `free()`: nothing keeps who wanted to go."""

    leave_wanted = Signal(str)
    free = Signal()

    def __init__(self, parts: ShiftParts) -> None:
        super().__init__()
        self.setObjectName("shift")
        self.setAccessibleName(_("Shift"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts = parts
        self.day, self.roster, self.hand_over = DayPart(parts), RosterPart(parts), HandOverPart(parts)
        self._says = selectable("shift_says")
        self._says.hide()
        self._pages = QStackedWidget()
        self._keys: list[KeyButton] = []
        self._lay_out()
        self.roster.told.connect(self._say)
        self.hand_over.told.connect(self._say)
        self.hand_over.leave_wanted.connect(self.leave_wanted)
        self.hand_over.free.connect(self.free)
        parts.hub.rows_changed.connect(self._rows_changed)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._tick)

    def start(self) -> None:
        self._say("")
        self.show_part(self._pages.currentIndex())
        step("shift_shown")

    def start_with_hand_over(self, *, leaving: bool) -> None:
        """It comes to the front with the notes; `leaving`: somebody wants to sign out and is kept."""
        self._say("")
        self.show_part(2, leaving=leaving)

    def show_part(self, index: int, *, leaving: bool = False) -> None:
        self._pages.setCurrentIndex(index)
        for place, key in enumerate(self._keys):
            key.setChecked(place == index)
        part = (self.day, self.roster, self.hand_over)[index]
        if part is self.hand_over:
            self.hand_over.start(leaving=leaving)
        else:
            part.start()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        part.take_focus(self)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.isVisible() and _ENTITIES.intersection(entities):
            self._refresh()

    def _tick(self) -> None:
        if self.isVisible():
            self._refresh()
        else:
            self._again.stop()

    def _refresh(self) -> None:
        (self.day, self.roster, self.hand_over)[self._pages.currentIndex()].refresh()

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again.start()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        title = selectable("shift_title", "title")
        title.setWordWrap(False)
        title.setText(_("Shift"))
        head.addWidget(title)
        head.addSpacing(Space.M)
        for place, words in enumerate((_("Today"), _("Roster"), _("Hand-over"))):
            key = KeyButton(f"shift_part_{place}", words, f"Alt+{place + 1}", "", "quiet")
            key.setCheckable(True)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.clicked.connect(lambda _checked=False, p=place: self.show_part(p))
            self._keys.append(key)
            head.addWidget(key)
        head.addStretch()
        done = KeyButton("shift_done", _("Done"), "Esc", "check", "quiet")
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        done.clicked.connect(lambda: self.left.emit())
        head.addWidget(done)
        for part in (self.day, self.roster, self.hand_over):
            self._pages.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addWidget(self._pages, 1)

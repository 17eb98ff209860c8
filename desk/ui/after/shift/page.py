"""The shift's page over the middle: today, the roster, handing over; Alt+1 to Alt+3. Built when it is first opened. Ui
process, Qt's thread; read and written on the worker."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent

from desk.i18n import _
from desk.ui.after.parted_cover import PartedCover
from desk.ui.after.shift.day import DayPart
from desk.ui.after.shift.hand_over_part import HandOverPart
from desk.ui.after.shift.roster_part import RosterPart
from desk.ui.after.shift.uses import ShiftParts
from desk.ui.steps import step

AGAIN_MS = 60_000  # times in it grow old
_ENTITIES = frozenset({"duty_turn", "stay", "state_span", "hand_over", "promise", "ticket", "warning", "question"})


class ShiftPage(PartedCover):
    """`leave_wanted(reason)`: sign out although promises are theirs. `free()`: nothing keeps who wanted to go."""

    leave_wanted = Signal(str)
    free = Signal()

    def __init__(self, parts: ShiftParts) -> None:
        super().__init__("shift", _("Shift"))
        self.setObjectName("shift")
        self._parts = parts
        self.day, self.roster, self.hand_over = DayPart(parts), RosterPart(parts), HandOverPart(parts)
        self._lay_out(((_("Today"), self.day), (_("Roster"), self.roster), (_("Hand-over"), self.hand_over)))
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
        self._bring(index)
        part = (self.day, self.roster, self.hand_over)[index]
        if part is self.hand_over:
            self.hand_over.start(leaving=leaving)
        else:
            part.start()
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

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again.start()

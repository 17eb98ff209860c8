"""The field for whom to call: a number in any shape, or a name, of which the list below makes a number. It serves the
call bar, the transfer panel and the supervisor's.

Enter calls what is typed where that can be dialled, and the first of the list else; Shift+Enter asks for the panel's
other way (a transfer without asking first); Tab takes the chosen number into the field and calls nobody; Escape closes
the list, then leaves. Down opens the list of late numbers where nothing is typed.

Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desk.ui.hub import Hub
from desk.ui.suggest_box import Deliver, Search, SuggestBox
from desk.ui.telephone.dial_box_presenter import can_be_dialled, rows
from desk.usecases.find_number import NumberHit

LIST_WIDTH = 420
Find = Callable[[str], list[NumberHit]]


def search_for(hub: Hub, find: Find, zone: tzinfo, key: str) -> Search:
    """`key`: of this box, so that two of them do not outdate each other's answers. Nobody's name is shown at a seat
    that is shut."""

    def search(text: str, deliver: Deliver) -> None:
        if hub.is_shut:
            deliver([])
            return
        hub.worker.latest(key, lambda: rows(text, find(text), hub.clock(), zone), deliver, lane="dial")

    return search


class DialBox(SuggestBox):
    """`chosen(number)`: Enter, or a click on a row. `chosen_otherwise(number)`: Shift+Enter. `nobody(text)`: Enter on a
    name that nobody has. `left()`: Escape."""

    chosen = Signal(str)
    chosen_otherwise = Signal(str)
    nobody = Signal(str)
    left = Signal()

    def __init__(self, name: str, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(name, search, parent, list_width=LIST_WIDTH)
        self._wanted = ""  # which way an Enter asked for, until it is done
        self._other_way = False
        self.taken.connect(self._number_taken)
        self.settled.connect(self._settled)

    @property
    def number(self) -> str:
        return self.text().strip()

    def offer(self, number: str) -> None:
        """Put a number in, ready for Enter."""
        self.show_text(number)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            kept = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if kept in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
                self.enter(otherwise=bool(kept))
                return
        if event.key() == Qt.Key.Key_Escape and not self.rows:
            self.close_list()
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def enter(self, *, otherwise: bool = False) -> None:
        """As Enter does, or Shift+Enter."""
        self._wanted, self._other_way = "enter", otherwise
        chosen = self._list.chosen if self.rows else None
        untouched = chosen is None or chosen is self._list.rows[0]
        if can_be_dialled(self.number) and untouched:
            self.close_list()
            self._tell(self.number)
        elif not self.number and chosen is None:
            self._wanted = ""
        else:
            self._take_chosen()
            if self._wanted and not self._owes:  # no list, and nothing on its way
                self._settled()

    def _take_row(self, row: int) -> None:
        self._wanted, self._other_way = "enter", False
        super()._take_row(row)

    def _number_taken(self, value: object) -> None:
        number = str(value)
        if self._wanted:
            self._tell(number)
        else:
            self.show_text(number)

    def _settled(self) -> None:
        """An Enter that waited for the list: it was paid by `_number_taken`, or there is nobody of that name."""
        if self._wanted:
            self._wanted = ""
            self.nobody.emit(self.number)

    def _tell(self, number: str) -> None:
        self._wanted = ""
        self.clear()
        (self.chosen_otherwise if self._other_way else self.chosen).emit(number)

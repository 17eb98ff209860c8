"""The recording's marks as a list to jump through: time and words, the one passed last in bold. Enter or a click goes
there. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import icon
from desk.ui.player.marks import MarkKind, PlayerMark, standing_at
from desk.ui.ticket.presenter import duration

WIDTH = 248
_ICONS = {
    MarkKind.CALL: ("phone", "warn"),
    MarkKind.TROUBLE: ("warning", "danger"),
    MarkKind.FIELD: ("pencil-line", "text"),
    MarkKind.COMMENT: ("chat-text", "accent"),
}


class MarkList(QListWidget):
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mark_list")
        self.setAccessibleName(_("Marks of the recording"))
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._marks: Sequence[PlayerMark] = ()
        self._bold = -1
        self.itemClicked.connect(lambda item: self.chosen.emit(self._marks[self.row(item)].at_ms))

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 0)

    def show_marks(self, marks: Sequence[PlayerMark]) -> None:
        if marks == self._marks and self.count() == len(marks):
            return
        self._marks, self._bold = marks, -1
        self.clear()
        for mark in marks:
            name, ink = _ICONS[mark.kind]
            item = QListWidgetItem(icon(name, getattr(theme.current(), ink)), f"{duration(mark.at_ms)}  {mark.text}")
            item.setToolTip(mark.text)
            self.addItem(item)

    def show_position(self, position_ms: int) -> None:
        passed = standing_at(self._marks, position_ms)
        if passed == self._bold:
            return
        for row, bold in ((self._bold, False), (passed, True)):
            item = self.item(row) if row >= 0 else None
            if item is not None:
                font = self.font()
                font.setBold(bold)
                item.setFont(font)
                if bold and not self.hasFocus():
                    self.scrollToItem(item)
        self._bold = passed

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= row < len(self._marks):
            self.chosen.emit(self._marks[row].at_ms)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        else:
            event.ignore()  # letters are the player's, not a search in the list

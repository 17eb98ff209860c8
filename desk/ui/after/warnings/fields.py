"""The fields of early warnings: Tab goes on, Escape leaves, Ctrl+Enter does what they are for. Ui process, Qt's
thread."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desk.ui.leaving_field import LeavingField
from desk.ui.theme import Space


def _is_escape(event: QEvent) -> bool:
    """Escape that a key of the window would take otherwise."""
    overrides = event.type() is QEvent.Type.ShortcutOverride
    return overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape


class Line(LeavingField):
    """`shifted()`: Shift+Enter."""

    shifted = Signal()

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)

    def event(self, event: QEvent) -> bool:
        if _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.shifted.emit()
        else:
            super().keyPressEvent(event)


class Words(QPlainTextEdit):
    """A few lines. `left()`: Escape was pressed in it."""

    left = Signal()

    def __init__(self, name: str, words: str, lines: int = 2) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setTabChangesFocus(True)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self.toPlainText()

    def setText(self, text: str) -> None:
        self.setPlainText(text)

    def sizeHint(self) -> QSize:
        return QSize(200, self._lines * QFontMetrics(self.font()).lineSpacing() + Space.L + Space.XS)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def mark_wrong(widget: QWidget, *, wrong: bool) -> None:
    """A field that was refused has an edge of its own; see `desk.ui.stylesheet`."""
    if bool(widget.property("wrong")) != wrong:
        widget.setProperty("wrong", wrong)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

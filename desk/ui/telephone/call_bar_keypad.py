"""The keypad: one row of keys under the call, for menus at the far end. Digits typed on the keyboard are sent as they
are typed; Escape gives the focus back. What was sent is shown, because a menu may ask for it again.

Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.theme import Space

DIGITS = "123456789*0#"
_SHOWN = 24


class Keypad(QFrame):
    """`pressed(digit)` for each; `left()` when the agent is done with it."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keypad")
        self.setAccessibleName(_("Keypad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.mark(self, "strip")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.XS)
        hint = QLabel(_("Type digits, * or #; Esc closes"))
        hint.setProperty("role", "muted")
        row.addWidget(hint)
        row.addSpacing(Space.M)
        for digit in DIGITS:
            key = QPushButton(digit)
            key.setObjectName(f"keypad_{digit}")
            key.setAccessibleName(digit)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.setFixedWidth(38)
            key.setStyleSheet("padding: 0;")
            key.clicked.connect(lambda _checked=False, d=digit: self._press(d))
            row.addWidget(key)
        row.addSpacing(Space.M)
        self._sent = QLabel("")
        self._sent.setObjectName("keypad_sent")
        self._sent.setProperty("role", "strong")
        row.addWidget(self._sent, 1)

    def start(self) -> None:
        """Show it and take the keyboard."""
        self._sent.setText("")
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text() and event.text() in DIGITS:
            self._press(event.text())
        else:
            super().keyPressEvent(event)

    def _press(self, digit: str) -> None:
        self._sent.setText((self._sent.text() + digit)[-_SHOWN:])
        self.pressed.emit(digit)

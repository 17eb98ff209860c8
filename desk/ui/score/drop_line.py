"""The line in which somebody says why a drawn call is of no use. Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space

MOST_REASON = 200


class DropLine(QFrame):
    """`wanted(sample_id, why)`: `why` is never empty. Esc closes it."""

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drop_line")
        theme.mark(self, "card")
        self._sample_id = ""
        asked = _("Why is this call of no use? (a wrong number, a test)")
        self.reason = QLineEdit()
        self.reason.setObjectName("drop_reason")
        self.reason.setMaxLength(MOST_REASON)
        self.reason.setPlaceholderText(asked)
        self.reason.setAccessibleName(asked)
        self.reason.returnPressed.connect(self._go)
        go = KeyButton("drop_go", _("Drop it"), "Enter", "trash", "primary", listens=False)
        go.clicked.connect(self._go)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        row.addWidget(self.reason, 1)
        row.addWidget(go)
        self.hide()

    def open(self, sample_id: str) -> None:
        self._sample_id = sample_id
        self.reason.clear()
        self.show()
        self.reason.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        event.accept()  # what is typed here is nobody else's

    def _go(self) -> None:
        why = self.reason.text().strip()
        if why:
            self.hide()
            self.wanted.emit(self._sample_id, why)

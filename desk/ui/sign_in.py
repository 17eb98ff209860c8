"""The page on which an agent signs in, inside the window: the call bar above it goes on ringing and can be answered.

Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space

_WIDTH = 420


class SignInPage(QWidget):
    """`asked(work_number)`: the agent wants in."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_page")
        outer = QHBoxLayout(self)
        box = QFrame()
        theme.mark(box, "panel")
        box.setFixedWidth(_WIDTH)
        outer.addWidget(box, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(box)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        title = QLabel(_("Sign in"))
        title.setProperty("role", "title")
        head.addWidget(Picture("user-circle", "accent", 28))
        head.addWidget(title, 1)
        column.addLayout(head)
        says = QLabel(_("Calls still ring and can be answered (F2). What was typed is kept for its author."))
        says.setProperty("role", "muted")
        says.setWordWrap(True)
        column.addWidget(says)
        label = QLabel(_("Work number"))
        self.number = QLineEdit()
        self.number.setObjectName("work_number")
        self.number.setAccessibleName(_("Work number"))
        self.number.setMaxLength(16)
        label.setBuddy(self.number)
        column.addWidget(label)
        column.addWidget(self.number)
        self._refusal = QLabel()
        self._refusal.setObjectName("sign_in_refusal")
        self._refusal.setProperty("role", "error")
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        column.addWidget(self._refusal)
        row = QHBoxLayout()
        row.addStretch(1)
        go = KeyButton("sign_in", _("Sign in"), "Return", "sign-in", "primary", listens=False)
        go.clicked.connect(self._ask)
        row.addWidget(go)
        column.addLayout(row)
        self.number.returnPressed.connect(self._ask)
        self.number.textEdited.connect(lambda _text: self.refuse(""))

    def start(self, number: str) -> None:
        """Show it afresh, with this number to confirm."""
        self.refuse("")
        self.number.setText(number)
        self.number.selectAll()
        self.number.setFocus()

    def refuse(self, words: str) -> None:
        self._refusal.setText(words)
        self._refusal.setVisible(bool(words))
        self.number.setProperty("wrong", bool(words))
        theme.repolish(self.number)

    def _ask(self) -> None:
        self.asked.emit(self.number.text())

"""The page on which an agent signs in, inside the window: the call bar above it goes on ringing and can be answered.
Where the centre checks passwords, there is a field for one. Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space

_WIDTH = 452
LONGEST_NUMBER, LONGEST_PASSWORD = 16, 256


class SecretField(QLineEdit):
    """A password. It is never shown, copied or offered to an input method's memory."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_PASSWORD)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )

    def take(self) -> str:
        """What was typed; the field is empty then."""
        text = self.text()
        self.clear()
        return text


class SignInBox(QFrame):
    """A box in the middle of the window: a title, a sentence, fields, what was wrong, and buttons in a row below."""

    def __init__(self, page: QWidget, name: str, icon: str, title: str, says: str) -> None:
        super().__init__()
        theme.mark(self, "panel")
        self.setFixedWidth(_WIDTH)
        outer = QHBoxLayout(page)
        outer.addWidget(self, 0, Qt.AlignmentFlag.AlignCenter)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self.column.setSpacing(Space.M)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        self.title = QLabel(title)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        head.addWidget(Picture(icon, "accent", 28))
        head.addWidget(self.title, 1)
        self.column.addLayout(head)
        self.says = QLabel(says)
        self.says.setProperty("role", "muted")
        self.says.setWordWrap(True)
        self.column.addWidget(self.says)
        self.refusal = QLabel()
        self.refusal.setObjectName(f"{name}_refusal")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.row = QHBoxLayout()
        self.row.addStretch(1)

    def add_field(self, words: str, field: QLineEdit) -> QLabel:
        label = QLabel(words)
        label.setBuddy(field)
        self.column.addWidget(label)
        self.column.addWidget(field)
        return label

    def finish(self, *buttons: KeyButton) -> None:
        """After the last field."""
        self.column.addWidget(self.refusal)
        for button in buttons:
            self.row.addWidget(button)
        self.column.addLayout(self.row)

    def say(self, words: str, *wrong: QLineEdit, role: str = "error") -> None:
        """Below the fields; `wrong` are marked while there are words."""
        self.refusal.setProperty("role", role)
        theme.repolish(self.refusal)
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        for field in wrong:
            field.setProperty("wrong", bool(words) and role == "error")
            theme.repolish(field)


class SignInPage(QWidget):
    """`asked(work_number)`: the agent wants in; where a password is asked for, `offered(work_number, password)`."""

    asked = Signal(str)
    offered = Signal(str, str)

    def __init__(self, parent: QWidget | None = None, way: str = "list") -> None:
        """`way` as in the setting sign_in."""
        super().__init__(parent)
        self.setObjectName("sign_in_page")
        self._way = way
        says = _("Calls still ring and can be answered (F2). What was typed is kept for its author.")
        self._box = SignInBox(self, "sign_in", "user-circle", _("Sign in"), says)
        words = _("Work number") if way == "list" else _("Work number or name")
        self.number = QLineEdit()
        self.number.setObjectName("work_number")
        self.number.setAccessibleName(words)
        self.number.setMaxLength(LONGEST_NUMBER if way == "list" else LONGEST_NUMBER * 2)
        self._box.add_field(words, self.number)
        self.password = SecretField("password", _("Password"))
        if way == "password":
            self._box.add_field(_("Password"), self.password)
        else:
            self.password.setParent(self)
            self.password.hide()
        self._go = KeyButton("sign_in", _("Sign in"), "Return", "sign-in", "primary", listens=False)
        self._go.clicked.connect(self._ask)
        self._box.finish(self._go)
        self.number.returnPressed.connect(self._next)
        self.password.returnPressed.connect(self._ask)
        for field in (self.number, self.password):
            field.textEdited.connect(lambda _text: self.refuse(""))

    def start(self, number: str) -> None:
        """Show it afresh, with this number to confirm."""
        self.refuse("")
        self.password.clear()
        self.number.setText(number)
        self.number.selectAll()
        self.focus_first()

    def focus_first(self) -> None:
        """Where something is still to be typed."""
        (self.password if self._way == "password" and self.number.text() else self.number).setFocus()

    def refuse(self, words: str) -> None:
        self.wait(on=False)
        self._box.say(words, *((self.password,) if self._way == "password" else (self.number,)))

    def wait(self, *, on: bool) -> None:
        """Somebody is being asked whether they may come in."""
        self._go.setEnabled(not on)
        if on:
            self._box.say(_("Asking the central database …"), self.number, self.password, role="muted")

    def _next(self) -> None:
        if self._way == "password" and not self.password.text():
            self.password.setFocus()
        else:
            self._ask()

    def _ask(self) -> None:
        if self._way == "list":
            self.asked.emit(self.number.text())
        elif self._go.isEnabled():
            self.offered.emit(self.number.text(), self.password.take())

"""The strip below a warning's keys: the words that a move needs and whose they are, or what came of a call. Enter does
it, Shift+Enter the other thing, Escape leaves it. Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desk.i18n import _
from desk.ui import theme
from desk.ui.after.warnings.fields import Line, mark_wrong
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.theme import Space


class AskStrip(QFrame):
    """`done()`: Enter. `other()`: the second key, where the strip has one. `left()`: Escape."""

    done = Signal()
    other = Signal()
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        theme.mark(self, "card")
        self._title, self._says = plain("strong", wraps=True), plain("error", wraps=True)
        self.text = Line(f"{name}_text", "")
        self.heard_from = Line(f"{name}_from", "")
        self.heard_from.setMaximumWidth(180)
        self.do_key = KeyButton(f"{name}_do", _("Done"), "Return", "check", "primary", listens=False)
        self.other_key = KeyButton(f"{name}_other", _("Not reached"), "Shift+Return", "phone-slash", listens=False)
        for button in (self.do_key, self.other_key):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.do_key.clicked.connect(lambda: self.done.emit())
        self.other_key.clicked.connect(lambda: self.other.emit())
        for line in (self.text, self.heard_from):
            line.left.connect(self.left)
            line.shifted.connect(self._shifted)
        self.text.returnPressed.connect(self._entered)
        self.heard_from.returnPressed.connect(lambda: self.done.emit())
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.text, 1)
        row.addWidget(self.heard_from)
        row.addWidget(self.do_key)
        row.addWidget(self.other_key)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        column.setSpacing(Space.XS)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addWidget(self._says)
        self.hide()

    def ask(self, title: str, text: str, heard_from: str = "", *, do: str, other: str = "") -> None:
        """Empty, with the keyboard in its first field. `heard_from`, `other` "" = there is none."""
        self._title.setText(title)
        for line, words in ((self.text, text), (self.heard_from, heard_from)):
            line.clear()
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
            mark_wrong(line, wrong=False)
        self.heard_from.setVisible(bool(heard_from))
        self.do_key.say(do)
        self.other_key.say(other or _("Not reached"))
        self.other_key.setVisible(bool(other))
        self._says.hide()
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refuse(self, text: str) -> None:
        """Nothing was written: why."""
        self._says.setText(text)
        self._says.show()
        lacks = self.text if not self.text.text().strip() else self.heard_from
        if lacks.isVisibleTo(self) and not lacks.text().strip():
            mark_wrong(lacks, wrong=True)
            lacks.setFocus(Qt.FocusReason.OtherFocusReason)

    def _shifted(self) -> None:
        if self.other_key.isVisibleTo(self):
            self.other.emit()

    def _entered(self) -> None:
        """To the next field where there is one to be filled."""
        if self.heard_from.isVisibleTo(self) and not self.heard_from.text().strip() and self.text.text().strip():
            self.heard_from.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.done.emit()

"""One question and its answers: a digit answers, a line takes words, Up goes back to the question before.
Everything that a follow-up asks whoever makes it is asked here: the questionnaire, what a try came to, when to call
again.

Built once and refilled; the keys are a fixed pool. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout

from desk.ui import theme
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.theme import Space

MOST = 10
_LETTERS = {"y": "yes", "n": "no"}


class AnswerBox(QFrame):
    """`chosen(value)`: a digit or a click. `entered(text)`: Enter in the line. `back()`: to the question before."""

    chosen = Signal(str)
    entered = Signal(str)
    back = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        theme.mark(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._question = plain("title", wraps=True)
        self._hint = plain("caption", wraps=True)
        self._error = plain("error", wraps=True)
        self._values: list[str] = []
        self.keys = [KeyButton(f"{name}_{n}", "", str((n + 1) % 10), listens=False) for n in range(MOST)]
        self._flow = Flow(f"{name}_keys")
        for number, key in enumerate(self.keys):
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.clicked.connect(lambda _checked=False, number=number: self._take(number))
            self._flow.add(key)
            key.hide()
        self.line = QLineEdit()
        self.line.setObjectName(f"{name}_line")
        self.line.installEventFilter(self)
        self.line.returnPressed.connect(lambda: self.entered.emit(self.line.text()))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        for widget in (self._question, self._flow, self.line, self._hint, self._error):
            column.addWidget(widget)
        self.ask("", ())

    @property
    def question(self) -> str:
        return self._question.text()

    def ask(self, question: str, choices: Sequence[tuple[str, str]], hint: str = "", text: str = "") -> None:
        """`choices`: (value, words), the first has the digit 1; none: a line is typed, which begins with `text`."""
        self._question.setText(question)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._error.hide()
        self._values = [value for value, _words in choices]
        for number, key in enumerate(self.keys):
            shown = number < len(choices)
            if shown:
                key.say(choices[number][1])
            key.setVisible(shown)
        self._flow.setVisible(bool(choices))
        self._flow.changed()
        self.line.setVisible(not choices)
        self.line.setAccessibleName(question)
        self.line.setText(text)
        words = ", ".join(f"{(n + 1) % 10} {words}" for n, (_value, words) in enumerate(choices))
        self.setAccessibleName(f"{question} {words}".strip())

    def refuse(self, why: str) -> None:
        self._error.setText(why)
        self._error.setVisible(bool(why))

    def take_focus(self) -> None:
        """Where it is answered."""
        widget = self.line if not self.line.isHidden() else self
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        theme.mark(self, "card-chosen")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        theme.mark(self, "card")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text.isascii() and text.isdecimal() and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._take((int(text) - 1) % 10)
        elif _LETTERS.get(text.lower()) in self._values and text:
            self.chosen.emit(_LETTERS[text.lower()])
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Backspace):
            self.back.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            empty = not self.line.text()
            if event.key() == Qt.Key.Key_Up or (event.key() == Qt.Key.Key_Backspace and empty):
                self.back.emit()
                return True
        return super().eventFilter(watched, event)

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._values):
            self.chosen.emit(self._values[number])

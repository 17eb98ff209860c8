"""A field with answers to choose from below it: a digit takes one while the field is empty, typing narrows them down
(characters, full pinyin or initials), Down and Up go through them, Enter takes the one that is left.

No list pops up over anything: the answers stand there, so that they can be read before a key is pressed. Ui process,
Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desk.domain import pinyin
from desk.ui import theme
from desk.ui.flow import Flow
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space

MOST = 9
_DIGITS = range(Qt.Key.Key_1.value, Qt.Key.Key_9.value + 1)


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is what it stands for, `text` what is read."""

    value: str
    text: str


class PickField(QWidget):
    """`free`: what is typed may also stand as it is. `digits` False: what is typed may be a number, so no digit picks.
    `changed()`: another answer, or none. `entered()`: Enter, and nothing is left to be chosen among."""

    changed = Signal()
    entered = Signal()

    def __init__(
        self,
        name: str,
        words: str,
        options: Sequence[Option] = (),
        *,
        free: bool,
        digits: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_pick")
        self._free, self._digits = free, digits
        self._options: Sequence[Option] = ()
        self._shown: list[Option] = []
        self._chosen: Option | None = None
        self.field = _Field(self)
        self.field.setObjectName(name)
        self.field.setAccessibleName(words)
        self._flow = Flow(f"{name}_options")
        self._buttons = [self._button(index) for index in range(MOST)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.field)
        column.addWidget(self._flow)
        self.setFocusProxy(self.field)
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self.offer(options)

    def offer(self, options: Sequence[Option]) -> None:
        """These are the answers now; what was typed or chosen stays."""
        self._options = options
        self._narrow(self.field.text() if self._chosen is None else "")

    def value(self) -> str:
        """What the answer stands for; of a free field also what was typed; "" where there is none."""
        if self._chosen is not None:
            return self._chosen.value
        return self.field.text().strip() if self._free else ""

    def is_chosen(self) -> bool:
        """It is one of the answers, and not what was typed."""
        return self._chosen is not None

    def clear(self) -> None:
        self._chosen = None
        self.field.clear()
        self._narrow("")
        self.refuse(is_wrong=False)

    def choose(self, value: str) -> None:
        """As if it had been picked; nothing where it is not among the answers."""
        option = next((one for one in self._options if one.value == value), None)
        if option is not None:
            self._take(option)

    def refuse(self, *, is_wrong: bool) -> None:
        if bool(self.field.property("wrong")) != is_wrong:
            self.field.setProperty("wrong", is_wrong)
            theme.repolish(self.field)

    def press_digit(self, digit: int) -> bool:
        """A digit was typed into the empty field: whether it was an answer's."""
        if not self._digits or self.field.text() or digit > len(self._shown):
            return False
        self._take(self._shown[digit - 1])
        return True

    def step(self, by: int) -> None:
        """Down and Up."""
        if not self._shown:
            return
        at = self._shown.index(self._chosen) + by if self._chosen in self._shown else (0 if by > 0 else -1)
        self._take(self._shown[at % len(self._shown)], keep=True)

    # ---- within

    def _typed(self, text: str) -> None:
        self._chosen = None
        self.refuse(is_wrong=False)
        self._narrow(text)
        self.changed.emit()

    def _enter(self) -> None:
        narrows = not self._free or not self._digits
        if self._chosen is None and narrows and self.field.text().strip() and self._shown:
            several = len(self._shown) > 1
            self._take(self._shown[0])
            if several:
                return  # it is read before it counts
        self.entered.emit()

    def _take(self, option: Option, *, keep: bool = False) -> None:
        self._chosen = option
        self.field.setText(option.text)
        self.refuse(is_wrong=False)
        if not keep:
            self._narrow("")
        self._mark()
        self.changed.emit()

    def _narrow(self, text: str) -> None:
        wanted = pinyin.query_form(text)
        self._shown = [one for one in self._options if not wanted or _fits(wanted, one)][:MOST]
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(self._shown))
            if index < len(self._shown):
                button.say(self._shown[index].text)
        self._flow.setVisible(bool(self._shown))
        self._flow.changed()
        self._mark()

    def _mark(self) -> None:
        for button, option in zip(self._buttons, self._shown, strict=False):
            button.setChecked(option == self._chosen)

    def _button(self, index: int) -> KeyButton:
        key = str(index + 1) if self._digits else ""
        button = KeyButton(f"{self.field.objectName()}_{index + 1}", "", key, listens=False)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._click(index))
        self._flow.add(button)
        return button

    def _click(self, index: int) -> None:
        if index < len(self._shown):
            self._take(self._shown[index])


class _Field(QLineEdit):
    def __init__(self, owner: PickField) -> None:
        super().__init__()
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in _DIGITS and self._owner.press_digit(key - Qt.Key.Key_0.value):
            return
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not event.modifiers():
            self._owner.step(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


def _fits(wanted: str, option: Option) -> bool:
    return option.value.startswith(wanted) or pinyin.match(wanted, pinyin.read_name(option.text)) is not None

"""A row of choices of which one may be chosen: chips with a digit each, one stop in the tab order.

Left and Right move and choose at once, Enter goes on. Every chip's key works wherever the focus is in the window.
Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.theme import Size, Space


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` as in `QKeySequence`, "" where the chip has none of its own."""

    value: Enum
    words: str
    key: str = ""


class Chip(KeyButton):
    """A narrow button that stays down; its cap shows the last stroke of its key only ("1" for "Alt+1")."""

    def cap(self) -> str:
        return self.key.rpartition("+")[2]

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2 * Space.M
        return QSize(width + (self._cap_width() + Space.XS if self.key else 0), Size.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.property("ring"):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), Size.FOCUS))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        painter.end()


class ChoiceRow(QWidget):
    """`chosen(value)`: the agent chose it (again, if it was chosen already)."""

    chosen = Signal(object)

    def __init__(self, name: str, words: str, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._choices = tuple(choices)
        self._value: Enum | None = None
        self._chips: list[Chip] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        for choice in self._choices:
            chip = Chip(f"{name}_{choice.value.value}", choice.words, choice.key)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(self._click(choice.value))
            self._chips.append(chip)
            layout.addWidget(chip)
        layout.addStretch()

    @property
    def value(self) -> Enum | None:
        return self._value

    def show_value(self, value: Enum | None) -> None:
        self._value = value
        for choice, chip in zip(self._choices, self._chips, strict=True):
            chip.setChecked(choice.value is value)
        words = next((c.words for c in self._choices if c.value is value), "")
        self.setAccessibleDescription(words)

    def step(self, by: int) -> None:
        """Choose the next one in that direction; the ends are ends."""
        values = [choice.value for choice in self._choices]
        if self._value is None:
            self.chosen.emit(values[0])
            return
        index = min(len(values) - 1, max(0, values.index(self._value) + by))
        if values[index] is not self._value:
            self.chosen.emit(values[index])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.step(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                self.focusNextChild()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring(on=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring(on=False)

    def _ring(self, *, on: bool) -> None:
        """The focus ring stands around the chosen chip, else the first."""
        index = next((i for i, c in enumerate(self._choices) if c.value is self._value), 0)
        for at, chip in enumerate(self._chips):
            chip.setProperty("ring", on and at == index)
            chip.update()

    def _click(self, value: Enum) -> Callable[[], None]:
        def click() -> None:
            self.show_value(self._value)  # the form decides what is chosen
            self.chosen.emit(value)

        return click

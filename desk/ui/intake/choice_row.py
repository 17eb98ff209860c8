"""A row of choices of which one may be chosen: chips with a digit each, one stop in the tab order.

Left and Right move and choose at once, Enter goes on. Every chip's key works wherever the focus is in the window.
Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.theme import Size, Space, Type

ROOM = 500  # what the form leaves for a row in the narrowest window


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` as in `QKeySequence`, "" where the chip has none of its own."""

    value: Enum
    words: str
    key: str = ""


class Chip(KeyButton):
    """A narrow button that stays down; its cap shows the last stroke of its key only ("1" for "Alt+1"). `tight`:
    smaller words and less room around them, for languages whose words are long."""

    tight = False

    def cap(self) -> str:
        return self.key.rpartition("+")[2]

    def sizeHint(self) -> QSize:
        width = self._words_width() + 2 * self._padding()
        return QSize(width + (self._cap_width() + Space.XS if self.key else 0), Size.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        ink, x = self._ink(), self._padding()
        painter.setFont(self._words_font())
        painter.setPen(ink)
        painter.drawText(
            QRect(x, 0, self._words_width() + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self.key:
            self._paint_cap(painter, x + self._words_width() + Space.XS, ink)
        if self.property("ring"):
            painter.setPen(QPen(QColor(theme.current().accent), Size.FOCUS))
            painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        painter.end()

    def _padding(self) -> int:
        return Space.XS + 2 if self.tight else Space.M

    def _words_font(self) -> QFont:
        font = QFont(self.font())
        if self.tight:
            font.setPixelSize(Type.CAPTION)
        return font

    def _words_width(self) -> int:
        return QFontMetrics(self._words_font()).horizontalAdvance(self.text())


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
        if sum(chip.sizeHint().width() + Space.XS for chip in self._chips) > ROOM:
            for chip in self._chips:
                chip.tight = True
            layout.setSpacing(2)

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

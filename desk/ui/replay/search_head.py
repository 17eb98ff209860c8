"""What stands above the list: the one search line, the chips that tell how it was understood, the filter key. The line
keeps the keyboard while Up and Down walk through the results. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QLineEdit, QPushButton, QSizePolicy, QWidget

from desk.i18n import _
from desk.ui.replay.chip_words import ChipView
from desk.ui.theme import Space


class SearchLine(QLineEdit):
    """`stepped(by)`: Up and Down, Page Up and Down. `entered()`: Enter. `left()`: Esc in an empty line."""

    stepped = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_search")
        self.setAccessibleName(_("Find calls"))
        self.setPlaceholderText(_("Number, name, room, agent, ticket, category, day, >5min, held>60, words ..."))
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.stepped.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ChipRow(QWidget):
    """`pressed(key)`: this chip is to be switched. As many lines as they need; hidden while there are none."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_chips")
        self._flow = Flow(self)
        self._buttons: list[QPushButton] = []
        self.shown: tuple[ChipView, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_chips(self, chips: tuple[ChipView, ...]) -> None:
        """Buttons are used again, so that the keyboard stays where it was."""
        if chips == self.shown:
            return
        self.shown = chips
        while len(self._buttons) < len(chips):
            self._buttons.append(self._button(len(self._buttons)))
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(chips))
            if index < len(chips):
                chip = chips[index]
                button.setText(chip.text)
                button.setChecked(chip.on)
                button.setAccessibleName(chip.spoken)
                button.setToolTip(chip.spoken)
        self.setVisible(bool(chips))
        self._flow.invalidate()
        self.updateGeometry()

    def _button(self, index: int) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"replay_chip_{index}")
        button.setCheckable(True)
        button.setProperty("role", "pick")
        button.clicked.connect(lambda _checked: self._press(index))
        self._flow.addWidget(button)
        return button

    def _press(self, index: int) -> None:
        if index < len(self.shown):
            self._buttons[index].setChecked(self.shown[index].on)  # until the answer says otherwise
            self.pressed.emit(self.shown[index].key)


class Flow(QLayout):
    """Widgets side by side, in as many lines as the width asks for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), lambda _item, _place: None)

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(200, self.geometry().width())))

    def minimumSize(self) -> QSize:
        return QSize(0, self.heightForWidth(max(200, self.geometry().width())))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, lambda item, place: item.setGeometry(place))

    def _lay(self, rect: QRect, put: Callable[[QLayoutItem, QRect], None]) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._shown():
            size = item.sizeHint()
            width = min(size.width(), max(1, rect.width()))
            if x > rect.x() and x + width > rect.right() + 1:
                x, y, line = rect.x(), y + line + Space.XS, 0
            put(item, QRect(QPoint(x, y), QSize(width, size.height())))
            x, line = x + width + Space.XS, max(line, size.height())
        return y + line - rect.y()

    def _shown(self) -> Sequence[QLayoutItem]:
        return [item for item in self._items if (widget := item.widget()) is not None and not widget.isHidden()]

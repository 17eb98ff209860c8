"""What is known of a ticket, label and value, in two columns where there is room for two. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.theme import Space
from desk.ui.ticket.presenter import Fact, duration

_LABEL_WIDTH = 76
_TWO_FROM = 560  # px: below it a column would be too narrow for a telephone number
_LONG = 18  # characters: more has a line of its own
_PARTS = 3  # of a column: label, value, the key that plays the moment


class FactsGrid(QWidget):
    """`heard(at_ms)`: the moment a field was typed is to be heard."""

    heard = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        self._facts = facts
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wanted() != self._columns:
            self._lay_out()

    def _wanted(self) -> int:
        return 2 if self.width() >= _TWO_FROM else 1

    def _lay_out(self) -> None:
        empty(self._grid)
        self._columns = self._wanted()
        self._grid.setColumnMinimumWidth(_PARTS, _LABEL_WIDTH if self._columns > 1 else 0)
        self._grid.setColumnStretch(_PARTS + 1, 1 if self._columns > 1 else 0)
        line = column = 0
        for index, fact in enumerate(self._facts):
            wide = len(fact.value) > _LONG or self._columns == 1
            if wide and column:
                line, column = line + 1, 0
            self._add(index, fact, line, column * _PARTS, wide=wide)
            line, column = (line + 1, 0) if wide or column else (line, 1)

    def _add(self, index: int, fact: Fact, line: int, column: int, *, wide: bool) -> None:
        label, value = QLabel(fact.label), selectable(f"fact_{index}", "")
        theme.mark(label, "muted")
        value.setText(fact.value)
        value.setAccessibleName(f"{fact.label}: {fact.value}")
        heard = fact.heard_from is not None
        across = (self._columns - 1) * _PARTS + (1 if heard else 2) if wide else (1 if heard else 2)
        self._grid.addWidget(label, line, column, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, line, column + 1, 1, across, Qt.AlignmentFlag.AlignTop)
        if fact.heard_from is not None:
            at_ms = fact.heard_from
            button = moment_key(f"hear_fact_{index}", fact.label, at_ms, lambda: self.heard.emit(at_ms))
            self._grid.addWidget(button, line, column + 1 + across)


def moment_key(name: str, label: str, at_ms: int, play: Callable[[], None], *, named: bool = False) -> KeyButton:
    """A button that plays the moment a field was typed."""
    at = duration(at_ms)
    button = KeyButton(name, f"{label} {at}" if named else at, "", "play", "quiet")
    button.setAccessibleName(_("{field}: hear the moment it was typed, {time}").format(field=label, time=at))
    button.setToolTip(button.accessibleName())
    button.clicked.connect(play)
    return button


def empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()  # its key must not work until it is deleted
            widget.deleteLater()

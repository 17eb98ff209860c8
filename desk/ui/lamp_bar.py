"""The bottom of the window: the lamps, the time, who is signed in and in which state, and the keys of the pages.

Where it is too narrow for all the words, lamps that have nothing to tell give theirs up, the least important first;
they keep icon and dot, and their words as a tooltip; after them the name and the time go. A lamp that is not green
always has its words: a line that is deaf must be read and not guessed. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.lamps.lamp import Lamp
from desk.ui.theme import Space


class LampBar(QFrame):
    """`lamps` from the left, the most important first; `buttons` at the right end."""

    def __init__(
        self, lamps: Sequence[QWidget], clock: QWidget, buttons: Sequence[KeyButton], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lamp_bar")
        theme.mark(self, "lamps")
        self._fitted: tuple[int, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.L, 2, Space.S, 2)
        self._row.setSpacing(Space.M)
        for lamp in lamps:
            self._row.addWidget(lamp)
        self._row.addStretch(1)
        self.agent = QLabel()
        self.agent.setObjectName("signed_in_agent")
        self.agent.setProperty("role", "caption")
        self._optional = (self.agent, clock)  # known to whoever sits here, and on the wall
        self._row.addWidget(clock)
        self._row.addWidget(self.agent)
        self._row.addSpacing(-Space.S)
        for button in buttons:
            self._row.addWidget(button)
            self._row.addSpacing(-Space.M)
        self._row.addSpacing(Space.M)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self._state() != self._fitted:
            self.fit()  # a lamp has more to tell than before, or less
        return super().event(event)

    def fit(self) -> None:
        """Words for as many lamps as there is room for. What is applied asks for a new layout, and so for this again:
        then nothing has changed since, and it ends."""
        lamps = self._lamps()
        spared = sum(_room(label) for label in self._optional if label.isHidden())
        missing = self._wanted() + sum(lamp.spared for lamp in lamps) + spared - self.width()
        for lamp in reversed(lamps):
            spares = missing > 0 and lamp.may_be_compact
            missing -= lamp.room_of_words if spares else 0
            lamp.set_compact(on=spares)
        for label in self._optional:
            goes = missing > 0
            missing -= _room(label) if goes else 0
            if goes is not label.isHidden():
                label.setHidden(goes)
        self._row.invalidate()
        self._row.activate()
        self._fitted = self._state()

    def _lamps(self) -> list[Lamp]:
        return [lamp for lamp in self.findChildren(Lamp) if lamp.isVisibleTo(self)]

    def _state(self) -> tuple[int, ...]:
        """All that fitting depends on."""
        rooms = (room for lamp in self._lamps() for room in (lamp.room_of_words, lamp.spared, lamp.may_be_compact))
        labels = (room for label in self._optional for room in (_room(label), label.isHidden()))
        return (self.width(), self._row.sizeHint().width(), *rooms, *labels)

    def _wanted(self) -> int:
        self._row.invalidate()
        return self._row.sizeHint().width()


def _room(label: QWidget) -> int:
    """Of a label in the row, with the distance to its neighbour."""
    return label.sizeHint().width() + Space.M

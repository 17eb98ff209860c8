"""The bars of a recording: the caller above, the agent below, what has been heard in the accent's colour, marks across
both. Painted by itself. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.player.bar_presenter import STEP_MS, MarkView, columns
from desk.ui.theme import Size, Space

COLUMN = 3  # width of a bar and its gap
ROW_HEIGHT = 26


class Wave(QWidget):
    """The bars. Left and Right step, Home and End jump, Space pauses, a click goes there."""

    seek_asked = Signal(int)
    step_asked = Signal(int)
    toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wave")
        self.setAccessibleName(_("Recording: caller above, agent below"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._caller: Sequence[float] = ()
        self._agent: Sequence[float] = ()
        self._marks: Sequence[MarkView] = ()
        self._length_ms = self._position_ms = 0

    def show_tape(
        self, caller: Sequence[float], agent: Sequence[float], length_ms: int, marked: Sequence[MarkView]
    ) -> None:
        self._caller, self._agent, self._length_ms, self._marks = caller, agent, length_ms, marked
        self._position_ms = 0
        self.update()

    def show_position(self, position_ms: int) -> None:
        if position_ms != self._position_ms:
            self._position_ms = position_ms
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(Size.LEFT, 2 * ROW_HEIGHT + Space.S)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right if not event.modifiers():
                self.step_asked.emit(STEP_MS if event.key() == Qt.Key.Key_Right else -STEP_MS)
            case Qt.Key.Key_Home:
                self.seek_asked.emit(0)
            case Qt.Key.Key_End:
                self.seek_asked.emit(self._length_ms)
            case Qt.Key.Key_Space:
                self.toggled.emit()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        room = self._room()
        share = (event.position().x() - room.left()) / max(1, room.width())
        self.seek_asked.emit(round(min(1.0, max(0.0, share)) * self._length_ms))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = [m.words for m in self._marks if abs(self._x(m.at_ms) - event.position().x()) <= COLUMN]
        self.setToolTip("\n".join(near))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette = theme.current()
        painter = QPainter(self)
        room = self._room()
        names = ((_("Caller"), self._caller), (_("Agent"), self._agent))
        played = self._x(self._position_ms)
        for row, (name, bars) in enumerate(names):
            top = row * (ROW_HEIGHT + Space.XS) + Space.XS // 2
            painter.setPen(QColor(palette.muted))
            label = QRect(Space.XS, top, room.left() - Space.S, ROW_HEIGHT)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            for number, height in enumerate(columns(bars, room.width() // COLUMN)):
                x = room.left() + number * COLUMN
                tall = max(2, round(height * ROW_HEIGHT))
                ink = palette.accent if x <= played else palette.border
                painter.fillRect(x, top + (ROW_HEIGHT - tall) // 2, COLUMN - 1, tall, QColor(ink))
        for mark in self._marks:
            painter.fillRect(self._x(mark.at_ms), 0, 2, self.height(), QColor(palette.warn))
        painter.fillRect(played, 0, 2, self.height(), QColor(palette.text))
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _room(self) -> QRect:
        """Where the bars are; the names stand before it."""
        metrics = self.fontMetrics()
        left = max(metrics.horizontalAdvance(_("Caller")), metrics.horizontalAdvance(_("Agent"))) + Space.M + Space.XS
        return QRect(left, 0, max(COLUMN, self.width() - left - Space.S), self.height())

    def _x(self, at_ms: int) -> int:
        room = self._room()
        return room.left() + round(room.width() * min(1.0, at_ms / max(1, self._length_ms)))

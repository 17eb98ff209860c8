"""The key map, painted in as many columns as there is room for. It takes the focus by Tab; Up and Down go through its
lines, for whoever has them read aloud. Ui process, Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.keymap.presenter import KeyLine, KeySection
from desk.ui.theme import Size, Space, Type

_LINE = 28
_COLUMN = 300
_CAP_WIDTH = 108


@dataclass(frozen=True, slots=True)
class _Placed:
    """A title (`line` None) or a line, where it stands."""

    box: QRect
    title: str
    line: KeyLine | None = None


class KeyTable(QWidget):
    """`chose(y, height)`: the keyboard has gone to a line there."""

    chose = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_table")
        self._sections: Sequence[KeySection] = ()
        self._placed: list[_Placed] = []
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def sections(self) -> Sequence[KeySection]:
        return self._sections

    def show_sections(self, sections: Sequence[KeySection]) -> None:
        self._sections, self._at = sections, 0
        self._place()
        self._say()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_COLUMN, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_COLUMN, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        lines = self._lines()
        if step is not None and 0 <= self._at + step < len(lines):
            self._at += step
            self._say()
            self.update()
            self.chose.emit(lines[self._at].box.top(), _LINE)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        lines = self._lines()
        chosen = lines[self._at] if self.hasFocus() and self._at < len(lines) else None
        for placed in self._placed:
            if placed.box.intersects(event.rect()):
                self._paint(painter, placed, chosen=placed is chosen)

    def _paint(self, painter: QPainter, placed: _Placed, *, chosen: bool) -> None:
        palette = theme.current()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if placed.line is None:
            painter.setFont(_font(self, Type.BODY, strong=True))
            painter.setPen(QColor(palette.text))
            painter.drawText(placed.box.adjusted(0, Space.XS, 0, 0), middle, placed.title)
            return
        if chosen:
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.setBrush(QColor(palette.raised))
            painter.drawRoundedRect(placed.box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        small = _font(self, Type.CAPTION)
        metrics = QFontMetrics(small)
        wide = min(_CAP_WIDTH, metrics.horizontalAdvance(placed.line.key) + 2 * Space.XS + 2)
        cap = QRect(placed.box.left() + Space.XS, placed.box.top() + 4, wide, _LINE - 8)
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap, 3, 3)
        painter.setFont(small)
        painter.setPen(QColor(palette.text))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, placed.line.key)
        body = _font(self, Type.BODY)
        left = placed.box.left() + _CAP_WIDTH + 2 * Space.S
        room = QRect(left, placed.box.top(), placed.box.right() - left, _LINE)
        painter.setFont(body)
        painter.drawText(
            room, middle, QFontMetrics(body).elidedText(placed.line.words, Qt.TextElideMode.ElideRight, room.width())
        )

    def _lines(self) -> list[_Placed]:
        return [placed for placed in self._placed if placed.line is not None]

    def _place(self) -> None:
        """Sections whole, one below the other in the column that is shortest."""
        columns = max(1, self.width() // _COLUMN)
        width = self.width() // columns
        ends = [0] * columns
        placed: list[_Placed] = []
        for section in self._sections:
            column = min(range(columns), key=lambda index: ends[index])
            x, y = column * width, ends[column]
            placed.append(_Placed(QRect(x, y, width - Space.M, _LINE + Space.XS), section.title))
            y += _LINE + Space.XS
            for line in section.lines:
                placed.append(_Placed(QRect(x, y, width - Space.M, _LINE), section.title, line))
                y += _LINE
            ends[column] = y + Space.M
        self._placed = placed
        if self.height() != max(ends):
            self.setFixedHeight(max(ends))

    def _say(self) -> None:
        lines = self._lines()
        parts = [_("Keys")]
        if self._at < len(lines):
            placed = lines[self._at]
            line = placed.line
            parts += [placed.title, line.key, line.words] if line is not None else []
        self.setAccessibleName(", ".join(parts))
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def _font(widget: QWidget, size: int, *, strong: bool = False) -> QFont:
    font = QFont(widget.font())
    font.setPixelSize(size)
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font

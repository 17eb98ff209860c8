"""Painted lists: rows of two lines, and chips that wrap. They are drawn instead of being built of labels because the
card must be on the screen within milliseconds of the ring, and a hundred labels are not.

A list takes the focus by Tab, Up and Down choose, Enter opens. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desk.ui import theme
from desk.ui.rows_presenter import Chip, Row
from desk.ui.theme import Size, Space, Type

_LINE = 21
ROW_HEIGHT = 2 * _LINE + 2 * Space.XS + 2
_CHIP_HEIGHT = 22
# tone -> (ink, ground)
_TONES = {
    "": ("muted", "raised"),
    "accent": ("on_accent_soft", "accent_soft"),
    "warn": ("on_warn_soft", "warn_soft"),
    "danger": ("on_danger_soft", "danger_soft"),
    "go": ("on_go_soft", "go_soft"),
}


def _font(widget: QWidget, size: int, *, strong: bool = False) -> QFont:
    font = QFont(widget.font())
    font.setPixelSize(size)
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def paint_chip(painter: QPainter, at: QPoint, chip: Chip, font: QFont) -> int:
    """Draw a chip with its upper left corner here; its width."""
    palette = theme.current()
    ink, ground = _TONES[chip.tone]
    width = QFontMetrics(font).horizontalAdvance(chip.text) + 2 * Space.S
    box = QRect(at, QSize(width, _CHIP_HEIGHT))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.line)) if not chip.tone else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(palette, ground)))
    painter.drawRoundedRect(box, _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2)
    painter.setFont(font)
    painter.setPen(QColor(getattr(palette, ink)))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, chip.text)
    return width


class Chips(QWidget):
    """Chips in as many lines as they need."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._chips: Sequence[Chip] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_chips(self, chips: Sequence[Chip]) -> None:
        self._chips = chips
        self.setAccessibleName(", ".join(chip.text for chip in chips))
        self.setVisible(bool(chips))
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        return self._lay(width, None)

    def sizeHint(self) -> QSize:
        return QSize(100, self.heightForWidth(max(100, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        self._lay(self.width(), QPainter(self))

    def _lay(self, width: int, painter: QPainter | None) -> int:
        font = _font(self, Type.CAPTION)
        metrics = QFontMetrics(font)
        x = y = 0
        for chip in self._chips:
            needed = metrics.horizontalAdvance(chip.text) + 2 * Space.S
            if x and x + needed > width:
                x, y = 0, y + _CHIP_HEIGHT + Space.XS
            if painter is not None:
                paint_chip(painter, QPoint(x, y), chip, font)
            x += needed + Space.XS
        return y + _CHIP_HEIGHT if self._chips else 0


class RowList(QWidget):
    """`opened(target)`: Enter or a click on a row that has a target."""

    opened = Signal(str)

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._words = words
        self._rows: Sequence[Row] = ()
        self._at = 0
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The row that Enter would open."""
        return self._rows[self._at] if self._at < len(self._rows) else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The row chosen stays chosen where it is still there."""
        if rows == self._rows:
            return
        held = self._rows[self._at].target if self._at < len(self._rows) else ""
        self._rows = rows
        self._at = next((i for i, row in enumerate(rows) if held and row.target == held), 0)
        self.setFixedHeight(len(rows) * ROW_HEIGHT)
        self.setVisible(bool(rows))
        self._say()
        self.update()

    def choose(self, target: str) -> bool:
        """Choose the row with this target; False where there is none."""
        at = next((index for index, row in enumerate(self._rows) if row.target == target), None)
        if at is None:
            return False
        self._at = at
        self._say()
        self.update()
        return True

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._rows) * ROW_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and 0 <= self._at + step < len(self._rows):
            self._at += step
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self._at)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(int(event.position().y()) // ROW_HEIGHT)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:  # which asks for a call to whoever it is
            self._open(int(event.position().y()) // ROW_HEIGHT)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = event.pos().y() // ROW_HEIGHT
            if 0 <= index < len(self._rows):
                row = self._rows[index]
                QToolTip.showText(event.globalPos(), "\n".join(p for p in (row.lead, row.text, row.tail) if p), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, row in enumerate(self._rows):
            box = QRect(0, index * ROW_HEIGHT, self.width(), ROW_HEIGHT)
            if box.intersects(event.rect()):
                self._paint(painter, box, row, index)

    def _paint(self, painter: QPainter, box: QRect, row: Row, index: int) -> None:
        palette = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus() and index == self._at
        if focused or (index == self._hovered and row.target):
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        inner = box.adjusted(Space.S, Space.XS + 1, -Space.S, -Space.XS - 1)
        small = _font(self, Type.CAPTION)
        width = 0
        if row.lead:
            width = paint_chip(painter, inner.topLeft() - QPoint(0, 1), Chip(row.lead, row.tone), small) + Space.S
        head = QRect(inner.left() + width, inner.top(), inner.width() - width, _LINE)
        painter.setFont(small)
        painter.setPen(QColor(palette.muted))
        tail = QFontMetrics(small).elidedText(row.tail, Qt.TextElideMode.ElideMiddle, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tail)
        body = QRect(inner.left(), inner.top() + _LINE, inner.width(), _LINE)
        font = _font(self, Type.BODY)
        painter.setFont(font)
        painter.setPen(QColor(palette.text))
        text = QFontMetrics(font).elidedText(row.text, Qt.TextElideMode.ElideRight, body.width())
        painter.drawText(body, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            opens = 0 <= index < len(self._rows) and bool(self._rows[index].target)
            self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
            self.update()

    def _open(self, index: int) -> None:
        if 0 <= index < len(self._rows) and self._rows[index].target:
            self._at = index
            self.update()
            self.opened.emit(self._rows[index].target)

    def _say(self) -> None:
        """What a screen reader reads: the list's name and the row chosen."""
        row = self._rows[self._at] if self._at < len(self._rows) else None
        self.setAccessibleName(f"{self._words}: {row.lead} {row.text} {row.tail}" if row else self._words)
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

"""The call log's list on the screen: rows of two lines, painted. Up, Down, Page and Home choose, Enter opens. Ui
process, Qt's thread."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desk.i18n import _
from desk.ui import icons, theme
from desk.ui.beside.call_log_presenter import CallLine
from desk.ui.rows import paint_chip
from desk.ui.rows_presenter import Chip
from desk.ui.theme import Size, Space, Type

_LINE = 22
ROW_HEIGHT = 2 * _LINE + 2 * Space.XS + 2


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(line, CallLine):
            return
        view = self.parent()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and isinstance(view, QWidget) and view.hasFocus()
        box = QRect(option.rect)
        palette = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        _paint_line(painter, box.adjusted(Space.M, Space.XS + 1, -Space.M, -Space.XS - 1), line, chosen=chosen)
        painter.restore()


def _paint_line(painter: QPainter, inner: QRect, line: CallLine, *, chosen: bool) -> None:
    palette = theme.current()
    small, body = _font(painter, Type.CAPTION), _font(painter, Type.BODY)
    quiet = QColor(palette.on_accent_soft if chosen else palette.muted)
    strong = QColor(palette.on_accent_soft if chosen else palette.text)
    ink = {"danger": palette.danger, "warn": palette.warn, "go": palette.go, "accent": palette.accent}
    icon_ink = quiet if chosen else QColor(ink.get(line.tone, palette.muted))
    icons.paint(painter, QRect(inner.left(), inner.top() + 2, Size.ICON, Size.ICON), line.icon, icon_ink)
    x = inner.left() + Size.ICON + Space.S
    chip = paint_chip(
        painter, QPoint(x, inner.top() - 1), Chip(line.lead, line.tone if line.tone != "go" else ""), small
    )
    painter.setFont(small)
    painter.setPen(quiet)
    head = QRect(x, inner.top(), inner.right() - x, _LINE)
    painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.when)
    when = QFontMetrics(small).horizontalAdvance(line.when) + Space.S
    name = QRect(x + chip + Space.S, inner.top(), max(0, head.width() - chip - Space.S - when), _LINE)
    painter.setFont(body)
    painter.setPen(strong)
    _draw(painter, name, line.who)
    below = QRect(x, inner.top() + _LINE, inner.right() - x, _LINE)
    if line.recorded:
        place = QRect(below.right() - Size.ICON + 2, below.top() + 3, Size.ICON - 2, Size.ICON - 2)
        icons.paint(painter, place, "record-fill", quiet)
        below.setRight(place.left() - Space.S)
    painter.setFont(small)
    painter.setPen(QColor(palette.warn) if line.poor and not chosen else quiet)
    _draw(painter, below, line.text)


def _draw(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def _font(painter: QPainter, size: int) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(size)
    return font


class CallLogList(QListView):
    """`opened()`: Enter or a double click on the row that is chosen. `left()`: Esc."""

    opened = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_log_list")
        self.setAccessibleName(_("Calls"))
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Painter(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

"""The list of calls that were found: rows of two lines, painted, with signs for what is worth a look. Up, Down, Page
and Home choose, Enter plays; the player's keys work here, too. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desk.i18n import _
from desk.ui import icons, theme
from desk.ui.replay.rows_presenter import ReplayLine
from desk.ui.rows import paint_chip
from desk.ui.rows_presenter import Chip
from desk.ui.theme import Size, Space, Type

_LINE = 22
ROW_HEIGHT = 2 * _LINE + 2 * Space.XS + 2
_SIGN = Size.ICON - 2
AnyIndex = QModelIndex | QPersistentModelIndex


class FoundList(QListView):
    """`opened()`: Enter or a double click on the chosen row. `left()`: Esc. `playing`: the call id that plays now is
    marked. `player_key`: offered the keys that the list has no use for."""

    opened = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("found_list")
        self.setAccessibleName(_("Calls found"))
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Painter(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.player_key: Callable[[QKeyEvent], bool] = lambda _event: False
        self.playing_row: Callable[[AnyIndex], bool] = lambda _index: False

    def step(self, by: int) -> None:
        """Choose the row that stands so many below (above: negative)."""
        model = self.model()
        count = model.rowCount()
        if not count:
            return
        at = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if by > 0 else 0)
        self.setCurrentIndex(model.index(min(max(0, at + by), count - 1), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in _OWN or not self.player_key(event):
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the player's."""


_OWN = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        view = self.parent()
        if not isinstance(line, ReplayLine) or not isinstance(view, FoundList):
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = QRect(option.rect)
        palette = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS) if view.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent_soft))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        if view.playing_row(index):
            painter.fillRect(QRect(box.left() + 2, box.top() + 6, 3, box.height() - 12), QColor(palette.accent))
        inner = box.adjusted(Space.M, Space.XS + 1, -Space.M, -Space.XS - 1)
        _paint_line(painter, inner, line, chosen=chosen, playing=view.playing_row(index))
        painter.restore()


def _paint_line(painter: QPainter, inner: QRect, line: ReplayLine, *, chosen: bool, playing: bool) -> None:
    palette = theme.current()
    small, body = _font(painter, Type.CAPTION), _font(painter, Type.BODY)
    quiet = QColor(palette.on_accent_soft if chosen else palette.muted)
    strong = QColor(palette.on_accent_soft if chosen else palette.text)
    icon_ink = quiet if chosen else _ink(line.tone)
    icon = "speaker-high-fill" if playing else line.icon
    icons.paint(painter, QRect(inner.left(), inner.top() + 2, Size.ICON, Size.ICON), icon, icon_ink)
    x = inner.left() + Size.ICON + Space.S
    painter.setFont(small)
    painter.setPen(quiet)
    head = QRect(x, inner.top(), inner.right() - x, _LINE)
    painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.when)
    when = QFontMetrics(small).horizontalAdvance(line.when) + Space.M
    painter.setFont(body)
    painter.setPen(strong)
    _draw(painter, QRect(x, inner.top(), max(0, head.width() - when), _LINE), line.who)
    below = QRect(x, inner.top() + _LINE, inner.right() - x, _LINE)
    if line.score:
        width = QFontMetrics(small).horizontalAdvance(line.score) + 2 * Space.S
        paint_chip(painter, QPoint(below.right() - width, below.top()), Chip(line.score, line.score_tone), small)
        below.setRight(below.right() - width - Space.S)
    for sign in reversed(line.signs):
        place = QRect(below.right() - _SIGN, below.top() + 3, _SIGN, _SIGN)
        icons.paint(painter, place, sign.icon, quiet if chosen else _ink(sign.tone))
        below.setRight(place.left() - Space.XS)
    painter.setFont(small)
    painter.setPen(quiet)
    _draw(painter, below.adjusted(0, 0, -Space.XS, 0), line.text)


def _ink(tone: str) -> QColor:
    palette = theme.current()
    inks = {"danger": palette.danger, "warn": palette.warn, "go": palette.go, "accent": palette.accent}
    return QColor(inks.get(tone, palette.muted))


def _draw(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def _font(painter: QPainter, size: int) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(size)
    return font

"""The table of a work list: one line for each row, painted; headings where it is grouped. Up, Down, Page and Home
choose; Enter opens; Left and Right fold a group; a click on a column's head sorts. Columns that the width has no room
for are left out, the least needed first. Ui process, Qt's thread."""

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desk.domain.work_lists import Column
from desk.i18n import _
from desk.ui import icons, theme
from desk.ui.after.lists.model import COLUMNS, WorkModel
from desk.ui.rows import paint_chip
from desk.ui.rows_presenter import Chip
from desk.ui.theme import Size, Space, Type

ROW_HEIGHT = 30
_HEAD_HEIGHT = 28
_WIDTHS = {  # at 100 %, without the one that takes what is left
    Column.ERRAND: 118,
    Column.DUE: 112,
    Column.PLACE: 128,
    Column.HANDLER: 84,
    Column.OWNER: 84,
    Column.NUMBER: 156,
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_HEAD = (
    "QHeaderView::section { padding-left: 8px; border: none; border-bottom: 1px solid palette(mid);"
    " background: palette(base); }"
)
_MATTER_AT_LEAST = 170
_LEFT_OUT = (Column.OWNER, Column.NUMBER, Column.HANDLER)  # the first goes first


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(80, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        table = self.parent()
        assert isinstance(table, WorkTable)  # noqa: S101 - it is nobody else's delegate
        model = table.rows
        painter.save()
        box = QRect(option.rect)
        heading = model.heading_at(index.row())
        palette = theme.current()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(palette.accent_soft))
        if heading is not None:
            _paint_heading(painter, box, model.heading_text(heading), folded=heading.folded, chosen=chosen)
        else:
            line = model.line(model.key_at(index.row()))
            if line is not None:
                column = COLUMNS[index.column()]
                _paint_cell(painter, box, column, line.cells[column], line.tone, urgent=line.urgent, chosen=chosen)
        if chosen and table.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.drawLine(box.topLeft() + QPoint(0, 1), box.topRight() + QPoint(1, 1))
            painter.drawLine(box.bottomLeft(), box.bottomRight() + QPoint(1, 0))
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, text: str, *, folded: bool, chosen: bool) -> None:
    palette = theme.current()
    if not chosen:
        painter.fillRect(box, QColor(palette.raised))
    ink = QColor(palette.on_accent_soft if chosen else palette.text)
    icon = QRect(box.left() + Space.S, box.top() + (box.height() - Size.ICON) // 2, Size.ICON, Size.ICON)
    icons.paint(painter, icon, "caret-right" if folded else "caret-down", ink)
    font = _font(painter, Type.BODY)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(ink)
    _draw(painter, box.adjusted(Space.S + Size.ICON + Space.S, 0, -Space.S, 0), text)


def _paint_cell(
    painter: QPainter, box: QRect, column: Column, text: str, tone: str, *, urgent: bool, chosen: bool
) -> None:
    palette = theme.current()
    inner = box.adjusted(Space.S, 0, -Space.XS, 0)
    strong = QColor(palette.on_accent_soft if chosen else palette.text)
    quiet = QColor(palette.on_accent_soft if chosen else palette.muted)
    if column is Column.DUE and text and tone and not chosen:
        small = _font(painter, Type.CAPTION)
        paint_chip(painter, QPoint(inner.left(), inner.top() + (inner.height() - 22) // 2), Chip(text, tone), small)
        return
    if column is Column.ERRAND and urgent:
        mark = QRect(inner.left(), inner.top() + (inner.height() - 16) // 2, 16, 16)
        icons.paint(painter, mark, "warning-fill", strong if chosen else QColor(palette.danger))
        inner = inner.adjusted(16 + Space.XS, 0, 0, 0)
    painter.setFont(_font(painter, Type.BODY if column not in (Column.NUMBER, Column.OWNER) else Type.CAPTION))
    painter.setPen(strong if column in (Column.ERRAND, Column.PLACE, Column.CATEGORY) else quiet)
    _draw(painter, inner, text)


def _draw(painter: QPainter, box: QRect, text: str) -> None:
    font = painter.font()
    painter.drawText(box, _LEFT, _elided(text, box.width(), font.family(), font.pixelSize(), font.weight()))


@lru_cache(maxsize=4096)
def _elided(text: str, width: int, family: str, size: int, weight: int) -> str:
    """Measured once: a row is painted with every step of the wheel."""
    font = QFont(family)
    font.setFamilies(list(theme.FONT_STACK))
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _font(painter: QPainter, size: int) -> QFont:
    font = painter.font()
    if font.pixelSize() != size or font.weight() != QFont.Weight.Normal:
        font = QFont(font)
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.Normal)
    return font


class WorkTable(QTableView):
    """`opened()`: Enter or a double click. `left()`: Esc. `typed(digit)`: a digit: the outcome, or why it is late.
    `sorted_by(column)`: its head was clicked. `folded(row)`: Left or Right on a heading, or a click."""

    opened = Signal()
    left = Signal()
    typed = Signal(int)
    sorted_by = Signal(object)
    folded = Signal(int)

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.rows = model
        self.setObjectName("work_table")
        self.setAccessibleName(_("Work list"))
        self.setModel(model)
        self.setItemDelegate(_Painter(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setWordWrap(False)
        down = self.verticalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(ROW_HEIGHT)
        down.setMinimumSectionSize(ROW_HEIGHT)
        across = self.horizontalHeader()
        across.setObjectName("work_table_head")
        across.setFixedHeight(_HEAD_HEIGHT)
        across.setStyleSheet(_HEAD)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionsClickable(True)
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.sectionClicked.connect(lambda section: self.sorted_by.emit(COLUMNS[section]))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.clicked.connect(self._clicked)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.want())
        model.modelReset.connect(self._reset)

    def show_sort(self, column: Column, *, descending: bool) -> None:
        across = self.horizontalHeader()
        across.setSortIndicatorShown(column in COLUMNS)
        if column in COLUMNS:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            across.blockSignals(True)
            across.setSortIndicator(COLUMNS.index(column), order)
            across.blockSignals(False)

    def want(self) -> None:
        """The rows in sight are to be read."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        if first >= 0:
            self.rows.want(first, last if last >= 0 else self.rows.rowCount() - 1)

    def choose(self, row: int) -> None:
        index = self.rows.index(row, 0)
        self.setCurrentIndex(index)

    def place(self, row: int, above: int) -> None:
        """Choose this row and have it so many pixels below the top, or as near to that as the list's ends allow."""
        self.executeDelayedItemsLayout()  # else the scroll bar has the length of the list before
        self.choose(row)
        if self.rows.heading_at(row - 1) is not None:
            above = max(above, ROW_HEIGHT)  # what it is grouped by is seen, too
        bar = self.verticalScrollBar()
        bar.setValue(row * ROW_HEIGHT - max(0, min(above, self.viewport().height() - ROW_HEIGHT)))
        self.want()

    def _reset(self) -> None:
        self.clearSpans()
        for row in self._headings():
            self.setSpan(row, 0, 1, len(COLUMNS))
        self.want()

    def _headings(self) -> list[int]:
        rows, row = [], 0
        for heading in self.rows.arranged.headings():
            rows.append(row)
            row += 1 + (0 if heading.folded else heading.count)
        return rows

    def _clicked(self, index: QModelIndex) -> None:
        if self.rows.heading_at(index.row()) is not None:
            self.folded.emit(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.want()

    def _fit(self) -> None:
        """The widths, and which columns there is room for."""
        room = self.viewport().width()
        shown = list(COLUMNS)
        for column in _LEFT_OUT:
            if sum(_WIDTHS.get(one, _MATTER_AT_LEAST) for one in shown) > room:
                shown.remove(column)
        fixed = sum(_WIDTHS.get(one, 0) for one in shown)
        for section, column in enumerate(COLUMNS):
            self.setColumnHidden(section, column not in shown)
            width = max(_MATTER_AT_LEAST, room - fixed) if column is Column.CATEGORY else _WIDTHS.get(column, 0)
            if self.columnWidth(section) != width and column in shown:
                self.setColumnWidth(section, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        row = self.currentIndex().row()
        heading = self.rows.heading_at(row)
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif plain and key == Qt.Key.Key_Escape:
            self.left.emit()
        elif plain and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.typed.emit(key - Qt.Key.Key_0)
        elif plain and heading is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if heading.folded is (key == Qt.Key.Key_Right):
                self.folded.emit(row)
        else:
            super().keyPressEvent(event)

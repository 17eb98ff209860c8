"""Who could take the work, as a painted table: name, what the route makes of them, what they have on hand. A line per
person, columns that can be compared at a glance; the rest of a long list is scrolled to by the arrow keys. Where the
middle of the window is low it gives way down to the line of whoever is chosen, so that the keys below it stay whole.

The keyboard stays in the field above it, which hands Up and Down on; a click chooses, and does no more. Ui process,
Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk.domain.identity import StaffId
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.dispatch.presenter import WhoLine, columns, phone_shown
from desk.ui.rows import paint_chip
from desk.ui.rows_presenter import Chip
from desk.ui.theme import Size, Space, Type

LINE = 30
HEAD = 22
SHOWN = 5  # lines at most
_COUNT_WIDTH = 72
_PHONE_WIDTH = 124
_Align = Qt.AlignmentFlag
_CENTRE, _LEFT = _Align.AlignHCenter | _Align.AlignVCenter, _Align.AlignLeft | _Align.AlignVCenter


class WhoList(QWidget):
    """`moved()`: another one is chosen."""

    moved = Signal()

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._words = words
        self._lines: Sequence[WhoLine] = ()
        self._at = self._top = 0
        self._most = SHOWN
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(_height(1))
        self._say()

    @property
    def lines(self) -> Sequence[WhoLine]:
        return self._lines

    @property
    def seen(self) -> int:
        """So many lines there is room for."""
        return min(max((self.height() - HEAD) // LINE, 1), self._most)

    @property
    def chosen(self) -> WhoLine | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def show_lines(self, lines: Sequence[WhoLine], chosen: StaffId | None = None, most: int = SHOWN) -> None:
        """`chosen` None: whoever was chosen stays it, while they are there. `most`: so many lines are seen."""
        self._most = most
        held = chosen or (self.chosen.staff_id if self.chosen else None)
        self._lines = lines
        self._at = next((at for at, line in enumerate(lines) if line.staff_id == held), 0)
        self._top = 0
        self.setMaximumHeight(self._wanted())
        self.updateGeometry()
        self._keep_in_sight()

    def choose(self, staff_id: StaffId) -> None:
        at = next((at for at, line in enumerate(self._lines) if line.staff_id == staff_id), None)
        if at is not None:
            self._go(at)

    def step(self, by: int) -> None:
        """Up and Down; stops at the ends."""
        if self._lines:
            self._go(min(max(self._at + by, 0), len(self._lines) - 1))

    def sizeHint(self) -> QSize:
        return QSize(320, self._wanted())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, _height(1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_in_sight()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._top + (int(event.position().y()) - HEAD) // LINE
        if event.position().y() >= HEAD and at < len(self._lines):
            self._go(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        most = max(0, len(self._lines) - self.seen)
        self._top = min(max(self._top - (1 if event.angleDelta().y() > 0 else -1), 0), most)
        self.update()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        for place, line in enumerate(self._lines[self._top : self._top + self.seen]):
            self._paint_line(painter, QRect(0, HEAD + place * LINE, self.width(), LINE), line, self._top + place)
        if len(self._lines) > self.seen:
            self._paint_bar(painter)

    def _wanted(self) -> int:
        return _height(min(max(len(self._lines), 1), self._most))

    def _go(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self._keep_in_sight()
            self.moved.emit()

    def _keep_in_sight(self) -> None:
        self._top = min(max(self._top, self._at - self.seen + 1), self._at)
        self._say()
        self.update()

    def _paint_head(self, painter: QPainter) -> None:
        painter.setFont(self._font(Type.CAPTION))
        painter.setPen(QColor(theme.current().muted))
        for box, caption in zip(self._count_boxes(QRect(0, 0, self.width(), HEAD)), columns(), strict=True):
            text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, box.width() - 4)
            painter.drawText(box, _CENTRE, text)

    def _paint_line(self, painter: QPainter, box: QRect, line: WhoLine, at: int) -> None:
        palette = theme.current()
        if at == self._at:
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.setBrush(QColor(palette.accent_soft))
            painter.drawRoundedRect(box.adjusted(1, 1, -Space.S, -1), Size.RADIUS, Size.RADIUS)
        ink = QColor(palette.on_accent_soft if at == self._at else palette.text)
        muted = ink if at == self._at else QColor(palette.muted)
        counts = self._count_boxes(box)
        for count_box, count, name in zip(counts, line.counts, ("", "", "late", ""), strict=True):
            is_late = name == "late" and line.late
            painter.setFont(self._font(Type.BODY, strong=is_late))
            painter.setPen(QColor(palette.danger) if is_late and at != self._at else ink if count else muted)
            painter.drawText(count_box, _CENTRE, count or "·")
        phone = QRect(counts[0].left() - _PHONE_WIDTH, box.top(), _PHONE_WIDTH - Space.S, box.height())
        painter.setFont(self._font(Type.CAPTION))
        painter.setPen(muted)
        painter.drawText(phone, _LEFT, phone_shown(line.phone) or _("no number"))
        self._paint_name(painter, QRect(Space.S, box.top(), phone.left() - 2 * Space.S, box.height()), line, ink)

    def _paint_name(self, painter: QPainter, box: QRect, line: WhoLine, ink: QColor) -> None:
        strong, small = self._font(Type.BODY, strong=bool(line.part)), self._font(Type.CAPTION)
        chips = [Chip(text, tone) for text, tone in ((line.part, line.tone), (line.note, line.note_tone)) if text]
        widths = [QFontMetrics(small).horizontalAdvance(chip.text) + 2 * Space.S + Space.XS for chip in chips]
        while chips and sum(widths) > box.width() // 2:
            chips.pop(0)
            widths.pop(0)
        painter.setFont(strong)
        painter.setPen(ink)
        name = QFontMetrics(strong).elidedText(line.name, Qt.TextElideMode.ElideRight, box.width() - sum(widths))
        painter.drawText(box, _LEFT, name)
        x = box.left() + QFontMetrics(strong).horizontalAdvance(name) + Space.S
        for chip, width in zip(chips, widths, strict=True):
            paint_chip(painter, QPoint(x, box.top() + 4), chip, small)
            x += width

    def _paint_bar(self, painter: QPainter) -> None:
        seen = self.seen
        height = LINE * seen
        long = max(LINE // 2, height * seen // len(self._lines))
        top = HEAD + (height - long) * self._top // max(1, len(self._lines) - seen)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().line))
        painter.drawRoundedRect(QRect(self.width() - 4, top, 4, long), 2, 2)

    def _count_boxes(self, box: QRect) -> list[QRect]:
        width = _COUNT_WIDTH if self.width() >= 560 else 56
        left = box.right() - Space.M - width * 4
        return [QRect(left + width * place, box.top(), width, box.height()) for place in range(4)]

    def _font(self, size: int, *, strong: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        if strong:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _say(self) -> None:
        """What a screen reader reads: the list's name and whoever is chosen."""
        chosen = self.chosen
        self.setAccessibleName(f"{self._words}: {chosen.spoken}" if chosen else self._words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def _height(lines: int) -> int:
    return HEAD + LINE * lines + 2

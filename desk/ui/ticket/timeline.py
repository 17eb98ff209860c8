"""The timeline of a ticket, painted: time, a picture of what it was, the words, who. Painted and not built of labels,
because a ticket has a hundred steps and is opened while somebody talks.

It takes the focus by Tab; Up and Down choose, Enter plays the call that a line is. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk.i18n import _
from desk.ui import icons, theme
from desk.ui.theme import Size, Space, Type
from desk.ui.ticket.timeline_presenter import TimeLine

_WHEN_WIDTH = 96
_LEAD = _WHEN_WIDTH + Size.ICON + 2 * Space.S
_WHO_SHARE = 4  # the author has at most a quarter of the width
_WRAP = Qt.TextFlag.TextWordWrap
_WIDE_FROM, _NARROW = 0x2E80, 0.7
_INKS = {"": "muted", "accent": "accent", "go": "go", "warn": "warn", "danger": "danger"}


class TimelineList(QWidget):
    """`opened(call_id)`: Enter or a click on the line of a call that can be heard. `chose(y, height)`: the keyboard has
    gone to a line there."""

    opened = Signal(str)
    chose = Signal(int, int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._lines: Sequence[TimeLine] = ()
        self._tops: list[int] = [0]  # of each line, and the end of the last
        self._at = 0
        self._placed_for = -1
        self._take_fonts()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._say()

    @property
    def lines(self) -> Sequence[TimeLine]:
        return self._lines

    def show_lines(self, lines: Sequence[TimeLine]) -> None:
        """The line that was chosen stays chosen by its place from the end: new ones come first."""
        if lines == self._lines:
            return
        from_end = len(self._lines) - self._at
        self._lines = lines
        self._at = max(0, len(lines) - from_end) if self._at else 0
        self._placed_for = -1
        self._place(self.width())
        self._say()
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        self._place(width)
        return self._tops[-1]

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(max(300, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._take_fonts()
            self._placed_for = -1

    def _take_fonts(self) -> None:
        """Once: to make metrics for each line would take longer than to paint it."""
        self._fonts = _font(self, Type.BODY), _font(self, Type.CAPTION)
        self._body, self._small = QFontMetrics(self._fonts[0]), QFontMetrics(self._fonts[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key)
        if step is not None and 0 <= self._at + step < len(self._lines):
            self._choose(self._at + step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self._at)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        y = int(event.position().y())
        index = next((n for n, end in enumerate(self._tops[1:]) if y < end), -1)
        if 0 <= index < len(self._lines):
            self._choose(index)
            self._open(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._place(self.width())
        painter = QPainter(self)
        for index, line in enumerate(self._lines):
            box = QRect(0, self._tops[index], self.width(), self._tops[index + 1] - self._tops[index])
            if box.intersects(event.rect()):
                self._paint(painter, box, line, index)

    # ---- one line

    def _paint(self, painter: QPainter, box: QRect, line: TimeLine, index: int) -> None:
        palette = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() and index == self._at:
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.setBrush(QColor(palette.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        body, small = self._fonts
        first = QRect(box.left(), box.top() + Space.XS, box.width(), self._body.height())
        painter.setFont(small)
        painter.setPen(QColor(palette.muted))
        painter.drawText(first.adjusted(Space.XS, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, line.when)
        who = self._who_width(line)
        if who:
            right = QRect(box.right() - who - Space.XS, first.top(), who, first.height())
            text = self._small.elidedText(line.who, Qt.TextElideMode.ElideRight, who)
            painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        icon = QRect(_WHEN_WIDTH + Space.XS, first.top() + (first.height() - Size.ICON) // 2, Size.ICON, Size.ICON)
        if index + 1 < len(self._lines):
            painter.setPen(QPen(QColor(palette.line), 1))
            x = icon.center().x()
            painter.drawLine(x, icon.bottom() + 3, x, box.bottom() + Space.XS)
        icons.paint(painter, icon, line.icon, QColor(getattr(palette, _INKS[line.tone])))
        text_box, detail_box = self._boxes(line, box)
        painter.setFont(body)
        painter.setPen(QColor(palette.text))
        painter.drawText(text_box, _WRAP, line.text)
        if line.detail:
            painter.setFont(small)
            painter.setPen(QColor(palette.muted))
            painter.drawText(detail_box, _WRAP, _detail(line))

    def _boxes(self, line: TimeLine, box: QRect) -> tuple[QRect, QRect]:
        """Where the words and what stands below them go, as high as they need."""
        width = max(80, box.width() - _LEAD - Space.XS)
        beside = max(80, width - self._who_width(line) - Space.S)
        height = _height(line.text, beside, self._body, Type.BODY)
        text = QRect(_LEAD, box.top() + Space.XS, beside, height)
        below = _height(_detail(line), width, self._small, Type.CAPTION) if line.detail else 0
        return text, QRect(_LEAD, text.bottom() + 1, width, below)

    def _who_width(self, line: TimeLine) -> int:
        return min(len(line.who) * Type.CAPTION, self.width() // _WHO_SHARE) if line.who else 0

    def _place(self, width: int) -> None:
        if width == self._placed_for:
            return
        self._placed_for = width
        tops, y = [0], 0
        for line in self._lines:
            text, detail = self._boxes(line, QRect(0, y, width, 0))
            y = (detail.bottom() if line.detail else text.bottom()) + Space.XS + 1
            tops.append(y)
        self._tops = tops

    # ---- choosing

    def _choose(self, index: int) -> None:
        self._at = index
        self._say()
        self.update()
        self.chose.emit(self._tops[index], self._tops[index + 1] - self._tops[index])

    def _open(self, index: int) -> None:
        if 0 <= index < len(self._lines) and self._lines[index].call_id:
            self.opened.emit(self._lines[index].call_id)

    def _say(self) -> None:
        """What a screen reader reads: the list's name and the line chosen."""
        line = self._lines[self._at] if self._at < len(self._lines) else None
        parts = (_("Timeline"), line.when, line.who, line.text, line.detail) if line is not None else (_("Timeline"),)
        self.setAccessibleName(", ".join(part for part in parts if part))
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def _detail(line: TimeLine) -> str:
    return f"{line.detail}  {line.key}".rstrip() if line.call_id else line.detail


def _height(text: str, width: int, metrics: QFontMetrics, size: int) -> int:
    """What text takes within this width. What is sure to fit is not measured: most lines are."""
    lines = text.split("\n")
    if all(_at_most(one, size) <= width for one in lines):
        return metrics.lineSpacing() * len(lines)
    return metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, text).height()


def _at_most(text: str, size: int) -> float:
    """Its width, a little more than less: Chinese is as wide as high, Latin letters are two thirds of that."""
    wide = sum(1 for character in text if ord(character) >= _WIDE_FROM)
    return size * (wide + _NARROW * (len(text) - wide))


def _font(widget: QWidget, size: int) -> QFont:
    font = QFont(widget.font())
    font.setPixelSize(size)
    return font

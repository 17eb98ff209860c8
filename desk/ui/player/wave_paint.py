"""How the waveform is painted: values in, pixels out. Colours by role: the caller the accent's, the agent the green
one; marks by kind in colour and in shape, because not everybody sees colours. Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon
from PySide6.QtWidgets import QWidget

from desk.ui import theme
from desk.ui.palette import Palette
from desk.ui.player.marks import MarkKind, PlayerMark
from desk.ui.player.stretch import Stretch, ticks
from desk.ui.theme import Size, Space, Type

COLUMN = 3  # width of a bar and its gap
LANE = 14  # of the marks
FAINT = 0.35
# The channels' colours, the caller's first: names of the palette.
CHANNELS = ("accent", "go")
_KINDS = {MarkKind.CALL: "warn", MarkKind.TROUBLE: "danger", MarkKind.FIELD: "text", MarkKind.COMMENT: "accent"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Heights from top to bottom: marks, caller, agent, ruler."""

    bar: int
    ruler: int

    @classmethod
    def compact(cls) -> "Rows":
        return cls(22, 0)

    @classmethod
    def full(cls) -> "Rows":
        return cls(38, 20)

    @property
    def height(self) -> int:
        return LANE + 2 * self.bar + Space.XS + self.ruler + 2

    def top(self, channel: int) -> int:
        return LANE + channel * (self.bar + Space.XS)

    @property
    def bottom(self) -> int:
        """Of the bars."""
        return self.top(1) + self.bar


@dataclass(frozen=True, slots=True)
class Look:
    rows: Rows
    room: QRect
    stretch: Stretch
    columns: tuple[Sequence[float], Sequence[float]]
    gain: float
    position_ms: int
    loaded_ms: int
    loop: tuple[int, int] | None
    marks: Sequence[PlayerMark]
    names: tuple[str, str]
    focused: bool

    def x(self, at_ms: int) -> int:
        return self.room.left() + round(self.stretch.x_of(at_ms, self.room.width()))

    def seen(self, at_ms: int) -> bool:
        return self.stretch.from_ms <= at_ms <= self.stretch.until_ms


def paint(widget: QWidget, look: Look, part: QRect) -> None:
    """Only what lies in `part`."""
    palette = theme.current()
    painter = QPainter(widget)
    _paint_ground(painter, look, palette)
    _paint_names(painter, look, palette)
    for channel in (0, 1):
        _paint_bars(painter, look, channel, part, palette)
    _paint_ruler(painter, look, palette)
    _paint_loop(painter, look, palette)
    for mark in look.marks:
        if look.seen(mark.at_ms) and part.left() - LANE <= look.x(mark.at_ms) <= part.right() + LANE:
            _paint_mark(painter, look, mark, palette)
    if look.seen(look.position_ms):
        painter.fillRect(look.x(look.position_ms) - 1, 0, 2, look.rows.bottom + 2, QColor(palette.text))
    if look.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
        painter.drawRoundedRect(widget.rect().adjusted(1, 1, -1, -1), 4, 4)
    painter.end()


def _paint_ground(painter: QPainter, look: Look, palette: Palette) -> None:
    heard = min(max(look.room.left(), look.x(look.position_ms)), look.room.right() + 1)
    top, height = look.rows.top(0), look.rows.bottom - look.rows.top(0)
    painter.fillRect(look.room.left(), top, look.room.width(), height, QColor(palette.panel))
    painter.fillRect(look.room.left(), top, heard - look.room.left(), height, QColor(palette.accent_soft))


def _paint_names(painter: QPainter, look: Look, palette: Palette) -> None:
    for channel, name in enumerate(look.names):
        painter.setPen(QColor(getattr(palette, CHANNELS[channel])))
        label = QRect(Space.XS, look.rows.top(channel), look.room.left() - Space.S, look.rows.bar)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def _paint_bars(painter: QPainter, look: Look, channel: int, part: QRect, palette: Palette) -> None:
    bars, bar, top = look.columns[channel], look.rows.bar, look.rows.top(channel)
    if not bars:
        return
    there = QColor(getattr(palette, CHANNELS[channel]))
    faint = QColor(there)
    faint.setAlphaF(FAINT)
    loaded = look.x(look.loaded_ms)
    first = max(0, (part.left() - look.room.left()) // COLUMN - 1)
    last = min(len(bars), (part.right() - look.room.left()) // COLUMN + 2)
    for number in range(first, last):
        x = look.room.left() + number * COLUMN
        tall = min(bar, max(2, round(bars[number] * look.gain * bar)))
        painter.fillRect(x, top + (bar - tall) // 2, COLUMN - 1, tall, there if x <= loaded else faint)


def _paint_ruler(painter: QPainter, look: Look, palette: Palette) -> None:
    if not look.rows.ruler:
        return
    font = painter.font()
    font.setPixelSize(Type.CAPTION)
    painter.setFont(font)
    top = look.rows.bottom + 2
    for at_ms, text in ticks(look.stretch, look.room.width()):
        x = look.x(at_ms)
        painter.setPen(QColor(palette.border))
        painter.drawLine(x, top, x, top + 4)
        painter.setPen(QColor(palette.muted))
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(x + 3, look.room.right() - width)
        painter.drawText(QRect(left, top, width + 2, look.rows.ruler - 2), Qt.AlignmentFlag.AlignVCenter, text)


def _paint_loop(painter: QPainter, look: Look, palette: Palette) -> None:
    if look.loop is None:
        return
    left = min(max(look.room.left(), look.x(look.loop[0])), look.room.right())
    right = min(max(look.room.left(), look.x(look.loop[1])), look.room.right())
    painter.fillRect(left, LANE - 5, right - left, 4, QColor(palette.warn))
    for x in (left, right):
        painter.fillRect(x - 1, LANE - 5, 2, look.rows.bottom - LANE + 5, QColor(palette.warn))


def _paint_mark(painter: QPainter, look: Look, mark: PlayerMark, palette: Palette) -> None:
    x, ink = look.x(mark.at_ms), QColor(getattr(palette, _KINDS[mark.kind]))
    line = QColor(ink)
    line.setAlphaF(0.7)
    painter.fillRect(x, LANE - 4, 1, look.rows.bottom - LANE + 4, line)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    match mark.kind:
        case MarkKind.COMMENT:
            painter.drawEllipse(QPoint(x, 5), 4, 4)
        case MarkKind.TROUBLE:
            painter.drawRect(x - 4, 1, 8, 8)
        case MarkKind.FIELD:
            painter.drawPolygon(QPolygon([QPoint(x, 0), QPoint(x + 5, 5), QPoint(x, 10), QPoint(x - 5, 5)]))
        case MarkKind.CALL:
            painter.drawPolygon(QPolygon([QPoint(x - 5, 1), QPoint(x + 5, 1), QPoint(x, 10)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

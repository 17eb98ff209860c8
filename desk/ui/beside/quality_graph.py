"""The last minute of a call as a curve of its estimated MOS, with the packets lost as bars from below and the jitter as
a thin line. Painted by itself; small enough for the call bar. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.beside.quality_presenter import Point

BAR = 3.0  # width of a bar of loss, px
LEAST_LOSS = 0.05  # of the height: a single packet now and then is nobody's business


class QualityGraph(QWidget):
    def __init__(self, width: int = 72, height: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality_graph")
        self.setAccessibleName(_("How the call is heard, last minute"))
        self.setFixedSize(QSize(width, height))
        self._points: Sequence[Point] = ()
        self._tone = "go"

    def show_points(self, points: Sequence[Point], tone: str) -> None:
        if (points, tone) != (self._points, self._tone):
            self._points, self._tone = points, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 2, -2, -2)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.danger))
        for point in self._points:
            if point.loss >= LEAST_LOSS:
                tall = max(1.0, point.loss * room.height())
                painter.drawRect(
                    QRectF(room.left() + point.at * room.width() - BAR / 2, room.bottom() - tall, BAR, tall)
                )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.muted), 1))
        self._draw(painter, room, lambda point: point.jitter)
        painter.setPen(QPen(QColor(getattr(palette, self._tone)), 2))
        self._draw(painter, room, lambda point: point.mos)
        painter.end()

    def _draw(self, painter: QPainter, room: QRectF, height: Callable[[Point], float]) -> None:
        path = QPainterPath()
        for index, point in enumerate(self._points):
            to = QPointF(room.left() + point.at * room.width(), room.bottom() - height(point) * room.height())
            (path.moveTo if index == 0 else path.lineTo)(to)
        if len(self._points) == 1:
            path.lineTo(path.currentPosition() + QPointF(1.0, 0.0))
        painter.drawPath(path)

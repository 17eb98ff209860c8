"""The waveform: the caller above, the agent below, a lane of marks over them and, in the full form, a time ruler under
them. What has been heard stands on a tinted ground, what is not loaded yet is faint. Click or drag to go there, drag
with Shift to loop, Ctrl and wheel to zoom, wheel to scroll.

Painted by itself, and only where something has changed: the playhead moves twenty times a second. Ui process, Qt's
thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desk.i18n import _
from desk.ui.player.bar_presenter import columns
from desk.ui.player.engine import Bars
from desk.ui.player.marks import PlayerMark
from desk.ui.player.stretch import ZOOM, Stretch, whole
from desk.ui.player.wave_paint import COLUMN, Look, Rows, paint
from desk.ui.theme import Size, Space

NEAR_PX = 4
LOUDEST_GAIN = 4.0  # quiet recordings are drawn larger, at most so much


class Wave(QWidget):
    """`seek_asked(ms)`, `loop_asked(from_ms, until_ms)`, `look_asked(from_ms, until_ms, count)`: it shows less than the
    whole and could draw finer bars. Keys are left to the player around it."""

    seek_asked = Signal(int)
    loop_asked = Signal(int, int)
    look_asked = Signal(int, int, int)

    def __init__(self, *, full: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wave")
        self.setAccessibleName(_("Recording: caller above, agent below"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._rows = Rows.full() if full else Rows.compact()
        self._bars: Bars | None = None
        self._closer: tuple[Bars, int, int] | None = None
        self._marks: Sequence[PlayerMark] = ()
        self._stretch = Stretch()
        self._loop: tuple[int, int] | None = None
        self._position_ms = 0
        self._loaded = 1.0
        self._gain = 1.0
        self._drag_from: int | None = None
        self._columns: tuple[list[float], list[float]] = ([], [])

    # ---- what it shows

    @property
    def stretch(self) -> Stretch:
        return self._stretch

    @property
    def finer(self) -> bool:
        """Whether bars of a closer look are on the screen."""
        return self._closer is not None and self._closer[1:] == (self._stretch.from_ms, self._stretch.until_ms)

    def show_recording(self, bars: Bars | None, length_ms: int, marks: Sequence[PlayerMark]) -> None:
        self._bars, self._closer, self._marks, self._loop = bars, None, marks, None
        self._position_ms = 0
        loudest = max((*bars.caller, *bars.agent), default=0.0) if bars is not None else 0.0
        self._gain = min(LOUDEST_GAIN, 1 / loudest) if loudest else 1.0
        self._show(whole(length_ms))

    def show_closer(self, bars: Bars, from_ms: int, until_ms: int) -> None:
        self._closer = (bars, from_ms, until_ms)
        self._count()

    def show_position(self, position_ms: int) -> None:
        if position_ms == self._position_ms:
            return
        before = self._x(self._position_ms)
        self._position_ms = position_ms
        followed = self._stretch.following(position_ms)
        if followed != self._stretch and self._drag_from is None:
            self._show(followed)
            return
        after = self._x(position_ms)
        left, right = sorted((before, after))
        self.update(QRect(left - COLUMN, 0, right - left + 2 * COLUMN + 2, self.height()))

    def show_marks(self, marks: Sequence[PlayerMark]) -> None:
        self._marks = marks
        self.update()

    def show_loop(self, loop: tuple[int, int] | None) -> None:
        if loop != self._loop:
            self._loop = loop
            self.update()

    def show_loaded(self, share: float) -> None:
        if share != self._loaded:
            self._loaded = share
            self.update()

    def zoom(self, steps: int) -> None:
        """Closer (1), out (-1) around the playhead; 0: the whole."""
        if steps == 0:
            self._show(whole(self._stretch.length_ms))
        else:
            at = min(max(self._position_ms, self._stretch.from_ms), self._stretch.until_ms)
            self._show(self._stretch.zoomed(ZOOM**steps, at))

    def scroll_by(self, share: float) -> None:
        self._show(self._stretch.scrolled(share))

    def words_at(self, x: int) -> str:
        """Of the marks under this place, a line each."""
        return "\n".join(mark.text for mark in self._marks if abs(self._x(mark.at_ms) - x) <= NEAR_PX)

    # ---- Qt

    def sizeHint(self) -> QSize:
        return QSize(Size.LEFT, self._rows.height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = self._ms_at(event.position().toPoint())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag_from = at
        else:
            self.seek_asked.emit(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._ms_at(event.position().toPoint())
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if self._drag_from is not None:
            self.show_loop((min(self._drag_from, at), max(self._drag_from, at)))
        elif at != self._position_ms:
            self.seek_asked.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            since, until = sorted((self._drag_from, self._ms_at(event.position().toPoint())))
            self._drag_from = None
            self.loop_asked.emit(since, until)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._show(self._stretch.zoomed(ZOOM**turns, self._ms_at(event.position().toPoint())))
            event.accept()
        elif not self._stretch.is_whole:
            self._show(self._stretch.scrolled(-turns / 8))
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            words = self.words_at(event.pos().x())
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = Look(
            rows=self._rows,
            room=self._room(),
            stretch=self._stretch,
            columns=self._columns,
            gain=self._gain,
            position_ms=self._position_ms,
            loaded_ms=round(self._loaded * self._stretch.length_ms),
            loop=self._loop,
            marks=self._marks,
            names=(_("Caller"), _("Agent")),
            focused=self.hasFocus(),
        )
        paint(self, look, event.rect())

    # ---- inside

    def _show(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._count()
        self.update()

    def _count(self) -> None:
        """The bars as columns for what is seen."""
        count = self._room().width() // COLUMN
        stretch, bars = self._stretch, self._bars
        if bars is None:
            self._columns = ([], [])
        elif self.finer and self._closer is not None:
            self._columns = (columns(self._closer[0].caller, count), columns(self._closer[0].agent, count))
        else:
            self._columns = (self._seen(bars.caller, count), self._seen(bars.agent, count))
            in_sight = len(bars.caller) * stretch.span_ms / max(1, stretch.length_ms)
            if not stretch.is_whole and in_sight < count:
                self.look_asked.emit(stretch.from_ms, stretch.until_ms, count)
        self.update()

    def _seen(self, bars: Sequence[float], count: int) -> list[float]:
        length = max(1, self._stretch.length_ms)
        first = self._stretch.from_ms * len(bars) // length
        last = max(first + 1, -(-self._stretch.until_ms * len(bars) // length))
        return columns(bars[first:last], count)

    def _room(self) -> QRect:
        """Where the bars are; the names stand before it."""
        metrics = QFontMetrics(self.font())
        left = max(metrics.horizontalAdvance(_("Caller")), metrics.horizontalAdvance(_("Agent"))) + Space.M + Space.XS
        return QRect(left, 0, max(COLUMN, self.width() - left - Space.S), self.height())

    def _x(self, at_ms: int) -> int:
        room = self._room()
        return room.left() + round(self._stretch.x_of(at_ms, room.width()))

    def _ms_at(self, point: QPoint) -> int:
        room = self._room()
        return self._stretch.ms_at(point.x() - room.left(), room.width())

"""One question of a sheet: its text, what the machine says to it, and a scale to answer on. The whole row takes the
focus: a digit answers and goes on to the next question, Left and Right move the answer, Up and Down the question.

The scale is painted; its boxes take the mouse. Ui process, Qt's thread."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.score.presenter import QuestionView
from desk.ui.theme import Size, Space, Type

_BOX = 28
_GAP = 2
_NEXT = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_STEP = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}


class QuestionRow(QFrame):
    """`answered(name, answer)`; `moved(1 or -1)`: to the next question, or the one before."""

    answered = Signal(str, int)
    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = QuestionView("", "", 5, None, "", machine=False)
        self._editable = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def view(self) -> QuestionView:
        return self._view

    def show_view(self, view: QuestionView, *, editable: bool) -> None:
        self._view, self._editable = view, editable
        self.setObjectName(f"question_{view.name}")
        answer = _("no answer yet") if view.answer is None else f"{view.answer} / {view.scale}"
        self.setAccessibleName(f"{view.text}: {answer}")
        self.setAccessibleDescription(view.fact)
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))
        self.updateGeometry()
        self.update()

    def answer(self, value: int) -> None:
        """As if it were clicked."""
        if self._editable and 0 <= value <= self._view.scale:
            self.answered.emit(self._view.name, value)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._text_box(width).height() + _BOX + 3 * Space.S

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(max(self.width(), 280)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _NEXT:
            self.moved.emit(_NEXT[key])
        elif key in _STEP:
            self.answer((self._view.answer or 0) + _STEP[key])
        elif self._editable and event.text().isdecimal() and event.text().isascii():
            if int(event.text()) <= self._view.scale:
                self.answer(int(event.text()))
                self.moved.emit(1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        for value in range(self._view.scale + 1):
            if self._box(value).contains(at):
                self.answer(value)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        palette = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), Size.FOCUS))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        painter.setPen(QColor(palette.text))
        text_box = self._text_box(self.width())
        painter.drawText(text_box, Qt.TextFlag.TextWordWrap, self._view.text)
        for value in range(self._view.scale + 1):
            self._paint_box(painter, value)
        self._paint_fact(painter)
        painter.end()

    def _paint_box(self, painter: QPainter, value: int) -> None:
        palette = theme.current()
        chosen = value == self._view.answer
        box = self._box(value)
        painter.setPen(QPen(QColor(palette.accent if chosen else palette.border)))
        painter.setBrush(QColor(palette.accent if chosen else palette.panel))
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(palette.on_accent if chosen else palette.text if self._editable else palette.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(value))

    def _paint_fact(self, painter: QPainter) -> None:
        if not self._view.fact:
            return
        font = QFont(self.font())
        font.setPixelSize(Type.CAPTION)
        painter.setFont(font)
        last = self._box(self._view.scale)
        room = QRect(last.right() + Space.S, last.top(), self.width() - last.right() - 2 * Space.S, _BOX)
        words = painter.fontMetrics().elidedText(self._view.fact, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(QColor(theme.current().muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        self.setToolTip(self._view.fact if words != self._view.fact else "")

    def _text_box(self, width: int) -> QRect:
        room = QRect(Space.S, Space.S, max(80, width - 2 * Space.S), 10_000)
        bound = self.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._view.text)
        return QRect(room.topLeft(), QSize(room.width(), bound.height()))

    def _box(self, value: int) -> QRect:
        top = self._text_box(self.width()).bottom() + Space.S
        return QRect(QPoint(Space.S + value * (_BOX + _GAP), top), QSize(_BOX, _BOX))

"""A line edit with a list of suggestions below it that never takes the focus.

Every keystroke asks `search` at once (no debounce: the worker drops what is outdated) and the answer repaints the
list. Down and Up choose (in a closed list they open it), Enter takes the chosen hit (the first unless said) and moves
on, Tab takes it too where the text was typed and not taken yet, Escape closes the list so that Tab leaves the text as
it stands. What an input method composes is not text until it is committed: neither searched nor stored.

The surprising choices: the list is a child of the window and no window of its own, so that no window manager can give
it the focus; and an Enter that comes before the answer is kept as a debt: the focus moves on at once and the first hit
is taken when it arrives, so that nobody who types fast writes into the wrong field. A box whose hit is written at once
(`takes_unseen` False) has neither: Enter takes what the list shows, Tab leaves, an Enter before the answer waits for
nothing.

Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from desk.ui import theme
from desk.ui.steps import mark
from desk.ui.suggest_box_rows import Suggestion, pieces
from desk.ui.theme import Size, Space, Type

Deliver = Callable[[Sequence[Suggestion]], None]
Search = Callable[[str, Deliver], None]

ROW_HEIGHT = 32
ROWS = 8


class SuggestBox(QLineEdit):
    """`search(text, deliver)` starts a search and calls `deliver` on Qt's thread, or never when outdated.
    `taken(value)`: a hit was taken; its text stands in the field. `typed(text)`: the text changed under the agent's
    hands. `moved_on()`: Enter asks for the next field (Tab goes where Tab goes). `settled()`: a debt was paid, or could
    not be."""

    taken = Signal(object)
    typed = Signal(str)
    moved_on = Signal()
    settled = Signal()

    def __init__(
        self,
        name: str,
        search: Search,
        parent: QWidget | None = None,
        *,
        list_width: int = 0,
        takes_unseen: bool = True,
    ) -> None:
        """`list_width`: the list is at least as wide, where the field is a narrow one. `takes_unseen`: see above."""
        super().__init__(parent)
        self.setObjectName(name)
        self._search = search
        self._list_width = list_width
        self._takes_unseen = takes_unseen
        self._asked: str | None = None  # the text whose answer is awaited
        self._answered: str | None = None  # the text that the list answers
        self._fresh = False  # typed since a hit was taken or a text was shown
        self._owes = False
        self._list = SuggestList(name)
        self._list.clicked.connect(self._take_row)
        self._list.painted.connect(lambda: mark("suggestions_painted", box=name))
        self.textEdited.connect(self._edited)

    # what the form asks

    @property
    def is_owing(self) -> bool:
        """An Enter waits for the answer to come."""
        return self._owes

    @property
    def rows(self) -> Sequence[Suggestion]:
        """What the list shows; empty while it is closed."""
        return self._list.rows if self._list.isVisible() else ()

    @property
    def answered(self) -> str | None:
        """The text that the list answers, for those who measure."""
        return self._answered

    def show_text(self, text: str) -> None:
        """The field's text, set by the program: not searched, and the cursor stays where the text did not change."""
        if text == self.text():
            return
        self.setText(text)
        self.setCursorPosition(len(text))
        self._fresh = False
        self._close()

    def close_list(self) -> None:
        self._close()

    # typing

    def _edited(self, text: str) -> None:
        mark("key_typed", box=self.objectName(), length=len(text))
        self._fresh = True
        self._owes = False
        self.typed.emit(text)
        if text.strip():
            self._ask(text)
        else:
            self._close()

    def _ask(self, text: str) -> None:
        self._asked = text
        self._search(text, lambda rows: self._deliver(text, rows))

    def _deliver(self, text: str, rows: Sequence[Suggestion]) -> None:
        if text != self._asked:
            return
        self._asked, self._answered = None, text
        if self._owes:
            self._owes = False
            if rows:
                self._take(rows[0])
            self.settled.emit()
        elif self.hasFocus():
            self._list.show_rows(rows, self, self._list_width)
            self._say_chosen()
            if not rows:
                mark("suggestions_none", box=self.objectName())

    def _close(self) -> None:
        self._asked = self._answered = None
        self._list.hide()

    # taking

    def _take_row(self, row: int) -> None:
        self._take(self._list.rows[row])
        self.moved_on.emit()

    def _take(self, hit: Suggestion) -> None:
        self._close()
        self._fresh = False
        self.setText(hit.text)
        self.taken.emit(hit.value)

    def _take_chosen(self) -> None:
        """The chosen hit of an answer to what stands here; a debt where the answer is still on its way."""
        if self._list.isVisible() and self._list.chosen is not None and self._answered == self.text():
            self._take(self._list.chosen)
        elif self._takes_unseen and self._fresh and self._asked is not None:
            self._owes = True
            self._list.hide()

    # keys

    def event(self, event: QEvent) -> bool:
        tab = (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Tab
            and not event.modifiers()
        )
        if tab and self._takes_unseen and self._fresh and (self._list.isVisible() or self._asked is not None):
            self._take_chosen()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                awaits = self._asked is not None and not self._takes_unseen
                self._take_chosen()
                if not awaits:
                    self.moved_on.emit()
            case Qt.Key.Key_Down | Qt.Key.Key_Up if not event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Escape if self._list.isVisible() or self._asked is not None:
                self._close()
            case _:
                super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        if self._list.isVisible():
            self._list.step(by)
            self._say_chosen()
        else:
            self._ask(self.text())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.preeditString():  # the input method's own list opens here
            self._list.hide()
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._list.hide()
        if not self._owes:
            self._asked = None

    def _say_chosen(self) -> None:
        chosen = self._list.chosen
        self.setAccessibleDescription(f"{chosen.text} {chosen.note}".strip() if chosen else "")


class SuggestList(QFrame):
    """The rows below a suggest box, painted by itself: quick, and no focus to lose."""

    clicked = Signal(int)
    painted = Signal()  # rows that came by `show_rows` stand on the screen

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_list")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what lies below is not painted with it
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.hide()
        self.rows: Sequence[Suggestion] = ()
        self._at = 0
        self._unpainted = False

    @property
    def chosen(self) -> Suggestion | None:
        return self.rows[self._at] if self._at < len(self.rows) else None

    def show_rows(self, rows: Sequence[Suggestion], box: QWidget, least_width: int = 0) -> None:
        self.rows, self._at = rows[:ROWS], 0
        if not self.rows:
            self.hide()
            return
        window = box.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        height = len(self.rows) * ROW_HEIGHT + Space.S
        below = box.mapTo(window, QPoint(0, box.height() + 2))
        above = box.mapTo(window, QPoint(0, -height - 2))
        fits = below.y() + height <= window.height() or above.y() < 0
        corner, width = below if fits else above, max(box.width(), least_width)
        corner.setX(max(0, min(corner.x(), window.width() - width - Space.S)) if least_width else corner.x())
        self.setGeometry(QRect(corner, QSize(width, height)))
        self._unpainted = True
        self.show()
        self.raise_()
        self.update()

    def step(self, by: int) -> None:
        if self.rows:
            self._at = (self._at + by) % len(self.rows)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row(event)
        if row != self._at and row < len(self.rows):
            self._at = row
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._row(event) < len(self.rows):
            self.clicked.emit(self._row(event))

    @staticmethod
    def _row(event: QMouseEvent) -> int:
        return max(0, int(event.position().y()) - Space.XS) // ROW_HEIGHT

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        palette = theme.current()
        painter = QPainter(self)
        painter.setPen(QColor(palette.border))
        painter.setBrush(QColor(palette.panel))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fonts = _fonts(self.font())
        for index, row in enumerate(self.rows):
            rect = QRect(Space.XS, Space.XS + index * ROW_HEIGHT, self.width() - Space.S, ROW_HEIGHT)
            chosen = index == self._at
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(palette.accent_soft))
                painter.drawRoundedRect(rect, 4, 4)
            _paint_row(painter, rect.adjusted(Space.S, 0, -Space.S, 0), row, chosen, fonts)
        painter.end()
        if self._unpainted:
            self._unpainted = False
            QTimer.singleShot(0, self, self.painted.emit)  # after the window has been flushed

    def sizeHint(self) -> QSize:
        return QSize(Size.LEFT, len(self.rows) * ROW_HEIGHT + Space.S)


_Fonts = tuple[QFont, QFont, QFont]


def _fonts(base: QFont) -> _Fonts:
    plain, strong, small = QFont(base), QFont(base), QFont(base)
    plain.setPixelSize(Type.BODY)
    strong.setPixelSize(Type.BODY)
    strong.setWeight(QFont.Weight.Bold)
    small.setPixelSize(Type.CAPTION)
    return plain, strong, small


def _paint_row(painter: QPainter, rect: QRect, row: Suggestion, chosen: bool, fonts: _Fonts) -> None:
    plain, strong, small = fonts
    palette = theme.current()
    ink = QColor(palette.on_accent_soft if chosen else palette.text)
    match_ink = QColor(palette.on_accent_soft if chosen else palette.accent)
    note_metrics = QFontMetrics(small)
    note_width = min(note_metrics.horizontalAdvance(row.note), rect.width() // 2) if row.note else 0
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    x, last = rect.left(), rect.right() - note_width - Space.S
    for piece in pieces(row.text, row.spans):
        font = strong if piece.matched else plain
        metrics = QFontMetrics(font)
        text = metrics.elidedText(piece.text, Qt.TextElideMode.ElideRight, max(0, last - x))
        painter.setFont(font)
        painter.setPen(match_ink if piece.matched else ink)
        painter.drawText(QRect(x, rect.top(), max(0, last - x), rect.height()), middle, text)
        x += metrics.horizontalAdvance(text)
    if note_width:
        painter.setFont(small)
        painter.setPen(ink if chosen else QColor(palette.muted))
        note = note_metrics.elidedText(row.note, Qt.TextElideMode.ElideRight, note_width)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect, right, note)

"""What the right column's sections are made of: a card for an open ticket, a banner for a notice, a line to say. Built
once and refilled, because a new widget costs a millisecond of styling and the column changes with every ring. Ui
process, Qt's thread."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.side.panel_presenter import FaultView, NoticeView
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

Widget = TypeVar("Widget", bound=QWidget)
View = TypeVar("View")


class FaultCard(QFrame):
    """`opened(ticket_id)`: look at it. `join_wanted(ticket_id)`: the call is about it."""

    opened = Signal(str)
    join_wanted = Signal(str)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.setObjectName(f"same_fault_{index}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._ticket_id = ""
        self._head = TextLine(role="caption")
        self._text = _wrapped()
        self._flag = QLabel()
        theme.mark(self._flag, "chip")
        self.join = KeyButton(f"join_{index}", _("Repeat call"), f"Ctrl+{index + 1}" if index else "Alt+J", "", "quiet")
        if not index:  # by its place, as the others
            QShortcut(QKeySequence("Ctrl+1"), self.join, self.join.click)
        self.join.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.join.clicked.connect(lambda: self.join_wanted.emit(self._ticket_id))
        column = _column(self)
        column.addWidget(self._head)
        column.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self._flag, 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addStretch()
        foot.addWidget(self.join)
        column.addLayout(foot)

    def show_view(self, view: FaultView) -> None:
        self._ticket_id = view.ticket_id
        flag = view.flag
        theme.mark(self, "card-chosen" if flag else "card")
        self._head.setText(view.head)
        self._text.setText(view.text)
        self._flag.setText(flag)
        self._flag.setVisible(bool(flag))
        self.join.setAccessibleName(_("Repeat call about {number}").format(number=view.number))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._ticket_id)


class NoticeCard(QFrame):
    """`used(Notice)`: the caller was told of it. `answers(Notice)`: that is all they wanted."""

    used = Signal(object)
    answers = Signal(object)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.setObjectName(f"notice_{index}")
        theme.mark(self, "banner-warn")
        self._notice: object = None
        self._title, self._text, self._until = _wrapped(), _wrapped(), TextLine()
        theme.mark(self._title, "strong")
        use = KeyButton(f"use_notice_{index}", _("Told"), f"Ctrl+{index + 6}" if index < 4 else "", "check", "quiet")
        use.setToolTip(_("Writes into the form that the caller was told of it"))
        use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        use.clicked.connect(lambda: self.used.emit(self._notice))
        column = _column(self)
        column.addWidget(self._title)
        column.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self._until)
        foot.addWidget(use)
        column.addLayout(foot)
        if not index:
            answer = KeyButton("answer_by_notice", _("Answered by it"), "Alt+N", "chat-circle-text", "quiet")
            answer.setToolTip(_("Fills the form in; Ctrl+Shift+Enter then files it as answered"))
            answer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            answer.clicked.connect(lambda: self.answers.emit(self._notice))
            column.addWidget(answer, 0, Qt.AlignmentFlag.AlignRight)

    def show_view(self, view: NoticeView) -> None:
        self._notice = view.notice
        self._title.setText(view.title)
        self._text.setText(view.text)
        self._until.setText(view.until)


class SpokenLine(QLabel):
    """A phrase, to be read out; the first is the one to say now."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.setObjectName("phrase")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.mark(self, "muted" if index else "")

    def show_view(self, text: str) -> None:
        self.setText(text)


class Section(QWidget, Generic[Widget, View]):
    """A heading, rows, and a line that stands in their place where there are none. `make(index)` builds a row when
    there are more than ever before; `fill` shows a view in it."""

    def __init__(
        self, name: str, title: str, icon: str, make: Callable[[int], Widget], fill: Callable[[Widget, View], None]
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.rows: list[Widget] = []
        self._make, self._fill = make, fill
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        words = QLabel(title)
        theme.mark(words, "strong")
        head.addWidget(Picture(icon))
        head.addWidget(words, 1)
        self._says = QLabel()
        self._says.setWordWrap(True)
        theme.mark(self._says, "muted")
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addLayout(self._column)
        self.say("")

    def say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def show_views(self, views: Sequence[View]) -> None:
        for index, view in enumerate(views):
            if index == len(self.rows):
                self.rows.append(self._make(index))
                self._column.addWidget(self.rows[index])
            self._fill(self.rows[index], view)
            self.rows[index].show()
        for row in self.rows[len(views) :]:
            row.hide()  # and its key with it


def _column(card: QFrame) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
    column.setSpacing(2)
    return column


def _wrapped() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label

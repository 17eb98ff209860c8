"""What is being done about a ticket and what was: its tasks as cards, its timeline below. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.rows import Chips
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.ticket.calls import heading
from desk.ui.ticket.facts import empty
from desk.ui.ticket.tasks_presenter import TaskLine
from desk.ui.ticket.timeline import TimelineList
from desk.ui.ticket.timeline_presenter import TimeLine


class CourseSection(QWidget):
    """`opened(call_id)`: a call on the timeline is to be heard. `chose(y, height)`: the keyboard is there, in this
    widget's place."""

    opened = Signal(str)
    chose = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ticket_course")
        self._tasks: tuple[TaskLine, ...] = ()
        self._tasks_head = heading("wrench", _("Tasks"))
        self._tasks_place = QVBoxLayout()
        self._tasks_place.setSpacing(Space.XS)
        self._timeline_head = heading("clock-counter-clockwise", _("Timeline"))
        self.timeline = TimelineList("ticket_timeline")
        self._note = QLabel()
        self._note.setWordWrap(True)
        theme.mark(self._note, "caption")
        self.timeline.opened.connect(self.opened)
        self.timeline.chose.connect(lambda y, height: self.chose.emit(self.timeline.y() + y, height))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._tasks_head)
        column.addLayout(self._tasks_place)
        column.addSpacing(Space.S)
        column.addWidget(self._timeline_head)
        column.addWidget(self.timeline)
        column.addWidget(self._note)
        self._note.hide()
        self._tasks_head.hide()

    def show_tasks(self, tasks: Sequence[TaskLine]) -> None:
        tasks = tuple(tasks)
        if tasks == self._tasks:
            return
        self._tasks = tasks
        empty(self._tasks_place)
        for index, task in enumerate(tasks):
            self._tasks_place.addWidget(_card(index, task))
        self._tasks_head.setVisible(bool(tasks))

    def show_timeline(self, lines: Sequence[TimeLine], note: str) -> None:
        self.timeline.show_lines(lines)
        self._note.setText(note)
        self._note.setVisible(bool(note))


def _card(index: int, task: TaskLine) -> QFrame:
    card = QFrame()
    card.setObjectName(f"ticket_task_{index}")
    theme.mark(card, "card")
    spoken = [task.head, *(chip.text for chip in task.chips), task.who, task.said]
    card.setAccessibleName(", ".join(part for part in spoken if part))
    column = QVBoxLayout(card)
    column.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
    column.setSpacing(2)
    first = QHBoxLayout()
    first.setSpacing(Space.S)
    first.addWidget(TextLine(task.head), 1)
    chips = Chips(f"ticket_task_chips_{index}", card)  # it shows itself: without a parent that would be a window
    chips.show_chips(task.chips)
    first.addWidget(chips, 1)
    column.addLayout(first)
    below = " · ".join(part for part in (task.who, task.said) if part)
    if below:
        line = QLabel(below)
        line.setTextFormat(line.textFormat().PlainText)
        line.setWordWrap(True)
        theme.mark(line, "caption")
        column.addWidget(line)
    return card

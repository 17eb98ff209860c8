"""The page of follow-ups (Ctrl+Shift+F): all that is due for whoever sits here, worked through like a list of calls;
the week's figures; and for supervisors the spot checks to be drawn and the surveys. Up and Down choose, Enter opens the
chosen one's ticket, Esc leaves. Ui process, Qt's thread; read on the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.domain.listening import Role
from desk.i18n import _, ngettext
from desk.ui.after.follow_up import presenter, words
from desk.ui.after.follow_up.card import FollowUpCard
from desk.ui.after.follow_up.figure_words import figure_chips
from desk.ui.after.follow_up.parts import FollowUpTools
from desk.ui.after.follow_up.supervising import Supervising
from desk.ui.after.warnings.area import FittedArea
from desk.ui.chosen_list import LeavingList, scrolled
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.rows import ROW_HEIGHT, Chips
from desk.ui.rows_presenter import Chip, Row
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.usecases.follow_up_paper import FollowUpRefused, Paper, WhyNot

READ, READ_ONE, COUNT = "follow-ups", "follow-up-in-hand", "follow-up-figures"
_ENTITIES = frozenset({"follow_up", "survey", "ticket"})
_AHEAD = timedelta(days=1)  # what falls due by tomorrow can be made today
_ROWS_SHOWN = 6
_FIGURES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Read:
    rows: tuple[Row, ...]
    leads: bool


class FollowUpsPage(Cover):
    """Shown and hidden by the middle."""

    def __init__(self, tools: FollowUpTools, open_ticket: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("follow_ups")
        self.setAccessibleName(_("Follow-ups"))
        self._tools, self._open_ticket = tools, open_ticket
        self._wanted, self._takes_up = "", False
        self.list = _List("follow_up_list", _("Follow-ups"))
        self.card = FollowUpCard("follow_up_card", tools)
        self.supervising = Supervising(tools)
        self._figures = Chips("follow_up_figures")
        self._count, self._says = plain("muted"), plain("", wraps=True)
        self._empty = plain("muted", wraps=True)
        self._empty.setText(_("Nothing is to be followed up until tomorrow."))
        self.open_key = KeyButton("follow_up_open", _("Open the ticket"), "Return", "arrow-square-out", listens=False)
        self.all_key = KeyButton("follow_up_all", _("Everybody's"), "Ctrl+E", "users", "quiet")
        self.all_key.setCheckable(True)
        self._lay_out()
        self.list.moved.connect(self._chosen)
        self.list.left.connect(self.left)
        self.list.taken.connect(self.card.take_focus)
        self.list.opened.connect(lambda _target: self.open_chosen())
        self.open_key.clicked.connect(self.open_chosen)
        self.all_key.clicked.connect(self.refresh)
        self.card.made.connect(self._made)
        self.card.told.connect(self._say)
        self.supervising.changed.connect(self.refresh)
        self.supervising.told.connect(self._say)
        self.supervising.left.connect(self._take_focus)
        tools.hub.rows_changed.connect(self._rows_changed)

    # What the window does

    def start(self) -> None:
        """The page comes to the front."""
        self._say("")
        self.refresh()
        self._count_figures()
        self._take_focus()
        step("follow_ups_listed")

    def want(self, follow_up_id: str) -> None:
        """This one is to be in hand, with the keyboard on its first question."""
        self._wanted = follow_up_id
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        self._tools.hub.worker.latest(READ, self._look, self._came, owner=self)

    def _count_figures(self) -> None:
        """Once, when the page is opened: nobody watches them change, and a week's take a while."""
        uses, now = self._tools.uses, self._tools.clock()

        def count() -> tuple[Chip, ...]:
            return figure_chips(uses.figures(now - _FIGURES, now))

        self._tools.hub.worker.latest(COUNT, count, self._figures.show_chips, owner=self)

    def open_chosen(self) -> None:
        paper = self.card.paper
        if paper is not None and paper.ticket is not None:
            self._open_ticket(paper.ticket.ticket_id)

    # What it shows

    def _look(self) -> _Read:
        """On the worker."""
        tools, now = self._tools, self._tools.clock()
        agent = tools.hub.agent
        owner = "" if self.all_key.isChecked() or agent is None else agent.number
        due = tools.uses.due(now + _AHEAD, owner)
        tickets = tools.uses.tickets([one.ticket_id for one in due if one.ticket_id])
        homes = tools.uses.households([one.household_id for one in due if one.household_id and not one.ticket_id])
        rows = tuple(
            presenter.due_row(
                one, tickets.get(one.ticket_id or ""), homes.get(one.household_id or ""), tools.category, now
            )
            for one in due
        )
        return _Read(rows, tools.uses.listener().role is Role.SUPERVISOR)

    def _came(self, read: _Read) -> None:
        was_here, was_listed = self.has_keyboard(), self.hasFocus() or self.list.hasFocus()
        self.list.show_rows(read.rows)
        self._empty.setVisible(not read.rows)
        self._area.setVisible(bool(read.rows))
        self._area.setFixedHeight(min(_ROWS_SHOWN, max(1, len(read.rows))) * ROW_HEIGHT + 2)
        self.open_key.setVisible(bool(read.rows))
        self._count.setText(ngettext("{n} to follow up", "{n} to follow up", len(read.rows)).format(n=len(read.rows)))
        self.supervising.setVisible(read.leads)
        self.supervising.refresh()
        wanted, self._wanted = self._wanted, ""
        if wanted and self.list.choose(f"follow_up:{wanted}"):
            self._takes_up = True
        self._read_chosen()
        if self.isVisible() and (was_listed or (was_here and self.has_lost_keyboard())):
            self._take_focus()

    def _chosen(self) -> None:
        self._say("")
        self._read_chosen()
        self._area.ensureVisible(0, self.list.top_of_chosen, 0, ROW_HEIGHT)

    def _read_chosen(self) -> None:
        chosen, work = self.list.chosen, self._tools.uses.work
        if chosen is None:
            self.card.show_paper(None)
            return
        name = chosen.target.partition(":")[2]

        def look() -> Paper | WhyNot:
            try:
                return work.paper(name)
            except FollowUpRefused as refused:
                return refused.why

        self._tools.hub.worker.latest(READ_ONE, look, self._one_came, owner=self)

    def _one_came(self, found: Paper | WhyNot) -> None:
        if isinstance(found, Paper):
            self.card.show_paper(found)
            if self._takes_up:
                self._takes_up = False
                self.card.take_focus()
        else:
            self.card.show_paper(None)
            self._say(words.why(found))

    def _made(self) -> None:
        """The next one is in hand: the row of this one goes, and the one after it takes its place."""
        self.refresh()
        self._take_focus()

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.isVisible() and _ENTITIES.intersection(entities):
            self.refresh()

    def _take_focus(self) -> None:
        """The list where it has rows; else the page itself, so that Esc leaves."""
        widget = self.list if self.list.rows else self
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.supervising.step_back() or self.card.step_back():
            return
        elif self.list.hasFocus() or not self.list.rows:
            self.left.emit()
        else:
            self._take_focus()

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        title = plain("title")
        title.setText(_("Follow-ups"))
        done = KeyButton("follow_ups_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.clicked.connect(lambda: self.left.emit())
        head.addWidget(title)
        head.addWidget(self._count, 1)
        for button in (self.open_key, self.all_key, done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self._figures)
        column.addWidget(self.supervising)
        self.supervising.hide()
        column.addWidget(self._empty)
        self._area = scrolled("follow_up_rows", self.list)
        self._area.hide()
        column.addWidget(self._area)
        line = QFrame()
        line.setProperty("role", "line")
        column.addWidget(line)
        column.addWidget(self._says)
        self._says.hide()
        self.card.hide()
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, Space.S, 0)
        cards.addWidget(self.card)
        cards.addStretch()
        column.addWidget(FittedArea(inside), 1)


class _List(LeavingList):
    """`taken()`: Right: the chosen one is made."""

    taken = Signal()

    def choose(self, target: str) -> bool:
        chosen = super().choose(target)
        if chosen:
            self.moved.emit()
        return chosen

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right:
            self.taken.emit()
        else:
            super().keyPressEvent(event)

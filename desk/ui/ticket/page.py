"""A ticket's page: number, stage, what is next, what can be done with it; what happened, where and for whom, its calls
with what can be heard of them, its tasks, and everything that became of it, line by line.

Read on the worker, shown when it has come; `refresh` reads it anew when its rows have changed. Ui process, Qt's
thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desk.domain.identity import TicketId
from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.player.bar import PlayerBar
from desk.ui.rows import Chips
from desk.ui.rows_presenter import CategoryName
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.ticket.actions import TicketActions
from desk.ui.ticket.calls import CallCards
from desk.ui.ticket.course import CourseSection
from desk.ui.ticket.deeds import DeedParts, TicketDeeds, refusals_of
from desk.ui.ticket.facts import FactsGrid, empty, moment_key
from desk.ui.ticket.presenter import TicketPageView
from desk.ui.ticket.uses import TicketUses, Whole
from desk.ui.ticket.whole_view import WholeView, view_of
from desk.ui.worker import Worker
from desk.usecases.ports import Clock
from desk.usecases.read_ticket import TicketPage

READ = "ticket-page"


@dataclass(frozen=True, kw_only=True)
class TicketParts:
    """`read` (`ReadTicket.read`) runs on the worker; `category` gives a name out of memory. `uses`: what can be done
    with a ticket, None where it is only looked at. `failed`: an error nobody expected."""

    worker: Worker
    read: Callable[[TicketId], TicketPage | None]
    category: CategoryName
    clock: Clock
    zone: tzinfo
    uses: TicketUses | None = None
    failed: Callable[[Exception], None] | None = None


class TicketView(QFrame):
    """`play_requested(call_id)`: a call is to be heard, `moment_requested(call_id, at_ms)`: from there; with a `player`
    given it is played here. `left()`: back. `ticket_changed(ticket_id)`: it is to be shown, again perhaps; what else is
    told of it stands in `marks_place`. `is_part`: it stands beside other things, there is no way back, and nothing
    can be done with it. `written()`: changes were appended from here. `told(text)`: a word for the line below."""

    play_requested = Signal(str)
    moment_requested = Signal(str, int)
    left = Signal()
    ticket_changed = Signal(str)
    written = Signal()
    told = Signal(str)

    def __init__(
        self,
        parts: TicketParts,
        player: PlayerBar | None = None,
        parent: QWidget | None = None,
        *,
        is_part: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ticket_view")
        theme.mark(self, "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts, self._player = parts, player
        self._ticket_id: TicketId | None = None
        self._shown: TicketPageView | None = None
        self._back = KeyButton("leave_ticket", _("Back"), "Esc", "arrow-left", "quiet")
        self._back.clicked.connect(self._leave)
        self._back.setVisible(not is_part)
        self._is_part = is_part
        self._read_key = f"{READ}-part" if is_part else READ
        self._number = selectable("ticket_number", "big")
        self._number.setWordWrap(False)
        self._title = selectable("ticket_title", "title")
        self._chips = Chips("ticket_chips")
        self._joined = KeyButton("open_joined", _("Open"), "Ctrl+G", "arrow-square-out", "quiet")
        self._joined.clicked.connect(self._follow)
        self._joined.hide()
        self._says = selectable("ticket_says", "muted")
        self._description = selectable("ticket_description", "")
        self.action_bar = TicketActions()
        self.action_bar.closed.connect(self._take_keyboard)
        self.action_bar.written.connect(self._written)
        self.action_bar.told.connect(self.told)
        self.marks_place = QVBoxLayout()
        self._page = QWidget()
        self._facts = FactsGrid()
        self._facts.heard.connect(self.play_field)
        self._moments = QHBoxLayout()
        self._calls = CallCards()
        self._calls.played.connect(self.play)
        self.course = CourseSection()
        self.course.hide()
        self.course.opened.connect(self.play_requested)
        self.course.chose.connect(self._show_place)
        self._area = QScrollArea()
        self.deeds = None if is_part else self._deeds()
        self._lay_out()
        if player is not None:
            self.play_requested.connect(player.load)
            self.moment_requested.connect(player.load)

    @property
    def ticket_id(self) -> str:
        """ "" before any was shown."""
        return self._ticket_id or ""

    @property
    def shown(self) -> TicketPageView | None:
        return self._shown

    def show_ticket(self, ticket_id: str) -> None:
        """Show this ticket. What stood here stays until it has come, if it is the same one."""
        if ticket_id != self._ticket_id:
            self._ticket_id = TicketId(ticket_id)
            self._shown = None
            self._tell_bar(None)
            if self._player is not None:
                self._player.close_tape()
            self._blank(_("Opening the ticket ..."))
        self.refresh()
        self.ticket_changed.emit(ticket_id)

    def refresh(self) -> None:
        """Read it anew (its rows have changed)."""
        wanted, parts = self._ticket_id, self._parts
        if wanted is None:
            return

        def read() -> WholeView | None:
            page = parts.read(wanted)
            uses = None if self._is_part else parts.uses
            return view_of(page, uses, parts.category, parts.clock(), parts.zone) if page is not None else None

        parts.worker.latest(self._read_key, read, self._read, owner=self)

    def play(self, index: int) -> None:
        """Hear the n-th call from 0; nothing where there is nothing to hear."""
        if self._shown is not None and index < len(self._shown.calls) and self._shown.calls[index].playable:
            self.play_requested.emit(self._shown.calls[index].call_id)

    def play_field(self, at_ms: int) -> None:
        """Hear the call that the ticket was taken from, from this moment on."""
        if self._shown is not None and self._shown.first_call:
            self.moment_requested.emit(self._shown.first_call, at_ms)

    def _read(self, read: WholeView | None) -> None:
        self._tell_bar(read.whole if read is not None else None)
        if read is None:
            self._blank(
                _("This ticket has not arrived at this seat yet. It comes as soon as the centre can be reached.")
            )
            return
        if read.has_course:
            self.course.show_tasks(read.tasks)
            self.course.show_timeline(read.timeline, read.note)
            self.course.show()
        if read.page != self._shown:
            self._shown = read.page
            self._show(read.page)
            step("ticket_painted", ticket_id=read.whole.page.ticket.ticket_id)
        self._fit()

    def _deeds(self) -> TicketDeeds | None:
        parts = self._parts
        if parts.uses is None:
            return None
        deeds = TicketDeeds(
            DeedParts(
                worker=parts.worker,
                uses=parts.uses,
                clock=parts.clock,
                zone=parts.zone,
                category=parts.category,
                failed=parts.failed or _unexpected,
            ),
            self.action_bar,
            self,
        )
        deeds.written.connect(self._written)
        deeds.told.connect(self.told)
        return deeds

    def _tell_bar(self, whole: Whole | None) -> None:
        if self._is_part:
            return
        if self.deeds is not None:
            self.deeds.know(whole)
        self.action_bar.show_page(whole.page if whole is not None else None, refusals_of(whole))

    def _written(self) -> None:
        self.refresh()
        self.written.emit()

    def _take_keyboard(self) -> None:
        if self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        """One step back: out of the panel that is open, else from the ticket."""
        if self.action_bar.step_back():
            return
        if self._player is not None:
            self._player.close_tape()
        self.left.emit()

    def _follow(self) -> None:
        if self._shown is not None and self._shown.joined_to:
            self.show_ticket(self._shown.joined_to)

    def _blank(self, text: str) -> None:
        self._says.setText(text)
        self._says.show()
        self._page.hide()
        self._number.setText("")
        self._joined.hide()

    def _show(self, view: TicketPageView) -> None:
        self._number.setText(view.number)
        self._title.setText(view.title)
        self._chips.show_chips(view.chips)
        self._joined.setVisible(bool(view.joined_to))
        self._says.setVisible(bool(view.joined_to))
        self._says.setText(_("Joined to ticket {number}").format(number=view.joined_number))
        self._description.setText(view.description or _("Nothing was written down."))
        theme.mark(self._description, "" if view.description else "muted")
        self._show_moments(view)
        self._facts.show_facts(view.facts)
        self._calls.show_calls(view.calls)
        self._page.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As tall as the wrapped text asks for: a scroll area does not look at the width."""
        layout = self._page.layout()
        if layout is not None and layout.hasHeightForWidth():
            self._page.setMinimumHeight(layout.heightForWidth(self._page.width()))

    def _show_place(self, y: int, height: int) -> None:
        """Bring the line that the keyboard has gone to onto the screen."""
        top = self.course.y() + y
        self._area.ensureVisible(0, top + height, 0, Space.S)
        self._area.ensureVisible(0, top, 0, Space.S)

    def _show_moments(self, view: TicketPageView) -> None:
        """The two fields that stand above the others."""
        empty(self._moments)
        named = ((_("Category"), view.title_heard_from), (_("What happened"), view.description_heard_from))
        for label, at_ms in named:
            if at_ms is not None:
                play = partial(self.play_field, at_ms)
                self._moments.addWidget(moment_key("hear_field", label, at_ms, play, named=True))
        self._moments.addStretch()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._number)
        head.addStretch()
        head.addLayout(self.action_bar.aside)
        head.addWidget(self._back)
        joined = QHBoxLayout()
        joined.addWidget(self._says, 1)
        joined.addWidget(self._joined)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(Space.M)
        page.addLayout(self.marks_place)  # scrolled with the rest: an open panel above needs the room
        page.addWidget(self._title)
        page.addWidget(self._chips)
        page.addWidget(self._description)
        page.addLayout(self._moments)
        page.addWidget(self._facts)
        page.addWidget(self._calls)
        page.addWidget(self.course)
        page.addStretch()
        area = self._area
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(1)  # on a low screen it gives way to the panel above it, whose keys must not be cut
        area.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addLayout(joined)
        column.addWidget(self.action_bar)
        column.addWidget(area, 1)
        if self._player is not None:
            column.addWidget(self._player)


def _unexpected(error: Exception) -> None:
    raise error

"""Puts work lists and promises into the places that the window has for them: a page over the middle with its keys, the
keys below "what is open", a strip above the middle, a banner, a lamp. The page is built when it is first opened. Ui
process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desk.domain.calls import TALKING
from desk.domain.drafts import Intake
from desk.domain.identity import CallId, TicketId
from desk.domain.promises import Promise
from desk.domain.tickets import Ticket
from desk.domain.work_lists import WorkList
from desk.i18n import _
from desk.ui.after.lists.parts import WorkTools, WorkUses
from desk.ui.after.lists.promise_strip import KEY as PROMISE_KEY
from desk.ui.after.lists.promise_strip import PromiseBanner, PromiseStrip
from desk.ui.after.lists.promise_watch import PromiseWatch
from desk.ui.cover import Cover, LateCover
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.lamps.promises import PromiseLamp
from desk.ui.main_window import MainWindow
from desk.ui.rows_presenter import CategoryName
from desk.ui.theme import Space
from desk.ui.ticket.page import TicketView
from desk.usecases.promise import Promised

if TYPE_CHECKING:
    from desk.ui.after.lists.page import WorkPage

NEXT_KEY, LISTS_KEY = "Ctrl+Q", "Shift+F1"
_ABOUT = 60  # so much of the form says what a promise is about
_TRY_MS, _TRIES = 40, 50  # until a ticket that was asked for is on the screen, to open a panel on it


class Work(QObject):
    """`lamp` stands with the others. `join`: once the window stands. `nudge`: something was appended, the centre may
    have it. Owns the page; lives as long as the window."""

    def __init__(
        self,
        hub: Hub,
        uses: WorkUses,
        category: CategoryName,
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
    ) -> None:
        super().__init__()
        self._hub, self._uses, self._category = hub, uses, category
        self._clock, self._zone, self._nudge = clock, zone, nudge
        self.watch = PromiseWatch(hub, uses.promises, clock, self)
        self.lamp = PromiseLamp(self.watch, zone)
        self.page: LateCover | None = None

    def join(self, window: MainWindow, ticket: TicketView) -> None:
        self.setParent(window)
        self._window, self._ticket, self._middle = window, ticket, window.panels.middle
        self.page = self._middle.pages.late_cover(self._build_page)
        self._add_keys(window.panels.work_list)
        self.strip = PromiseStrip(self._hub, self._uses.promises, self._clock, self._zone)
        column = self._middle.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - it has just been built with one
        column.insertWidget(0, self.strip)
        self.strip.given.connect(self._given)
        self.strip.left.connect(window.return_focus)
        banner = PromiseBanner(self.watch, self._clock, self._zone)
        banner.call_wanted.connect(self.call_promised)
        window.add_banner(banner)
        self.lamp.wanted.connect(lambda: self.show_list(WorkList.PROMISED))
        self._middle.form.filed.connect(self._filed)

    # ---- lists

    def toggle(self) -> None:
        """Show the lists where they were left; what they covered where they are in front already."""
        if self._hub.agent is not None and self.page is not None:
            self._middle.pages.toggle(self.page.get())

    def show_next(self) -> None:
        """What is next: the first row of the queue, or the one after."""
        page = self._in_front()
        if page is not None:
            page.show_next()

    def show_list(self, which: WorkList) -> None:
        page = self._in_front()
        if page is not None:
            page.show_list(which)

    def call_promised(self, promise: Promise) -> None:
        """Dial, and have the promise in hand for what comes of it."""
        self.show_list(WorkList.PROMISED)
        number = promise.number
        if number:
            self._hub.call_about(number, promise.ticket_id or promise.promise_id)

    def _in_front(self) -> "WorkPage | None":
        if self._hub.agent is None or self.page is None:
            return None
        from desk.ui.after.lists.page import WorkPage

        page = self.page.get()
        assert isinstance(page, WorkPage)  # noqa: S101 - `_build_page` makes no other
        if not page.isVisible():
            self._middle.pages.toggle(page)
        return page

    def _build_page(self) -> Cover:
        from desk.ui.after.lists.page import WorkPage

        return WorkPage(
            WorkTools(
                hub=self._hub,
                uses=self._uses,
                category=self._category,
                clock=self._clock,
                zone=self._zone,
                written=self._written,
                told=self._window.panels.trouble_line.tell,
                open_ticket=self._open_ticket,
            )
        )

    def _open_ticket(self, ticket_id: str, panel_key: str) -> None:
        self._middle.show_ticket(ticket_id)
        if panel_key:
            self._open_panel(ticket_id, panel_key, _TRIES)

    def _open_panel(self, ticket_id: str, key: str, tries: int) -> None:
        """The panel of this key, once the ticket's rows have been read."""
        bar = self._ticket.action_bar
        there = self._ticket.shown is not None and bar.isVisible()
        button = next((one for one in bar.findChildren(KeyButton) if one.key == key), None)
        if self._ticket.ticket_id != ticket_id or button is None or tries == 0 or not self._ticket.isVisible():
            return
        if there:
            bar.open(button)
        else:
            QTimer.singleShot(_TRY_MS, self, lambda: self._open_panel(ticket_id, key, tries - 1))

    def _written(self) -> None:
        self._hub.store_works()
        self._nudge()
        self._ticket.refresh()
        self._hub.callers.refresh_card()
        self.watch.look()

    # ---- promises

    def promise(self) -> None:
        """The key: whoever is on the telephone, else the ticket in front, else the card's last caller is called."""
        to = self.whom()
        if to is None:
            self._window.panels.trouble_line.tell(
                _("There is nobody to promise a call to: start from a call, or open a ticket.")
            )
            return
        self.strip.press(to)

    def whom(self) -> Promised | None:
        call = self._hub.state.matter()
        if call is not None and call.phase in TALKING:
            return self._of_call(call.call_id, call.party.number)
        ticket_id = self._ticket.ticket_id
        if self._ticket.isVisible() and ticket_id:
            return Promised(ticket_id=TicketId(ticket_id))
        callers = self._hub.callers
        last, party = callers.subject, callers.party_of(callers.subject)
        return self._of_call(last, party.number) if last and party is not None and party.number else None

    def _of_call(self, call_id: CallId, number: str) -> Promised | None:
        if not number:
            return None
        pop = self._hub.callers.pop(call_id)
        candidates = pop.profile.candidates if pop.profile else ()
        who = candidates[pop.chosen] if candidates else None
        draft = self._middle.form.draft()
        intake = draft.intake if draft is not None and draft.call_id == call_id else None
        person, home = (who.person, who.household) if who is not None else (None, None)
        return Promised(
            text=self._about(intake),
            number=number,
            caller_name=(intake.caller_name if intake else "") or (person.name if person else ""),
            call_id=call_id,
            person_id=person.person_id if person else None,
            household_id=home.household_id if home else None,
        )

    def _about(self, intake: Intake | None) -> str:
        if intake is None:
            return ""
        parts = (self._category(intake.category) if intake.category else "", " ".join(intake.description.split()))
        return " · ".join(part for part in parts if part)[:_ABOUT]

    def _given(self, promise: Promise) -> None:
        self.watch.put(promise)
        self._hub.store_works()
        self._nudge()

    def _filed(self, ticket: Ticket) -> None:
        """The call has become a ticket: what was promised in it belongs to that."""
        call_id, promises = ticket.call_id, self._uses.promises
        if call_id is None:
            return

        def tie() -> int:
            found = [one for one in promises.of_call(call_id) if one.ticket_id is None]
            for one in found:
                promises.tie(one.promise_id, ticket.ticket_id)
            return len(found)

        self._hub.worker.run(tie, lambda count: self._nudge() if count else None, lane="save")

    # ---- keys

    def _add_keys(self, work_list: QWidget) -> None:
        """Below the head of "what is open"."""
        following = KeyButton("work_next", _("Queue"), NEXT_KEY, "queue", "quiet")  # three keys fill the row
        following.setAccessibleName(_("What is next"))
        following.setToolTip(f"{_('What is next')} ({NEXT_KEY})")
        lists = KeyButton("work_open_lists", _("Work lists"), LISTS_KEY, "rows", "quiet", shows_words=False)
        promise = KeyButton("work_promise", _("Promise a call"), PROMISE_KEY, "clock", "quiet", shows_words=False)
        following.clicked.connect(self.show_next)
        lists.clicked.connect(self.toggle)
        promise.clicked.connect(self.promise)
        row = QHBoxLayout()
        row.setContentsMargins(Space.XS, 0, 0, 0)
        row.setSpacing(0)
        for button in (following, lists, promise):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addStretch(1)
        column = work_list.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - it has just been built with one
        column.insertLayout(1, row)

        def may() -> None:
            for button in (following, lists, promise):
                button.setEnabled(self._hub.agent is not None and not self._hub.locked)

        self._hub.agent_changed.connect(may)
        self._hub.lock_changed.connect(may)
        may()

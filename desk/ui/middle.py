"""The middle of the window: the form, a ticket, the headset page, or a word of welcome, one at a time; and above it the
offer of a form for each call that was answered while another form was being typed.

The rule: nothing takes a form away that somebody is typing in. A call that is answered opens its form by itself only
where nothing is being typed; else the offer stands above (Ctrl+N takes it, also when the call is over), and the focus
stays where it is. So does a call that is talked on again while another's form is in front, and one that is talked on
when that form has been filed: an untouched form takes down what the one says who is talked with, and nobody else.
A call that is in the log gets its form from its row (`open_past`). A call that was made from a ticket or a list opens
none: what comes of it is taken down there. Ctrl+N opens its form, and so does leaving that page while it runs.

Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desk.domain.call_log import CallEntry
from desk.domain.calls import TALKING, Call, Phase
from desk.domain.drafts import Draft, Intake
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.ui import theme
from desk.ui.beside.call_log import CallLogPage
from desk.ui.conflict.page import ConflictPage
from desk.ui.cover import Cover
from desk.ui.headset.page import DevicesPage
from desk.ui.hub import Hub
from desk.ui.intake.form import IntakeForm
from desk.ui.pages import Pages
from desk.ui.steps import step
from desk.ui.talk_watch import TalkWatch
from desk.ui.theme import Space
from desk.ui.waiting_forms import WaitingForms
from desk.ui.welcome import Welcome
from desk.usecases.ports import NewId


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The widget that shows a ticket, and how it is told which. `forget`: whoever typed into it leaves."""

    widget: QWidget
    show: Callable[[str], None]
    forget: Callable[[], None] = lambda: None


class Middle(QWidget):
    """`shown_changed()`: another page or draft is in front."""

    shown_changed = Signal()

    def __init__(
        self,
        hub: Hub,
        form: IntakeForm,
        ticket: TicketPage,
        new_id: NewId,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("middle")
        self._hub, self._new_id = hub, new_id
        self.form, self._ticket = form, ticket
        self.devices = DevicesPage(hub)
        self._welcome = Welcome()
        self._talk = TalkWatch(hub, self)
        self._waiting = WaitingForms(hub, self._talk, self._draft_of)
        self.call_log: CallLogPage | None = None
        # the page that the ticket in front was opened from
        self._opened_from: CallLogPage | ConflictPage | Cover | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self._waiting.offer.take.clicked.connect(lambda: self.new_form())
        column.addWidget(self._waiting.offer)
        frame = QFrame()
        theme.mark(frame, "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        self.pages = Pages(self._welcome)
        for page in (form, ticket.widget):
            self.pages.addWidget(page)
        self.pages.uncovered.connect(self._uncovered)
        self.pages.changed.connect(self.shown_changed)
        inside.addWidget(self.pages)
        column.addWidget(frame, 1)
        self.pages.add_cover(self.devices)
        form.set_aside.connect(self._free)
        form.done_with.connect(self._done_with)
        form.draft_changed.connect(hub.unfinished.note_draft)
        form.draft_dropped.connect(hub.unfinished.note_draft_gone)
        hub.call_answered.connect(self._answered)
        self._talk.began.connect(self._follow)
        hub.callers.pop_changed.connect(self._prefill)
        hub.calls_changed.connect(lambda: self._welcome.show_ringing(rings=hub.state.ringing() is not None))

    # What is in front

    @property
    def draft_in_form(self) -> str:
        """The id of the draft that the form shows now, "" where the form is not in front."""
        draft = self.form.draft() if self.pages.currentWidget() is self.form else None
        return draft.draft_id if draft else ""

    @property
    def call_in_form(self) -> CallId | None:
        """The call that the form in front belongs to."""
        draft = self.form.draft() if self.pages.currentWidget() is self.form else None
        return draft.call_id if draft else None

    @property
    def front(self) -> QWidget | None:
        """The page that is in front."""
        return self.pages.currentWidget()

    def is_busy(self) -> bool:
        """Somebody is typing in the form that is in front."""
        return self.pages.currentWidget() is self.form and self.form.is_being_typed()

    def focus(self) -> None:
        """Give the keyboard to the page in front."""
        page = self.pages.currentWidget()
        if page is self.form:
            self.form.focus_first()
        elif page is not None:
            page.setFocus()

    # Forms

    def new_form(self) -> None:
        """The form for the call that is offered, else for the running call, else an empty one (a walk-in). Where one
        talks and the call's form is in front, untouched, that is the one: an empty one would have no caller."""
        waiting = self._waiting.first
        call = self._hub.state.calls.get(waiting) if waiting else self._hub.state.matter()
        if call is not None and call.phase not in TALKING and call.call_id != waiting:
            call = None
        draft = self._draft_of(call.call_id) if call else None
        if draft is not None and self.draft_in_form != draft.draft_id:
            self.open_draft(draft)
        elif call is not None and self.call_in_form != call.call_id:
            self._open_for(call.call_id)
        elif call is not None and self._talks() and not self.is_busy():
            self.form.focus_first()
        else:
            self._open(self._fresh(None))

    def _talks(self) -> bool:
        """Somebody hears the agent: the caller, or the handler who is asked about their call."""
        front = self._hub.state.front()
        return front is not None and front.phase is Phase.UP

    def open_past(self, entry: CallEntry) -> None:
        """The form for a call of the log, with its caller, its number and its recording; the draft that was begun for
        it, where there is one."""
        draft = self._draft_of(entry.call_id)
        if draft is not None:
            self.open_draft(draft)
        elif self.call_in_form != entry.call_id:
            self._open_for(entry.call_id)
        callers = self._hub.callers
        if not callers.look_back(entry) and callers.pop(entry.call_id).profile is None:
            callers.look_up(entry.call_id, entry.party)  # under another call, whose caller stays on the card

    def open_draft(self, draft: Draft) -> None:
        """Go on with a draft where it was left."""
        if self.draft_in_form != draft.draft_id:
            self._open(draft)
        else:
            self.form.focus_first()

    def close_forms(self) -> None:
        """The agent leaves: what was typed is kept, nothing of it stays on the screen."""
        self.form.forget()
        self._ticket.forget()
        self._waiting.clear()
        self.pages.put(self._welcome)

    def join_to(self, ticket_id: str) -> None:
        """What the form in front is about was reported before: it is a repeat about this ticket."""
        if self.draft_in_form:
            self.form.join_to(ticket_id)

    def _answered(self, call: Call) -> None:
        if self._hub.agent is None or call.consults in self._hub.state.calls:
            return  # a colleague who is asked about a call gets no form: the resident's is open
        if call.direction is Direction.OUTGOING and self._is_worked_from():
            return
        if self.is_busy() and self.call_in_form != call.call_id:
            self._waiting.add(call.call_id)
        elif self.call_in_form != call.call_id:
            self._open_for(call.call_id)

    def _is_worked_from(self) -> bool:
        """A ticket or a list is in front."""
        front = self.pages.currentWidget()
        return front is self._ticket.widget or isinstance(front, Cover)

    def reopen(self) -> None:
        """Drafts or the agent have come: the running call gets its form back, with what was typed."""
        matter = self._hub.state.matter()
        if matter is not None and matter.phase in TALKING:
            self._answered(matter)

    def _open_for(self, call_id: CallId) -> None:
        self._open(self._draft_of(call_id) or self._fresh(call_id))

    def _open(self, draft: Draft) -> None:
        self._waiting.take(draft.call_id)
        self.form.open(draft)
        self._prefill(draft.call_id or "")
        self.pages.put(self.form)
        self.form.focus_first()
        self.shown_changed.emit()

    def _fresh(self, call_id: CallId | None) -> Draft:
        now, agent = self._hub.clock(), self._hub.agent
        return Draft(self._new_id(), agent.number if agent else "", now, now, Intake(), call_id)

    def _draft_of(self, call_id: CallId) -> Draft | None:
        """The draft that was begun for this call, the youngest of several."""
        mine = [draft for draft in self._hub.unfinished.drafts.values() if draft.call_id == call_id]
        return max(mine, key=lambda draft: draft.started_at) if mine else None

    def _prefill(self, call_id: str) -> None:
        """The caller is known now, or is somebody else: fields that nobody has typed in follow, also while something
        else is in front of the form."""
        pop, draft = self._hub.callers.pop(CallId(call_id)), self.form.draft()
        if draft is None or not call_id or draft.call_id != call_id:
            return
        if pop.profile is not None and (pop.card or not pop.profile.candidates):
            self.form.prefill(pop.profile, pop.card, chosen=pop.said, lent=pop.staff is not None)

    def _follow(self) -> None:
        """The form in front becomes that of the call that is talked on, or it is offered above."""
        call = self._talk.call
        if call is not None and self.pages.currentWidget() is self.form:
            self._answered(call)

    def _done_with(self, call_id: CallId | None) -> None:
        """What stood in the form was filed or joined; the next matter of the same caller stands there."""
        self._waiting.note_filed(call_id)
        self._follow()

    def _free(self) -> None:
        """The draft was set aside: the waiting call's form, else the welcome."""
        if self._waiting.first:
            self.new_form()
        elif self.form.draft() is None or not self.form.is_being_typed():
            self.pages.put(self._welcome)

    # Tickets and the headset

    def show_ticket(self, ticket_id: str) -> None:
        """A ticket's page; the form keeps what it has and comes back when the ticket is left, as the call log does."""
        if self.pages.currentWidget() is not self._ticket.widget:
            front = self.pages.currentWidget()
            self._opened_from = front if isinstance(front, CallLogPage | ConflictPage | Cover) else None
        self._ticket.show(ticket_id)
        self.pages.put(self._ticket.widget)
        self._ticket.widget.setFocus()
        step("ticket_shown", ticket_id=ticket_id)

    def leave_ticket(self) -> None:
        """Back from a ticket to the form, where there is one to go on with."""
        page, self._opened_from = self._opened_from, None
        if page is not None:
            self.pages.put(page)
            if isinstance(page, Cover):
                page.come_back()
                return
            page.list.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(page, ConflictPage):
                page.start()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """The form that is being typed, else the running call's, else none."""
        matter, draft = self._hub.state.matter(), self.form.draft()
        is_its_form = matter is not None and draft is not None and draft.call_id == matter.call_id
        if is_its_form or self.form.is_being_typed():
            self.pages.put(self.form)
            self.form.focus_first()
            self._follow()
        elif matter is not None and matter.phase in TALKING:
            self._open_for(matter.call_id)
        else:
            self.pages.put(self._welcome)
            self._welcome.setFocus()

    def toggle_devices(self) -> None:
        self.pages.toggle(self.devices)

    def toggle_call_log(self) -> None:
        if self.call_log is not None:
            self.pages.toggle(self.call_log)

    def cover_with(self, call_log: CallLogPage) -> None:
        """The call log is a page that covers what is in front, as the headset page does."""
        self.call_log = call_log
        self.pages.add_cover(call_log)

    def _uncovered(self, page: QWidget) -> None:
        if self._is_overtaken(page):
            self._go_on()
        else:
            self.pages.put(page)
            self.focus()

    def _is_overtaken(self, page: QWidget) -> bool:
        """Since this page was covered, another call has come in front of what it shows."""
        draft = self.form.draft()
        runs = self._hub.state.matter() is not None
        is_earlier = draft is not None and draft.call_id not in (None, self._hub.callers.subject)
        return runs if page is self._welcome else page is self.form and (runs or is_earlier)

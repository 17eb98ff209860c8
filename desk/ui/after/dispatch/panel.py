"""Dispatching on a ticket's page. The keyboard stays in one field: letters narrow the list down, Up and Down choose,
Enter sends the work and calls, digits take down what came of the call. Who is to be asked next is chosen already, so
that the usual dispatch is Alt+D, Enter, and 1 when they accept.

Ui process, Qt's thread; reads and writes on the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.domain.attempts import Outcome
from desk.domain.identity import TaskId, TicketId
from desk.domain.moves import MoveRefused
from desk.domain.tasks import OPEN_TASKS, Task
from desk.i18n import _
from desk.ui.after import words as after_words
from desk.ui.after.dispatch import words
from desk.ui.after.dispatch.front import DispatchFront
from desk.ui.after.dispatch.handler_call import Errand, HandlerCall
from desk.ui.after.dispatch.presenter import DispatchView, WhoLine, present, warm
from desk.ui.after.dispatch.uses import DispatchUses
from desk.ui.after.dispatch.words import Heard
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.hub import Hub
from desk.ui.steps import step
from desk.ui.worker import SAVE_LANE
from desk.usecases.answer_for_handler import Answered
from desk.usecases.dispatch import Order, Sent, TicketGone, Tried
from desk.usecases.find_handler import Proposal
from desk.usecases.read_ticket import TicketPage

NAME = "dispatch_panel"
T = TypeVar("T")
_READ = "dispatch"


@dataclass(frozen=True, kw_only=True)
class DispatchTools:
    hub: Hub
    uses: DispatchUses
    clock: Callable[[], datetime]
    zone: tzinfo


class DispatchPanel(TicketPanel):
    def __init__(self, tools: DispatchTools, parent: QWidget | None = None) -> None:
        super().__init__(NAME, parent)
        self._tools = tools
        self.setAccessibleName(_("Dispatch"))
        self._ticket_id: TicketId | None = None
        self._task_id: TaskId | None = None
        self._new = self._calls_when_read = False
        self._owed: bool | None = None
        self._writing = False
        self._proposal: Proposal | None = None
        self._view: DispatchView | None = None
        self.call = HandlerCall(tools.hub, self)
        self.call.answered.connect(self._talking)
        self.call.over.connect(self._talking)
        self.call.in_vain.connect(self._in_vain)
        self.call.failed.connect(lambda _errand: self.told.emit(_("The call did not go out; nothing was recorded.")))
        self.front = DispatchFront(tools.clock, tools.zone)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.front)
        self.setFocusProxy(self.front.field)
        self.front.entered.connect(self._enter)
        self.front.another.connect(self._another)
        self.front.closed.connect(self.left)
        self.front.heard.heard.connect(self._take_down)

    # What the page asks

    def open_for(self, page: TicketPage) -> None:
        if page.ticket.ticket_id != self._ticket_id:
            self._ticket_id, self._task_id, self._new = page.ticket.ticket_id, None, False
            self._proposal = self._view = self._owed = None
            self.front.blank(_("Reading who could take it ..."))
        self._read()
        self.front.take_keyboard()

    def refresh(self, page: TicketPage) -> None:
        if page.ticket.ticket_id == self._ticket_id:
            self._read()

    def forget(self) -> None:
        self._ticket_id = None
        self.front.blank("")

    def step_back(self) -> bool:
        if self.front.step_back():
            return True
        if self._new:
            self._another()
            return True
        return False

    def call_handler(self) -> None:
        """Call whoever has the task now, as soon as that is known."""
        self._calls_when_read = True
        if self._proposal is not None:
            self._call_holder()

    # Reading

    def _read(self) -> None:
        ticket_id, task_id = self._ticket_id, self._task_id
        if ticket_id is None:
            return
        propose = self._tools.uses.dispatch.propose
        self._tools.hub.worker.latest(
            _READ, lambda: warm(propose(ticket_id, task_id)), self._came, self._failed, owner=self
        )

    def _came(self, proposal: Proposal) -> None:
        before, self._proposal = self._view, proposal
        self._view = view = present(proposal, self._tools.clock(), self._tools.zone, new=self._new)
        if self._task_id is None and proposal.task is not None and not self._new:
            self._task_id = proposal.task.task_id
        keeps = before is not None and (before.preferred, before.holder) == (view.preferred, view.holder)
        self.front.show_view(view, new=self._new, keeps=keeps, can_add=bool(proposal.tasks))
        self.setAccessibleName(view.title)
        step("dispatch_shown", ticket_id=self._ticket_id or "")
        owed, self._owed = self._owed, None
        if self._calls_when_read:
            self._call_holder()
        elif owed is not None:
            self._enter(owed)

    def _open_tasks(self) -> list[Task]:
        tasks = self._proposal.tasks if self._proposal is not None else ()
        return [task for task in tasks if task.stage in OPEN_TASKS]

    # What the agent does

    def _enter(self, calls: bool) -> None:
        view, chosen, ticket_id = self._view, self.front.chosen, self._ticket_id
        if self._writing:
            return
        if view is None:
            self._owed = calls  # pressed before the people had come: done as soon as they have
        if view is None or chosen is None or ticket_id is None:
            return
        if chosen.staff_id == view.holder:
            if calls:
                self._call_holder()
            return
        if self.front.refuses_limit():
            return
        order = Order(
            handler_id=chosen.staff_id,
            task_id=None if self._new else self._task_id,
            title=self.front.title.text() if self._new else "",
            until=self.front.until(),
            reason=self._why(view, chosen),
            new=self._new,
        )
        send = self._tools.uses.dispatch.send
        self._write(lambda: send(ticket_id, order), lambda sent: self._sent(sent, chosen, calls=calls))

    def _why(self, view: DispatchView, chosen: WhoLine) -> str:
        """Why it goes to somebody else, where it was with somebody: on record with the move."""
        if view.holder is None or self._new:
            return ""
        pursuit = self._proposal.pursuit if self._proposal is not None else None
        holder = next((line.name for line in view.lines if line.staff_id == view.holder), "-")
        if pursuit is not None and pursuit.tries:
            return _("{name} not reached, tries: {count}").format(name=holder, count=pursuit.tries)
        return _("given from {holder} to {name}").format(holder=holder, name=chosen.name)

    def _sent(self, sent: Sent, to: WhoLine, *, calls: bool) -> None:
        self._task_id, self._new = sent.task.task_id, False
        self.front.forget_typed()
        step("ticket_dispatched", ticket_id=sent.ticket.ticket_id, task_id=sent.task.task_id)
        self.told.emit(_("{number} is sent to {name}.").format(number=sent.ticket.number, name=to.name))
        self.written.emit()
        self._read()
        self.front.take_keyboard()
        if calls and to.phone:
            self._dial(Errand(sent.ticket.ticket_id, sent.task.task_id, to.staff_id, to.phone))

    def _call_holder(self) -> None:
        self._calls_when_read = False
        view, proposal = self._view, self._proposal
        task = proposal.task if proposal is not None else None
        holder = next((line for line in view.lines if line.staff_id == view.holder), None) if view else None
        if task is None or holder is None:
            self.told.emit(_("Nobody has this task yet: send it to somebody first."))
        elif not holder.phone:
            self.told.emit(_("{name} has no number in the register.").format(name=holder.name))
        else:
            self.front.list.choose(holder.staff_id)
            self._dial(Errand(task.ticket_id, task.task_id, holder.staff_id, holder.phone))

    def _dial(self, errand: Errand) -> None:
        if self.call.can_dial():
            self.call.dial(errand)
        else:
            self.told.emit(_("Another call is being set up: try again when it is through."))

    def _another(self) -> None:
        """The next of several tasks, after the last one a new one, and so round."""
        proposal = self._proposal
        if proposal is None:
            return
        ids = [task.task_id for task in self._open_tasks()]
        at = ids.index(self._task_id) + 1 if self._task_id in ids and not self._new else 0
        self._new = not self._new and at >= len(ids)
        self._task_id = None if self._new or not ids else ids[at]
        self._view = self._owed = None
        self.front.heard.clear()
        self._read()
        self.front.title.setVisible(self._new)
        (self.front.title if self._new else self.front.field).setFocus(Qt.FocusReason.OtherFocusReason)

    # What came of a call

    def _talking(self, errand: Errand) -> None:
        if self.isVisible() and errand.ticket_id == self._ticket_id:
            self.front.take_keyboard()
            self.told.emit(_("Take down what they say: a digit is enough."))

    def _in_vain(self, errand: Errand, outcome: Outcome) -> None:
        lines = self._view.lines if self._view is not None else ()
        name = next((line.name for line in lines if line.staff_id == errand.staff_id), errand.number)
        told = _("{name}: {outcome}, recorded.").format(name=name, outcome=after_words.outcome(outcome))
        self._put(self._tried(errand, outcome), told)

    def _take_down(self, heard: Heard, text: str, next_at: datetime | None) -> None:
        """What they said, or why nobody did, of the task that is shown."""
        proposal, view = self._proposal, self._view
        task = proposal.task if proposal is not None else None
        if self._writing or task is None or view is None or view.holder is None:
            return
        number = next((line.phone for line in view.lines if line.staff_id == view.holder), "")
        tried = self._tried(Errand(task.ticket_id, task.task_id, view.holder, number), heard.outcome, next_at)
        said = heard.said
        self.call.settle(task.task_id, reached=said is not None or heard is Heard.LATER)
        if said is None:
            self._put(tried, _("Recorded: {outcome}.").format(outcome=words.heard(heard)))
            return
        answered = self._tools.uses.dispatch.answered
        self._write(lambda: answered(tried, said, text), self._answered)

    def _tried(self, errand: Errand, outcome: Outcome, next_at: datetime | None = None) -> Tried:
        """With the call, where this seat's telephone made one about it."""
        call_id = self.call.call_id_about(errand.task_id)
        number = errand.number if call_id else ""
        return Tried(errand.ticket_id, errand.task_id, errand.staff_id, outcome, number, call_id, next_at=next_at)

    def _put(self, tried: Tried, told: str) -> None:
        def done(_proposal: Proposal) -> None:
            step("attempt_recorded", ticket_id=tried.ticket_id, outcome=tried.outcome.value)
            self.told.emit(told)
            self.written.emit()
            self._read()

        called = self._tools.uses.dispatch.called
        self._write(lambda: called(tried), done)

    def _answered(self, answered: Answered) -> None:
        step("handler_answered", said=answered.said.value if answered.said else "", taken=answered.taken)
        self.told.emit(words.answered(answered))
        self.written.emit()
        self._read()

    def _write(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """One thing at a time: until it is on the disk no key does another (an Enter pressed twice sends once)."""

        def wrote(result: T) -> None:
            self._writing = False
            self._view = None  # what is shown is of before; keys wait for what is now
            done(result)

        self._writing = True
        self._tools.hub.worker.run(work, wrote, self._failed, lane=SAVE_LANE, owner=self)

    def _failed(self, error: Exception) -> None:
        self._writing = False
        match error:
            case MoveRefused():
                self.told.emit(words.refused(error.reason))
            case TicketGone():
                self.told.emit(_("This ticket is not here (yet)."))
            case _:
                self._tools.hub.failed(error)

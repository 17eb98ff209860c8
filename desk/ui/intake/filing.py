"""The way from the form to a ticket: filing, joining an open one, and what the sheet says of how it ended. Surprising
choice: while a suggestion that was taken by a fast Enter has not arrived, filing waits for it instead of refusing.

Ui process, Qt's thread."""

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.drafts import Draft
from desk.domain.identity import TicketId
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui.intake import words
from desk.ui.intake.clerk import Clerk
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.page import Page
from desk.ui.intake.parts import IntakeParts
from desk.ui.intake.showing import Showing
from desk.ui.steps import step
from desk.usecases.file_ticket import Reason

SLOW_MS = 150


class Filing(QObject):
    """`done_with(draft id)`: it has become a ticket's, which `filed(Ticket)` or `joined(ticket id)` tells next."""

    done_with = Signal(str)
    filed = Signal(object)
    joined = Signal(str)

    def __init__(self, page: Page, editor: IntakeEditor, showing: Showing, parts: IntakeParts) -> None:
        super().__init__(page)
        self._page, self._editor, self._showing, self._parts = page, editor, showing, parts
        self._clerk = Clerk(parts, self)
        self._waiting: bool | None = None  # for a debt: answered at once or not
        page.file_button.clicked.connect(lambda: self._ask_to_file(answered_at_once=False))
        page.at_once_button.clicked.connect(lambda: self._ask_to_file(answered_at_once=True))
        for box in (page.fields.category, page.fields.place):
            box.settled.connect(self._settled)
        self._clerk.filed.connect(self._has_filed)
        self._clerk.joined.connect(self._has_joined)
        self._clerk.not_open.connect(self._could_not_join)
        self._clerk.refused.connect(self._is_refused)
        self._clerk.failed.connect(self._has_failed)

    @property
    def is_busy(self) -> bool:
        """What stands in the form is on its way."""
        return self._clerk.is_busy

    def wait_no_more(self) -> None:
        """Another draft comes: a filing that waited was none of it."""
        self._waiting = None

    def join(self, ticket_id: TicketId) -> None:
        """See `IntakeForm.join_to`."""
        draft = self._editor.draft(self._parts.clock())
        if draft.call_id is None and not draft.intake.description.strip():
            self._page.strip.say_notice(_("Write in a few words who asks again, and what they say; then the same key."))
            self._page.fields.description.setFocus()
            return
        self._clerk.join(draft, ticket_id)

    @property
    def _is_owed(self) -> bool:
        return self._page.fields.category.is_owing or self._page.fields.place.is_owing

    def _ask_to_file(self, *, answered_at_once: bool) -> None:
        if not self._editor.draft_id or self._clerk.is_busy:
            return
        if self._is_owed:
            self._waiting = answered_at_once
            return
        self._waiting = None
        self._page.fields.category.close_list()
        self._page.fields.place.close_list()
        # Only a filing that takes long is told: painting it would take the worker's time from the filing itself.
        QTimer.singleShot(SLOW_MS, self, self._say_slow)
        self._clerk.file(self._editor.to_file(self._parts.clock()), answered_at_once=answered_at_once)

    def _say_slow(self) -> None:
        if self._clerk.is_busy:
            self._page.say_state(_("Filing ..."), "caption")

    def _settled(self) -> None:
        if self._waiting is not None and not self._is_owed:
            self._ask_to_file(answered_at_once=self._waiting)

    def _has_filed(self, ticket: Ticket, closed: bool) -> None:
        self.done_with.emit(ticket.ticket_id)
        self._page.strip.say_filed(ticket, closed=closed)
        step("ticket_filed", ticket_id=ticket.ticket_id)
        self.filed.emit(ticket)

    def _has_joined(self, draft: Draft, ticket: Ticket) -> None:
        self.done_with.emit(draft.draft_id)
        self._page.strip.say_joined(ticket, by_call=draft.call_id is not None)
        step("call_joined", ticket_id=ticket.ticket_id, call_id=draft.call_id or "")
        self.joined.emit(ticket.ticket_id)

    def _could_not_join(self) -> None:
        self._page.strip.say_trouble(_("That ticket is closed by now. File a new one."))

    def _is_refused(self, draft_id: str, problems: dict[str, Reason]) -> None:
        self._page.say_state("", "caption")
        if self._editor.draft_id != draft_id:
            self._page.strip.say_trouble(_("A ticket was not filed; its draft waits in the list on the left."))
            return
        refused = words.refusals(problems)
        self._showing.refused = refused
        self._showing.show_notes()
        first = next(iter(refused), None)
        if first is not None:
            self._page.fields.widgets[first].setFocus()
        step("intake_refused", draft_id=draft_id, fields=sorted(problems))

    def _has_failed(self, error: Exception) -> None:
        self._page.say_state("", "caption")
        self._parts.failed(error)
        self._page.strip.say_trouble(
            _("Not filed: this seat's disk cannot be written. Your text stays here; try again with Ctrl+Enter.")
        )

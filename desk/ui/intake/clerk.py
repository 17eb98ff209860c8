"""Files and joins beside Qt's thread, after every save of the draft that still waits, and says how it ended. One step
at a time: a key pressed twice files once. Ui process, Qt's thread (the writing itself on the worker's save lane)."""

from PySide6.QtCore import QObject, Signal

from desk.domain.drafts import Draft
from desk.domain.identity import TicketId
from desk.domain.tickets import Stage, Ticket
from desk.ui.intake.parts import IntakeParts
from desk.ui.steps import mark
from desk.ui.worker import SAVE_LANE
from desk.usecases.file_ticket import IntakeRefused
from desk.usecases.follow_caller import tie_in
from desk.usecases.join_call import TicketNotOpen


class Clerk(QObject):
    """`filed(Ticket, closed at once)`, `joined(Draft, Ticket)`, `refused(draft id, field -> Reason)`, `not_open()`: the
    ticket to join is closed by now; `failed(error)`: the store, or a bug."""

    filed = Signal(object, bool)
    joined = Signal(object, object)
    refused = Signal(str, object)
    not_open = Signal()
    failed = Signal(object)

    def __init__(self, parts: IntakeParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._busy = False

    @property
    def is_busy(self) -> bool:
        return self._busy

    def file(self, draft: Draft, *, answered_at_once: bool) -> None:
        filing = self._parts.filing
        mark("filing_asked", draft_id=draft.draft_id)

        def file() -> Ticket:
            ticket = filing.file(draft, answered_at_once)
            mark("filing_durable", draft_id=draft.draft_id)  # here, on the worker: when it is on disk
            return ticket

        def filed(ticket: Ticket) -> None:
            self._busy = False
            self.filed.emit(ticket, ticket.stage is Stage.CLOSED)

        def failed(error: Exception) -> None:
            self._busy = False
            if isinstance(error, IntakeRefused):
                self.refused.emit(draft.draft_id, error.reasons)
            else:
                self.failed.emit(error)

        self._busy = True
        self._parts.settle()  # whom the agent has just chosen on the card
        self._parts.worker.run(file, filed, failed, lane=SAVE_LANE, owner=self)

    def join(self, draft: Draft, ticket_id: TicketId) -> None:
        """The draft's call joins this ticket, without one whoever came by; what was typed goes along."""
        if self._busy:
            return
        callers, joining = self._parts.callers, self._parts.joining

        def join() -> Ticket:
            intake = callers.follow(draft).intake
            tie, number, name = tie_in(intake), intake.contact_number, intake.caller_name
            return joining.join(
                draft.call_id, ticket_id, intake.description, tie.person_id, tie.household_id, number, name
            )

        def joined(ticket: Ticket) -> None:
            self._busy = False
            self.joined.emit(draft, ticket)

        def failed(error: Exception) -> None:
            self._busy = False
            if isinstance(error, TicketNotOpen):
                self.not_open.emit()
            else:
                self.failed.emit(error)

        self._busy = True
        self._parts.settle()
        self._parts.worker.run(join, joined, failed, lane=SAVE_LANE, owner=self)

"""The call to a handler about a task: it is dialled (where a resident is on the line as a consultation, so that the
three can talk), followed until it ends, and what nobody took is put into an outcome by its SIP status code, so that a
try in vain costs no key. Ui process, Qt's thread."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.attempts import Outcome
from desk.domain.calls import TALKING, Call, Phase
from desk.domain.commands import Dial, HangUp
from desk.domain.identity import CallId, StaffId, TaskId, TicketId
from desk.domain.party import Direction
from desk.ui.hub import Hub

_EXPECTED_MS = 10_000  # the phone says within that time that it dials, or has refused

# RFC 3261 section 21: what an exchange says of somebody who was called. 487: we gave up while it rang.
OUTCOMES = {
    404: Outcome.WRONG_NUMBER,
    408: Outcome.NO_ANSWER,
    410: Outcome.WRONG_NUMBER,
    480: Outcome.OFF,
    484: Outcome.WRONG_NUMBER,
    486: Outcome.BUSY,
    487: Outcome.NO_ANSWER,
    600: Outcome.BUSY,
    603: Outcome.BUSY,
    604: Outcome.WRONG_NUMBER,
}


@dataclass(frozen=True, slots=True)
class Errand:
    """Whom the call is to, and about what."""

    ticket_id: TicketId
    task_id: TaskId
    staff_id: StaffId
    number: str


class HandlerCall(QObject):
    """`answered(Errand)`: they are on the line. `in_vain(Errand, Outcome)`: nobody took it. `over(Errand)`: they were
    talked to and the call is over. `failed(Errand)`: it never got as far as them; nothing was tried."""

    answered = Signal(object)
    in_vain = Signal(object, object)
    over = Signal(object)
    failed = Signal(object)

    def __init__(self, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._errand: Errand | None = None  # while it runs
        self._last: Errand | None = None
        self._call_id: CallId | None = None
        self._expected = QTimer(self, singleShot=True, interval=_EXPECTED_MS)
        self._expected.timeout.connect(self._give_up)
        hub.call_opened.connect(self._opened)
        hub.call_answered.connect(self._answered)
        hub.call_ended.connect(self._ended)
        hub.refused.connect(lambda refused: self._give_up() if refused.command == "Dial" else None)

    def call_id_about(self, task_id: TaskId) -> CallId | None:
        """Of the last call, where it was about this task."""
        return self._call_id if self._last is not None and self._last.task_id == task_id else None

    def can_dial(self) -> bool:
        """No other call is being set up."""
        front = self._hub.state.front()
        return not self._hub.is_shut and (front is None or front.phase in TALKING) and self._errand is None

    def dial(self, errand: Errand) -> None:
        front = self._hub.state.front()
        self._errand = self._last = errand
        self._call_id = None
        self._expected.start()
        about = front.call_id if front is not None and front.phase in TALKING else None
        self._hub.do(Dial(errand.number, consults=about))

    def settle(self, task_id: TaskId, *, reached: bool) -> None:
        """What came of the call about this task was taken down by hand: it is not recorded once more when it ends. One
        that rings and that nobody takes is given up."""
        if self._errand is None or self._errand.task_id != task_id:
            return
        self._errand = None
        self._expected.stop()
        call = self._hub.state.calls.get(self._call_id) if self._call_id else None
        if not reached and call is not None and call.phase is Phase.DIALLING:
            self._hub.do(HangUp(call.call_id))

    def _opened(self, call: Call) -> None:
        if self._errand is not None and self._call_id is None and call.direction is Direction.OUTGOING:
            self._call_id = call.call_id
            self._expected.stop()

    def _answered(self, call: Call) -> None:
        if self._errand is not None and call.call_id == self._call_id:
            self.answered.emit(self._errand)

    def _ended(self, call: Call) -> None:
        errand = self._errand
        if errand is None or call.call_id != self._call_id:
            return
        self._errand = None
        outcome = OUTCOMES.get(call.cause)
        if call.answered_at is not None:
            self.over.emit(errand)
        elif outcome is not None:
            self.in_vain.emit(errand, outcome)
        else:
            self.failed.emit(errand)

    def _give_up(self) -> None:
        errand = self._errand
        if errand is not None and self._call_id is None:
            self._errand = None
            self._expected.stop()
            self.failed.emit(errand)

"""The window's knowledge and its wires. Messages of the links come in on their own threads (`receive`), are posted to
Qt's thread and taken into `SeatState`; what changed goes out as signals. Commands to the phone leave through `do`.

A call's first message starts its screen pop before it is posted, still on the link's thread: see `callers`. What else
the window knows has a part of its own: who is calling (`callers`), what lies unfinished (`unfinished`), which call was
made about what (`errands`).

Ui process. `receive` from any thread; all else on Qt's."""

import logging
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desk import wire
from desk.domain.calls import Phase
from desk.domain.commands import Command, Dial, TakeSeat, WatchLevels
from desk.domain.dial_text import requested_text
from desk.domain.estate import Staff
from desk.domain.events import (
    CallDialled,
    CallOffered,
    CallTransferred,
    CodeDialled,
    CommandRefused,
    HeadsetChecked,
    PromptRecorded,
    TransferFailed,
    TransferProgressed,
    TransferStarted,
)
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.link.addresses import LinkDown
from desk.ui.callers import Callers
from desk.ui.errand_calls import ErrandCalls
from desk.ui.seat_state import Agent, Part, SeatState, Taken, Turn
from desk.ui.steps import mark, step
from desk.ui.unfinished import Unfinished
from desk.ui.worker import Worker
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull
from desk.usecases.profile import Candidate, Card, Profile

_log = logging.getLogger("desk.ui.hub")
_STORE_TROUBLES: dict[type[Exception], Trouble] = {
    StoreFull: Trouble.STORE_FULL,
    StoreBroken: Trouble.STORE_BROKEN,
    KeyMissing: Trouble.STORE_KEY_MISSING,
    KeyringWeak: Trouble.KEYRING_WEAK,
}


class Hub(QObject):
    """Commands go out by `command`, which raises `LinkDown` where the phone is away."""

    call_opened = Signal(object)  # Call: rings, is being dialled, or was found running at attach
    call_answered = Signal(object)  # Call: is up for the first time
    call_ended = Signal(object)  # Call
    calls_changed = Signal()
    line_changed = Signal()
    headset_changed = Signal()
    levels_measured = Signal()
    troubles_changed = Signal()
    central_changed = Signal()
    rows_changed = Signal(object)  # tuple of entity names that sync altered in the store
    caller_fetched = Signal(object)  # wire.CallerFetched
    refused = Signal(object)  # CommandRefused
    availability_changed = Signal()
    transfer_told = Signal(object)  # TransferStarted, TransferProgressed, TransferFailed or CallTransferred
    code_dialled = Signal(object)  # CodeDialled
    call_requested = Signal(str)  # a number in the window that the agent has clicked, or pressed its row's key for
    call_back_requested = Signal(str, str)  # the same of a past call, and the line that it came by
    follow_up_wanted = Signal(str)  # a follow-up without a ticket is to be made: its id
    dial_requested = Signal(str)  # a number or URI to put into the dial box: nobody has pressed a key for it yet
    restarted = Signal(object)  # wire.Restarted
    stranger_refused = Signal(object)  # wire.StrangerRefused
    headset_checked = Signal(object)  # HeadsetChecked
    prompt_recorded = Signal(object)  # PromptRecorded
    prompts_changed = Signal()
    front_wanted = Signal()  # a second start of Desk asks this window to come forward
    agent_changed = Signal()
    phone_joined = Signal()  # it is there (again), and knows who sits here
    lock_changed = Signal()
    updates_told = Signal(object)  # wire.Updates
    seat_told = Signal(object)  # wire.SignInJudged, wire.Seated or wire.PutOut
    bug_seen = Signal(str)  # an unexpected error, its type; the log has the rest

    _arrived = Signal(object)

    def __init__(
        self,
        *,
        command: Callable[[Command], None],
        profile_of: Callable[[Party, CallId], Profile],
        card_of: Callable[[Candidate], Card],
        clock: Callable[[], datetime],
        staff_of: Callable[[str], Staff | None] = lambda _number: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = SeatState(clock)
        self.worker = Worker(self.failed, self)
        self.clock = clock
        self.agent: Agent | None = None
        self.locked = False
        self.is_guarded = False  # who signs in has to prove who they are
        self._command = command
        self.callers = Callers(
            self.state, self.worker, profile_of=profile_of, card_of=card_of, staff_of=staff_of, parent=self
        )
        self.unfinished = Unfinished(self)
        self.errands = ErrandCalls()
        self.call_opened.connect(self.errands.opened)
        self.agent_changed.connect(self.errands.forget)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def call_about(self, number: str, about: str) -> None:
        """Have this number called about a ticket, or what belongs to none (its id): see `errand_calls`."""
        self.errands.wanted(about, number)
        self.call_requested.emit(number)

    # Coming in

    def receive(self, message: object) -> None:
        """A message of a link. Any thread; a call's first one waits a moment for its profile (`Callers.ask_ahead`)."""
        opens = isinstance(message, CallOffered | CallDialled)
        if opens:
            mark("call_received", call_id=message.call_id)  # type: ignore[attr-defined]
            self.callers.ask_ahead(message.call_id, message.party)  # type: ignore[attr-defined]
        self._arrived.emit(message)

    @Slot(object)
    def _take(self, message: object) -> None:
        match message:
            case CommandRefused():
                _log.info("command refused", extra={"command": message.command, "reason": message.reason})
                self.refused.emit(message)
            case CodeDialled():
                _log.info("code dialled", extra={"sip_code": message.code, "reason": message.reason})
                self.code_dialled.emit(message)
            case TransferStarted() | TransferProgressed() | TransferFailed() | CallTransferred():
                self._tell(self.state.take(message))
                self.transfer_told.emit(message)
            case HeadsetChecked() | PromptRecorded():
                signal = self.headset_checked if isinstance(message, HeadsetChecked) else self.prompt_recorded
                signal.emit(message)
            case wire.SignInJudged() | wire.Seated() | wire.PutOut():
                self.seat_told.emit(message)
            case wire.Restarted() | wire.CallerFetched() | wire.Updates() | wire.StrangerRefused():
                told = {wire.Restarted: self.restarted, wire.CallerFetched: self.caller_fetched}
                told[wire.StrangerRefused] = self.stranger_refused
                told.get(type(message), self.updates_told).emit(message)
            case wire.Pushed(entities):
                self.rows_changed.emit(entities)
            case wire.ShowWindow() | wire.DialRequested():
                self._asked_from_outside(message)
            case _:
                self._tell(self.state.take(message))
                if isinstance(message, PhoneSnapshot):
                    self._watch_levels()
                    self._take_seat()
                    self.phone_joined.emit()

    def _asked_from_outside(self, message: wire.ShowWindow | wire.DialRequested) -> None:
        self.front_wanted.emit()
        if isinstance(message, wire.DialRequested):
            self.dial_requested.emit(requested_text(message.target))

    def _tell(self, taken: Taken) -> None:
        for turn in taken.turns:
            self._tell_turn(turn)
        signals = {
            Part.CALLS: self.calls_changed,
            Part.LINE: self.line_changed,
            Part.HEADSET: self.headset_changed,
            Part.LEVELS: self.levels_measured,
            Part.TROUBLES: self.troubles_changed,
            Part.CENTRAL: self.central_changed,
            Part.PROMPTS: self.prompts_changed,
            Part.AVAILABILITY: self.availability_changed,
        }
        for part, signal in signals.items():
            if part in taken.parts:
                signal.emit()

    def _tell_turn(self, turn: Turn) -> None:
        call = turn.after
        talking = (Phase.UP, Phase.HELD)
        if turn.before is None:
            self.callers.opened(call)
            self.call_opened.emit(call)
        if call.phase in talking and (turn.before is None or turn.before.phase not in talking):
            self.call_answered.emit(call)
        if call.phase is Phase.ENDED:
            self.call_ended.emit(call)
        self.callers.follow(call)

    # Going out

    def do(self, command: Command) -> None:
        """A command to the phone; a refusal, or a phone that is away, is told in the window."""
        step("command", command=type(command).__name__, call_id=getattr(command, "call_id", ""))
        if isinstance(command, Dial) and not command.target.strip():
            return
        try:
            self._command(command)
        except LinkDown as error:
            self.refused.emit(CommandRefused(type(command).__name__, "phone_away", str(error)))

    def call_by(self, number: str, line: str) -> None:
        """Dial by this line (its label)."""
        self.do(Dial(number, line))

    def _watch_levels(self) -> None:
        """The microphone's level is always shown: a dead headset is to be seen before the next call."""
        try:
            self._command(WatchLevels(on=True))
        except LinkDown:
            _log.debug("the phone is away again")

    # Who is here

    @property
    def is_shut(self) -> bool:
        """Nobody is to read or to dial here now; calls can be taken and ended."""
        return self.is_guarded and (self.agent is None or self.locked)

    def lock(self, *, on: bool) -> None:
        self.locked = on
        if self.state.phone_here:
            self._take_seat()
        self.lock_changed.emit()

    def sign_in(self, agent: Agent | None) -> None:
        self.agent, self.locked = agent, False
        step("signed_in" if agent else "signed_out")
        if self.state.phone_here:
            self._take_seat()
        self.agent_changed.emit()

    def _take_seat(self) -> None:
        """Tell the phone under whose work number calls are logged from now on."""
        self.do(TakeSeat(self.agent.number if self.agent else "", self.locked))

    # What went wrong

    def failed(self, error: Exception) -> None:
        """An error nobody expected where it arose. The surroundings' faults become a lamp; the rest is a bug, loud in
        the log and told in the window."""
        for kind, trouble in _STORE_TROUBLES.items():
            if isinstance(error, kind):
                self._tell(self.state.raise_trouble(Wrong(trouble, self.clock(), str(error))))
                return
        _log.error("unexpected error", exc_info=error)
        self.bug_seen.emit(type(error).__name__)

    def store_works(self) -> None:
        """Something was written: what was wrong with the store is over."""
        for trouble in (Trouble.STORE_FULL, Trouble.STORE_BROKEN):
            self._tell(self.state.clear_trouble(trouble))

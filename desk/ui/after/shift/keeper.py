"""What of a shift is written without anybody asking for it: a sign-in begins a stay and a sign-out ends it, a change of
state begins a span; and what the agent is told when they sit down. All in order on the worker's save lane.

A seat that cannot write must not keep anybody from the telephone: what fails here is told as the store's trouble, and
the call goes on. Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk.domain.agent_state import AgentState
from desk.ui.after.shift.uses import ShiftParts, ShiftUses
from desk.ui.steps import step
from desk.ui.telephone.availability import AgentStates
from desk.ui.worker import SAVE_LANE

if TYPE_CHECKING:
    from desk.usecases.hand_over import NoteOpened


@dataclass(frozen=True, slots=True)
class Waiting:
    """Notes for whoever sits here: `words` says of the first from whom it is and what is in it."""

    notes: "tuple[NoteOpened, ...]" = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class SatDown:
    """`told`: what the agent is to be told of it, "" nothing."""

    stay_id: str
    turn_id: str
    told: str
    waiting: Waiting


class ShiftKeeper(QObject):
    """`said(text)`: a word for the line at the bottom. `notes_waiting(Waiting)`: for whoever sits here now.
    `leaves_work`: why somebody who signs out now goes although promises are theirs, "" = nothing keeps them."""

    said = Signal(str)
    notes_waiting = Signal(object)

    def __init__(self, parts: ShiftParts, states: AgentStates, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts, self._states = parts, states
        self._who = ""
        self._state = AgentState.READY
        self.leaves_work = ""
        parts.hub.agent_changed.connect(self._agent_changed)
        states.changed.connect(self._state_changed)
        parts.hub.rows_changed.connect(self._rows_changed)

    def closing(self) -> None:
        """The window is being closed: the shift at this seat is over, and what was promised goes into a note."""
        who, self._who = self._who, ""
        if not who:
            return

        def leave() -> None:
            from desk.usecases.keep_stay import WINDOW_CLOSED

            uses = self._parts.uses()
            uses.hand_over.leave_note(who)
            uses.stays.sign_out(who, WINDOW_CLOSED)

        self._parts.hub.worker.run(leave, lane=SAVE_LANE)

    def look_for_notes(self) -> None:
        who = self._who
        if who:
            uses = self._parts.uses
            self._parts.hub.worker.latest(
                "hand-over-notes",
                lambda: _waiting(uses(), who),
                self.notes_waiting.emit,
                lane=SAVE_LANE,
                owner=self,
            )

    def _agent_changed(self) -> None:
        number = self._parts.work_number()
        if number == self._who:
            return
        before, self._who = self._who, number
        if before:
            self._leave(before)
        if number:
            self._state = AgentState.READY
            self._do(lambda: self._sit_down(number), self._sat_down)
        else:
            self.notes_waiting.emit(Waiting())

    def _sit_down(self, who: str) -> SatDown:
        from desk.ui.after.shift import presenter

        uses = self._parts.uses()
        told = uses.stays.sign_in(who)
        uses.states.enter(who, AgentState.READY)
        uses.hand_over.come_back(who)
        words = presenter.signed_in(told, self._parts.zone)
        return SatDown(told.stay.stay_id, told.stay.duty_turn_id or "", words, _waiting(uses, who))

    def _sat_down(self, sat: SatDown) -> None:
        step("shift_begun", stay_id=sat.stay_id, turn=sat.turn_id)
        if sat.told:
            self.said.emit(sat.told)
        self.notes_waiting.emit(sat.waiting)

    def _leave(self, who: str) -> None:
        reason, self.leaves_work = self.leaves_work, ""

        def leave() -> None:
            from desk.usecases.keep_stay import LEFT_WORK, SIGNED_OUT

            uses, why = self._parts.uses(), LEFT_WORK if reason else SIGNED_OUT
            uses.hand_over.leave_note(who)
            uses.stays.sign_out(who, why, reason)

        self._do(leave, lambda _none: step("shift_ended"))

    def _state_changed(self) -> None:
        """Another state, or the reason of this one."""
        who, state, reason = self._who, self._states.state, self._states.reason
        if not who or who != self._parts.work_number() or (state is self._state and not reason):
            return
        self._state = state
        self._do(lambda: self._parts.uses().states.enter(who, state, reason), lambda _span: None)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if "hand_over" in entities:
            self.look_for_notes()

    def _do(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        def written(result: object) -> None:
            self._parts.written()
            done(result)

        self._parts.hub.worker.run(work, written, lane=SAVE_LANE, owner=self)


def _waiting(uses: ShiftUses, who: str) -> Waiting:
    from desk.ui.after.shift import presenter

    notes = tuple(uses.hand_over.waiting(who))
    return Waiting(notes, presenter.offer(notes[0], presenter.Names(uses.roster.names())) if notes else "")

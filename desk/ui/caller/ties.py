"""Saying who the caller is, as the agent decides it: another candidate, somebody found by searching, somebody new.

Choosing is shown at once and written a moment later, when the agent has stopped switching, so that leafing through
four candidates is one change and not four. Attaching a number is one step: number and call are written together, and
the card shows the caller without waiting for the disk. Ui process, Qt's thread; the writing is done by the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.identity import CallId, HouseholdId, PersonId
from desk.ui.hub import Hub
from desk.ui.steps import step
from desk.ui.worker import SAVE_LANE
from desk.usecases.attach_number import Attached, AttachNumber
from desk.usecases.profile import Candidate
from desk.usecases.tie_call import TieCall

SETTLE_MS = 1500


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A caller nobody has in the register: the name as typed; the home of the candidate in front, where there is
    one."""

    name: str
    household_id: HouseholdId | None = None


class CallerTies(QObject):
    """`written()`: something was put into the store (the centre may be nudged)."""

    written = Signal()

    def __init__(self, hub: Hub, attach: AttachNumber, tie: TieCall, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._attach_number, self._tie_call = hub, attach, tie
        self._chosen: dict[CallId, Candidate] = {}
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settled.timeout.connect(self.write_now)

    def next_candidate(self, by: int = 1) -> None:
        """The next one of those the number may stand for, round and round."""
        call_id = self._hub.subject
        profile = self._hub.pop(call_id).profile
        if call_id is None or profile is None or len(profile.candidates) < 2:
            return
        self.choose((self._hub.pop(call_id).chosen + by) % len(profile.candidates))

    def choose(self, index: int) -> None:
        call_id = self._hub.subject
        profile = self._hub.pop(call_id).profile
        if call_id is None or profile is None or not 0 <= index < len(profile.candidates):
            return
        self._hub.choose(call_id, index)
        self._chosen[call_id] = profile.candidates[index]
        self._settled.start()

    def write_now(self) -> None:
        """Write the choices that have settled. Called at the latest when the window closes."""
        chosen, self._chosen = self._chosen, {}
        for call_id, candidate in chosen.items():
            person, home = _ids(candidate)
            self._write(partial(self._tie_call.tie, call_id, person, home))

    def is_caller(self, candidate: Candidate) -> None:
        """The caller was found by searching: show them, file their number, tie the call."""
        call_id = self._hub.subject
        if call_id is None:
            return
        number = self._number(call_id)
        self._hub.put_candidate(call_id, candidate)
        self._chosen.pop(call_id, None)
        person, home = _ids(candidate)
        step("caller_attached", call_id=call_id)
        if person is not None:
            self._write(lambda: self._attach_number.to_person(person, number, call_id, home))
        elif home is not None:
            self._write(lambda: self._attach_number.to_household(home, number, call_id))

    def is_new(self, new: NewPerson) -> None:
        """The caller is nobody the register has."""
        call_id = self._hub.subject
        if call_id is None or not new.name.strip():
            return
        number = self._number(call_id)
        party = self._hub.state.calls[call_id].party

        def attach() -> Attached:
            return self._attach_number.to_new_person(new.name, number, new.household_id, call_id=call_id)

        step("caller_attached", call_id=call_id)
        self._write(attach, lambda: self._hub.look_again(call_id, party))

    def _number(self, call_id: CallId) -> str:
        call = self._hub.state.calls.get(call_id)
        return call.party.number if call and not call.party.withheld else ""

    def _write(self, work: Callable[[], object], then: Callable[[], None] | None = None) -> None:
        def done(_result: object) -> None:
            self._hub.store_works()
            self.written.emit()
            if then is not None:
                then()

        self._hub.worker.run(work, done, lane=SAVE_LANE)


def _ids(candidate: Candidate) -> tuple[PersonId | None, HouseholdId | None]:
    return (
        candidate.person.person_id if candidate.person else None,
        candidate.household.household_id if candidate.household else None,
    )

"""Saying who the caller is, as the agent decides it: another candidate, somebody found by searching, somebody new; of
the call in front, or of one that is over.

Choosing is shown at once and written a moment later, when the agent has stopped switching, so that leafing through
four candidates is one change and not four. Attaching a number is one step: number and call are written together, and
the card shows the caller without waiting for the disk. What is found belongs to the call that the search was begun
for, also where another one has come meanwhile. `not_them` is the step back. What a full disk would not take waits here
and is tried again. Ui process, Qt's thread; the writing is done by the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desk.domain.estate import Building, Household, Person, Role
from desk.domain.identity import CallId, PersonId
from desk.i18n import _
from desk.ui.caller.card_presenter import name_of
from desk.ui.hub import Hub
from desk.ui.steps import step
from desk.ui.worker import SAVE_LANE
from desk.usecases.attach_number import Attached, AttachNumber
from desk.usecases.ports import StoreBroken, StoreFull
from desk.usecases.profile import Candidate
from desk.usecases.tie_call import TieCall

SETTLE_MS = 1500
AGAIN_MS = 2000
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A caller nobody has in the register: the name as typed; the home they are said to belong to, and as what."""

    name: str
    household: Household | None = None
    building: Building | None = None
    role: Role = Role.FAMILY


@dataclass(frozen=True, slots=True)
class OnlyThisCall:
    """They call from somebody else's telephone: the call is theirs, its number is not."""

    caller: Candidate | NewPerson


class Whose(Enum):
    """The number that a call came by."""

    WITHHELD = "withheld"
    NOBODYS = "nobodys"
    RESIDENTS = "residents"
    COLLEAGUES = "colleagues"


class CallerTies(QObject):
    """`written()`: something was put into the store (the centre may be nudged). `told(words)`: why nothing was, or to
    which other call."""

    written = Signal()
    told = Signal(str)

    def __init__(
        self,
        hub: Hub,
        attach: AttachNumber,
        tie: TieCall,
        parent: QObject | None = None,
        *,
        toggle_tag: Callable[[Candidate, str], bool] = lambda _candidate, _tag: False,
    ) -> None:
        super().__init__(parent)
        self._hub, self._attach_number, self._tie_call, self._toggle_tag = hub, attach, tie, toggle_tag
        self._callers = hub.callers
        self._chosen: dict[CallId, Candidate] = {}
        self._new_members: dict[PersonId, str] = {}  # those added by this window -> their membership
        self._is_seeking = False
        self._sought: CallId | None = None
        self._under_way = 0
        self._is_told = False  # that something waits
        self._waiting: list[Callable[[], None]] = []  # what the store would not take, in order
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._try_again)
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settled.timeout.connect(self.write_now)

    def next_candidate(self, by: int = 1) -> None:
        """The next one of those the number may stand for, round and round."""
        call_id = self._callers.subject
        profile = self._callers.pop(call_id).profile
        if call_id is None or profile is None or len(profile.candidates) < 2:
            return
        self.choose((self._callers.pop(call_id).chosen + by) % len(profile.candidates))

    def choose(self, index: int) -> None:
        call_id = self._callers.subject
        profile = self._callers.pop(call_id).profile
        if call_id is None or profile is None or not 0 <= index < len(profile.candidates):
            return
        self._callers.choose(call_id, index)
        self._chosen[call_id] = profile.candidates[index]
        self._settled.start()

    def write_now(self) -> None:
        """Write what was chosen, after what still waits. Called at the latest when the window closes."""
        self._try_again()
        chosen, self._chosen = self._chosen, {}
        for call_id, candidate in chosen.items():
            self._write(partial(self._tie_call.tie, call_id, candidate.tie.person_id, candidate.tie.household_id))

    def seek(self, text: str) -> None:
        """What stands in the search now: from its first letter on it is for the call that is on the card then. ""
        ends it."""
        if not text:
            self._is_seeking, self._sought = False, None
        elif not self._is_seeking:
            self._is_seeking, self._sought = True, self._callers.subject

    def is_caller(self, found: Candidate | NewPerson | OnlyThisCall) -> None:
        """The caller was found by searching: show them, file their number, tie the call."""
        files = not isinstance(found, OnlyThisCall)
        who = found.caller if isinstance(found, OnlyThisCall) else found
        if isinstance(who, NewPerson):
            self._is_new(who, files=files)
        else:
            self._is_known(who, files=files)

    def _is_known(self, candidate: Candidate, *, files: bool) -> None:
        call_id = self._meant()
        if call_id is None:
            return
        number = self._number(call_id) if files else ""
        self._callers.put_candidate(call_id, candidate)
        self._chosen.pop(call_id, None)
        person, home = candidate.tie.person_id, candidate.tie.household_id
        step("caller_attached", call_id=call_id)
        if person is not None:
            self._write(lambda: self._attach_number.to_person(person, number, call_id, home))
        elif home is not None:
            self._write(lambda: self._attach_number.to_household(home, number, call_id))

    def _is_new(self, new: NewPerson, *, files: bool) -> None:
        call_id = self._meant()
        if call_id is None or not new.name.strip():
            return
        number = self._number(call_id) if files else ""
        self._chosen.pop(call_id, None)
        home = new.household.household_id if new.household else None

        def attach() -> Attached:
            return self._attach_number.to_new_person(new.name, number, home, new.role, call_id)

        def show(attached: Attached) -> None:
            if attached.person_id is not None:
                if attached.membership_id is not None:
                    self._new_members[attached.person_id] = attached.membership_id
                person = Person(attached.person_id, new.name.strip())
                role = new.role if new.household else None
                self._callers.put_candidate(call_id, Candidate(person, new.household, new.building, role))

        step("caller_attached", call_id=call_id)
        self._write(attach, show)

    def not_them(self) -> None:
        """The number is not theirs who are in front, whoever filed it, nor is this call."""
        call_id = self._callers.subject
        pop, party = self._callers.pop(call_id), self._callers.party_of(call_id)
        candidates = pop.profile.candidates if pop.profile else ()
        if call_id is None or party is None or not candidates:
            return
        candidate = candidates[pop.chosen]
        person, home = candidate.tie.person_id, candidate.tie.household_id
        membership = self._new_members.pop(person, None) if person else None
        number = self._number(call_id)
        self._chosen.pop(call_id, None)

        def show(_result: None) -> None:
            self._callers.look_up(call_id, party, said=True)
            self.told.emit(
                _("{number} is not {name}'s any more; F9 finds who it is.").format(
                    number=number or _("Number withheld"), name=name_of(candidate)
                )
            )

        step("caller_detached", call_id=call_id)
        self._write(lambda: self._attach_number.detach(number, person, home, call_id, membership), show)

    def _meant(self) -> CallId | None:
        """The call that the search is for; what there is to say where it is none, or not the one on the card."""
        call_id = self._sought if self._is_seeking else self._callers.subject
        party = self._callers.party_of(call_id)
        if call_id is None or party is None:
            self.told.emit(_("No call is on the card: choose a past one (F12, or Ctrl+H) and press Ctrl+F9."))
            return None
        if call_id != self._callers.subject:
            number = party.number or _("Number withheld")
            self.told.emit(_("Written to the call that was searched for: {number}.").format(number=number))
        return call_id

    def toggle_tag(self, tag: str) -> None:
        """A tag that not everybody may read, of whoever is in front: away with it, or on with it."""
        pop = self._callers.pop(self._callers.subject)
        candidates = pop.profile.candidates if pop.profile else ()
        if candidates:
            self._write(partial(self._toggle_tag, candidates[pop.chosen], tag))

    @property
    def is_waiting(self) -> bool:
        """The store would not take something that was said."""
        return bool(self._waiting or (self._is_told and self._under_way))

    def whose_number(self) -> Whose:
        """Whose the number of the call on the card is already."""
        call_id = self._callers.subject
        pop = self._callers.pop(call_id)
        if call_id is None or not self._number(call_id):
            return Whose.WITHHELD
        if pop.staff is not None:
            return Whose.COLLEAGUES
        return Whose.RESIDENTS if pop.profile is not None and pop.profile.candidates else Whose.NOBODYS

    def _number(self, call_id: CallId) -> str:
        party = self._callers.party_of(call_id)
        return party.number if party is not None and not party.withheld else ""

    def _write(self, work: Callable[[], R], then: Callable[[R], None] | None = None) -> None:
        def done(result: R) -> None:
            self._under_way -= 1
            self._is_told = self.is_waiting
            self._hub.unfinished.note_unsaved("caller", self.is_waiting)
            self._hub.store_works()
            if then is not None:
                then(result)
            self.written.emit()

        def failed(error: Exception) -> None:
            self._under_way -= 1
            self._hub.failed(error)
            if isinstance(error, StoreFull | StoreBroken):
                self._wait_with(give)

        def give() -> None:
            self._under_way += 1
            self._hub.worker.run(work, done, failed, lane=SAVE_LANE, owner=self)

        if self._waiting:  # what was said first is written first
            self._waiting.append(give)
        else:
            give()

    def _wait_with(self, give: Callable[[], None]) -> None:
        self._waiting.append(give)
        self._hub.unfinished.note_unsaved("caller", True)
        self._again.start()
        if not self._is_told:
            self._is_told = True
            self.told.emit(_("Who is calling is not on disk yet. Desk tries again by itself: keep this window open."))

    def _try_again(self) -> None:
        waiting, self._waiting = self._waiting, []
        for give in waiting:
            give()

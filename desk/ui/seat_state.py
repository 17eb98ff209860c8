"""The seat as the window knows it: the running calls, the line, the headset, what is wrong, the centre. Fed with the
messages of the phone's and sync's links; says what each one changed, so that only that is redrawn.

No Qt, no clock of its own. Lives on Qt's thread, inside the hub."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from desk import wire
from desk.domain import calls, events
from desk.domain.availability import Availability
from desk.domain.calls import RUNNING, TALKING, Call, Phase
from desk.domain.estate import Staff
from desk.domain.events import CallDialled, CallEvent, CallOffered, HeadsetState, LevelsMeasured, LineState
from desk.domain.identity import CallId
from desk.domain.import_plan import ListsStand
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.usecases.profile import Card, Profile

KEPT_ENDED = 8  # calls that are over and still shown or asked for


@dataclass(frozen=True, slots=True)
class Attached:
    """The link to this process stands ("phone", "sync")."""

    role: str


@dataclass(frozen=True, slots=True)
class Detached:
    role: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Who is signed in. `name` may be ""."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pop:
    """What is known of a call's party: the profile as found, which of its candidates stands in front, its card.
    `profile` None: still being looked for. `staff`: the number is a colleague's. `said`: the agent has said who it is
    (or is not); else it is what the number and the register suggest."""

    profile: Profile | None = None
    chosen: int = 0
    card: Card | None = None
    staff: Staff | None = None
    said: bool = False


class Part(Enum):
    """Of the screen, as something that may need drawing again."""

    CALLS = "calls"
    LINE = "line"
    HEADSET = "headset"
    LEVELS = "levels"
    TROUBLES = "troubles"
    AVAILABILITY = "availability"
    CENTRAL = "central"
    PROMPTS = "prompts"


@dataclass(frozen=True, slots=True)
class Turn:
    """One call before and after (`before` None: it is new to this window)."""

    before: Call | None
    after: Call


@dataclass(frozen=True, slots=True)
class Consultation:
    """A handler is asked (`consulting`) on behalf of a resident (`about`)."""

    about: Call
    consulting: Call


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message changed."""

    parts: frozenset[Part] = frozenset()
    turns: tuple[Turn, ...] = ()


NOTHING = Taken()
_AWAY = {"phone": Trouble.PHONE_AWAY, "sync": Trouble.SYNC_AWAY}
# Which call is in front: the one that is talked on, then the held one, then what rings or is being dialled.
_FRONT = (Phase.UP, Phase.DIALLING, Phase.HELD, Phase.RINGING)


@dataclass
class SeatState:
    clock: Callable[[], datetime]
    lines: dict[str, LineState] = field(default_factory=dict)
    availability: Availability = field(default_factory=Availability)
    headset: HeadsetState = field(default_factory=HeadsetState)
    own_prompts: dict[str, float] = field(default_factory=dict)
    levels: LevelsMeasured | None = None
    central: wire.CentralState | None = None
    recordings: wire.RecordingsState = field(default_factory=wire.RecordingsState)
    store_care: wire.StoreCare = field(default_factory=wire.StoreCare)
    seat_checked: wire.SeatChecked = field(default_factory=wire.SeatChecked)
    calls: dict[CallId, Call] = field(default_factory=dict)
    wrongs: dict[Trouble, Wrong] = field(default_factory=dict)
    phone_here: bool = False

    def take(self, message: object) -> Taken:
        """Take one message in. What this window does not show is ignored."""
        match message:
            case PhoneSnapshot():
                return self._attach(message)
            case CallOffered() | CallDialled():
                return self._open(calls.begin(message))
            case CallEvent():
                return self._advance(message)
            case wire.CentralState():
                return self._central(message)
            case wire.RecordingsState():
                return self._recordings(message)
            case wire.StoreCare():
                self.store_care = message
                return Taken(frozenset({Part.TROUBLES}))
            case wire.SeatChecked():
                self.seat_checked = message
                return Taken(frozenset({Part.TROUBLES}))
            case Attached(role):
                return self.clear_trouble(_AWAY[role]) if role == "sync" else NOTHING
            case Detached(role):
                return self._away(role)
        return self._take_seat(message)

    def _take_seat(self, message: object) -> Taken:
        match message:
            case ListsStand(trouble):
                return self._lists(trouble)
            case events.LineChanged(state):
                self.lines[state.label] = state
                return Taken(frozenset({Part.LINE}))
            case events.AvailabilityChanged(availability):
                self.availability = availability
                return Taken(frozenset({Part.AVAILABILITY}))
            case events.HeadsetChanged(headset):
                self.headset = headset
                return Taken(frozenset({Part.HEADSET}))
            case events.PromptsChanged(own):
                self.own_prompts = own
                return Taken(frozenset({Part.PROMPTS}))
            case LevelsMeasured():
                self.levels = message
                return Taken(frozenset({Part.LEVELS}))
            case events.TroubleRaised(wrong):
                return self.raise_trouble(wrong)
            case events.TroubleCleared(wrong):
                return self.clear_trouble(wrong.trouble)
        return NOTHING

    def raise_trouble(self, wrong: Wrong) -> Taken:
        self.wrongs[wrong.trouble] = wrong
        return Taken(frozenset({Part.TROUBLES}))

    def clear_trouble(self, trouble: Trouble) -> Taken:
        return Taken(frozenset({Part.TROUBLES})) if self.wrongs.pop(trouble, None) else NOTHING

    @property
    def line(self) -> LineState | None:
        """The first."""
        return next(iter(self.lines.values()), None)

    def front(self) -> Call | None:
        """The call that the bar shows: see `_FRONT`; the oldest of several."""
        for phase in _FRONT:
            for call in self.calls.values():
                if call.phase is phase:
                    return call
        return None

    def others(self) -> tuple[Call, ...]:
        """The other running calls, oldest first. A conference is one: whoever is in it with the call in front is not
        told apart."""
        front = self.front()
        joined = front is not None and front.in_conference
        running = (c for c in self.calls.values() if c.phase in RUNNING and c is not front)
        return tuple(c for c in running if not (joined and c.in_conference))

    def consultation(self) -> Consultation | None:
        """The consulting call and the one that it is about, while both run; the latest of several."""
        for call in reversed(self.calls.values()):
            about = self.calls.get(call.consults) if call.consults and call.phase in RUNNING else None
            if about is not None and about.phase in TALKING:
                return Consultation(about, call)
        return None

    def matter(self) -> Call | None:
        """The call that the work is about: the one in front, or the one that it consults about."""
        front, consultation = self.front(), self.consultation()
        if front is not None and consultation is not None and front.call_id == consultation.consulting.call_id:
            return consultation.about
        return front

    def ringing(self) -> Call | None:
        """The call that "answer" answers: the oldest that rings."""
        return next((c for c in self.calls.values() if c.phase is Phase.RINGING), None)

    def last_ended(self) -> Call | None:
        ended = [c for c in self.calls.values() if c.phase is Phase.ENDED]
        return max(ended, key=lambda c: c.ended_at or c.offered_at) if ended else None

    def _attach(self, snapshot: PhoneSnapshot) -> Taken:
        """The phone as a whole. A call that runs here and is not in it died with the phone process."""
        self.phone_here = True
        self.lines = {state.label: state for state in snapshot.lines}
        self.headset, self.availability = snapshot.headset, snapshot.availability
        self.own_prompts = snapshot.own_prompts
        here = {call.call_id: call for call in snapshot.calls}
        turns = []
        for call in list(self.calls.values()):
            if call.phase in RUNNING and call.call_id not in here:
                over = replace(call, phase=Phase.ENDED, ended_at=self.clock(), interrupted=True)
                self.calls[call.call_id] = over
                turns.append(Turn(call, over))
        for call in snapshot.calls:
            before = self.calls.get(call.call_id)
            if before != call and (before or call.phase in RUNNING):
                self.calls[call.call_id] = call
                turns.append(Turn(before, call))
        kept = {t: w for t, w in self.wrongs.items() if t in _NOT_THE_PHONES}
        self.wrongs = kept | {wrong.trouble: wrong for wrong in snapshot.wrongs}
        parts = {Part.CALLS, Part.LINE, Part.HEADSET, Part.TROUBLES, Part.AVAILABILITY}
        return Taken(frozenset(parts), tuple(turns))

    def _open(self, call: Call) -> Taken:
        if call.call_id in self.calls:
            return NOTHING
        self.calls[call.call_id] = call
        return Taken(frozenset({Part.CALLS}), (Turn(None, call),))

    def _advance(self, event: CallEvent) -> Taken:
        before = self.calls.get(event.call_id)
        after = calls.advance(before, event) if before else None
        if before is None or after is None:
            return NOTHING
        self.calls[event.call_id] = after
        if after.phase is Phase.ENDED:
            self._forget_old()
        return Taken(frozenset({Part.CALLS}), (Turn(before, after),))

    def _forget_old(self) -> None:
        ended = [c.call_id for c in self.calls.values() if c.phase is Phase.ENDED]
        for call_id in ended[:-KEPT_ENDED]:
            del self.calls[call_id]

    def _central(self, state: wire.CentralState) -> Taken:
        self.central = state
        for trouble in _CENTRAL:
            if trouble.value != state.trouble:
                self.wrongs.pop(trouble, None)
            else:
                self._stands(trouble, state.detail)
        return Taken(frozenset({Part.CENTRAL, Part.TROUBLES}))

    def _recordings(self, state: wire.RecordingsState) -> Taken:
        """Besides the trouble that is named, calls at fault are one of their own, and so are recordings that wait for a
        folder and retention that stands."""
        self.recordings = state
        if state.retention:
            self._stands(Trouble.RETENTION_STANDS, state.retention)
        else:
            self.wrongs.pop(Trouble.RETENTION_STANDS, None)
        beside = {Trouble.RECORDINGS_FAULTY: state.faulty, Trouble.SPOOL_AWAY: state.withheld}
        for trouble in _RECORDINGS:
            if trouble.value != state.trouble and not beside.get(trouble):
                self.wrongs.pop(trouble, None)
            else:
                self._stands(trouble, state.detail if trouble.value == state.trouble else "")
        return Taken(frozenset({Part.TROUBLES}))

    def _lists(self, trouble: str) -> Taken:
        if trouble:
            self._stands(Trouble.LIST_REFUSED, trouble)
        else:
            self.wrongs.pop(Trouble.LIST_REFUSED, None)
        return Taken(frozenset({Part.TROUBLES}))

    def _stands(self, trouble: Trouble, detail: str) -> None:
        """Since the first time it was told, with the details of now."""
        before = self.wrongs.get(trouble)
        self.wrongs[trouble] = Wrong(trouble, before.since if before is not None else self.clock(), detail)

    def _away(self, role: str) -> Taken:
        if role == "phone":
            self.phone_here = False
        trouble = _AWAY[role]
        if trouble in self.wrongs:
            return NOTHING
        self.wrongs[trouble] = Wrong(trouble, self.clock())
        return Taken(frozenset({Part.TROUBLES, Part.LINE, Part.CALLS}))


_CENTRAL = (
    Trouble.CENTRAL_UNREACHABLE,
    Trouble.CENTRAL_REFUSED,
    Trouble.CENTRAL_UNVERIFIED,
    Trouble.SEAT_NAME_TAKEN,
    Trouble.CODE_USED_TWICE,
    Trouble.AUTHOR_AWAITED,
    Trouble.STORE_COPIED,
    Trouble.CENTRE_RESTORED,
    Trouble.PROGRAM_TOO_OLD,
    Trouble.CENTRE_TOO_OLD,
    Trouble.PERSON_DISABLED,
    Trouble.CENTRE_LIMIT,
)
_RECORDINGS = (
    Trouble.VAULT_AWAY,
    Trouble.VAULT_REFUSED,
    Trouble.SEAL_KEY_MISSING,
    Trouble.SPOOL_AWAY,
    Trouble.RECORDINGS_FAULTY,
)
# What the phone knows nothing of, and so cannot clear by its snapshot.
_NOT_THE_PHONES = frozenset(
    {
        *_CENTRAL,
        *_RECORDINGS,
        Trouble.RETENTION_STANDS,
        Trouble.LIST_REFUSED,
        Trouble.STORE_KEY_MISSING,
        Trouble.STORE_FULL,
        Trouble.STORE_BROKEN,
        Trouble.SYNC_AWAY,
    }
)

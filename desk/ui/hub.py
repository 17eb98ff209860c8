"""The window's knowledge and its wires. Messages of the links come in on their own threads (`receive`), are posted to
Qt's thread and taken into `SeatState`; what changed goes out as signals. Commands to the phone leave through `do`.

The screen pop starts here, and on purpose on the link's thread: the query runs while Qt's thread still draws the
ringing call, so that the profile does not wait for a paint. Which candidate the agent has picked is kept per call.

Ui process. `receive` from any thread; all else on Qt's."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desk import wire
from desk.domain.call_log import CallEntry
from desk.domain.calls import Call, Phase
from desk.domain.commands import Command, Dial, TakeSeat, WatchLevels
from desk.domain.dial_text import requested_text
from desk.domain.drafts import Draft
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
from desk.ui.errand_calls import ErrandCalls
from desk.ui.seat_state import Agent, Part, Pop, SeatState, Taken, Turn
from desk.ui.steps import mark, step
from desk.ui.worker import Worker
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull
from desk.usecases.profile import Candidate, Card, Profile

_log = logging.getLogger("desk.ui.hub")
POP_LANE = "pop"
POP_AHEAD_S = 0.015
KEPT_POPS = 24  # more than a seat can have running and shown
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
    subject_changed = Signal(str)  # call id whose card is to be shown, "" none
    pop_changed = Signal(str)  # call id: its profile or card came, or another candidate was chosen
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
    unsaved_changed = Signal()
    updates_told = Signal(object)  # wire.Updates
    seat_told = Signal(object)  # wire.SignInJudged, wire.Seated or wire.PutOut
    drafts_changed = Signal()
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
        self.subject: CallId | None = None
        self.drafts: dict[str, Draft] = {}
        self._command, self._profile_of, self._card_of = command, profile_of, card_of
        self._staff_of = staff_of
        self._pops: dict[CallId, Pop] = {}
        self._past: CallEntry | None = None
        self._unsaved: set[str] = set()
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
        """A message of a link. Any thread; a call's first one waits `POP_AHEAD_S` at most, so that its profile
        is mostly shown with it: read beside Qt's busy thread it takes three times as long, and is painted twice."""
        opens = isinstance(message, CallOffered | CallDialled)
        if opens:
            mark("call_received", call_id=message.call_id)  # type: ignore[attr-defined]
            self._start_pop(message.call_id, message.party)  # type: ignore[attr-defined]
            self.worker.wait_for(POP_LANE, POP_AHEAD_S)
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
            if call.call_id not in self._pops and call.phase is not Phase.ENDED:
                self._start_pop(call.call_id, call.party)  # found at attach
            self.call_opened.emit(call)
        if call.phase in talking and (turn.before is None or turn.before.phase not in talking):
            self.call_answered.emit(call)
        if call.phase is Phase.ENDED:
            self.call_ended.emit(call)
        self._choose_subject(call)

    def _choose_subject(self, latest: Call) -> None:
        """The card follows the call in front; one that waits behind a talk does not push it away, nor does the handler
        who is asked about it, and the last call's card stays after its end."""
        front = self.state.matter()
        wanted = front.call_id if front else (self.subject or latest.call_id)
        if wanted != self.subject:
            self.subject = wanted
            self.subject_changed.emit(wanted)

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

    # Who is calling

    @property
    def past(self) -> CallEntry | None:
        """The past call that the card looks back at, None where it shows one of the telephone's."""
        return self._past if self._past is not None and self._past.call_id == self.subject else None

    def party_of(self, call_id: CallId | None) -> Party | None:
        """The other side of a call that the telephone has, or that is looked back at."""
        call = self.state.calls.get(call_id) if call_id else None
        if call is not None:
            return call.party
        return self._past.party if self._past is not None and self._past.call_id == call_id else None

    def line_of(self, call_id: CallId | None) -> str:
        """By which line that call came or went, "" where nobody knows."""
        call = self.state.calls.get(call_id) if call_id else None
        if call is not None:
            return call.line
        return self._past.line if self._past is not None and self._past.call_id == call_id else ""

    def look_back(self, entry: CallEntry) -> bool:
        """Put a past call's caller on the card, until the next call comes. False while a call runs: the card is its
        caller's, and what is chosen there is written to it."""
        if self.state.matter() is not None:
            return False
        self._past, self.subject = entry, entry.call_id
        if self.pop(entry.call_id).profile is None:
            self._start_pop(entry.call_id, entry.party)
        self.subject_changed.emit(entry.call_id)
        return True

    def pop(self, call_id: CallId | None) -> Pop:
        return self._pops.get(call_id, Pop()) if call_id else Pop()

    def choose(self, call_id: CallId, index: int) -> None:
        """The agent said that it is this candidate: they stand in front, their card follows."""
        pop = self.pop(call_id)
        if pop.profile is None or not 0 <= index < len(pop.profile.candidates):
            return
        card = pop.card if index == pop.chosen else None
        self._set_pop(call_id, replace(pop, chosen=index, card=card, said=True))
        if card is None:
            self._ask_card(call_id, pop.profile.candidates[index])

    def put_candidate(self, call_id: CallId, candidate: Candidate) -> None:
        """The agent found out who it is: they stand in front of all whom the number suggested."""
        party = self.party_of(call_id)
        if party is None:
            return
        pop = self.pop(call_id)
        profile = pop.profile or Profile(party, "")
        others = tuple(c for c in profile.candidates if c != candidate)
        profile = replace(profile, candidates=(candidate, *others), card=None)
        self._set_pop(call_id, Pop(profile, staff=pop.staff, said=True))
        self._ask_card(call_id, candidate)

    def _ask_card(self, call_id: CallId, candidate: Candidate) -> None:
        self.worker.latest(
            f"card-{call_id}",
            lambda: self._card_of(candidate),
            lambda card: self._card_came(call_id, card),
            lane=POP_LANE,
        )

    def refresh_card(self) -> None:
        """The tickets, calls or notices of whoever is in front may have changed: read their card anew."""
        pop = self.pop(self.subject)
        if self.subject and pop.profile and pop.profile.candidates:
            self._ask_card(self.subject, pop.profile.candidates[pop.chosen])

    def look_again(self, call_id: CallId, party: Party, *, said: bool = False) -> None:
        """Ask for the profile anew (rows changed; `said`: the agent said who it is not)."""
        self._start_pop(call_id, party, said=said)

    def _start_pop(self, call_id: CallId, party: Party, *, said: bool = False) -> None:
        self._pops.setdefault(call_id, Pop())

        def look() -> Pop:
            profile = self._profile_of(party, call_id)
            mark("profile_queried", call_id=call_id)
            staff = self._staff_of(party.number) if not profile.candidates else None
            return Pop(profile, 0, profile.card, staff, said)

        self.worker.run(look, lambda pop: self._set_pop(call_id, pop), lane=POP_LANE)

    def _card_came(self, call_id: CallId, card: Card) -> None:
        pop = self.pop(call_id)
        candidates = list(pop.profile.candidates) if pop.profile is not None else []
        if pop.profile is None or not candidates or card.candidate.tie != candidates[pop.chosen].tie:
            return  # somebody else stands in front by now
        candidates[pop.chosen] = card.candidate  # as they are now, and not when it rang
        self._set_pop(call_id, replace(pop, profile=replace(pop.profile, candidates=tuple(candidates)), card=card))

    def _set_pop(self, call_id: CallId, pop: Pop) -> None:
        self._pops[call_id] = pop
        for old in list(self._pops)[:-KEPT_POPS]:
            del self._pops[old]
        self.pop_changed.emit(call_id)

    # Who is here, and what lies unfinished

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

    def note_drafts(self, drafts: list[Draft]) -> None:
        self.drafts = {draft.draft_id: draft for draft in drafts}
        self.drafts_changed.emit()

    def note_draft(self, draft: Draft) -> None:
        self.drafts[draft.draft_id] = draft
        self.drafts_changed.emit()

    def note_draft_gone(self, draft_id: str) -> None:
        if self.drafts.pop(draft_id, None):
            self.drafts_changed.emit()

    @property
    def is_unsaved(self) -> bool:
        """The store would not take something that was typed or said: closing the window would lose it."""
        return bool(self._unsaved)

    def note_unsaved(self, what: str, on: bool) -> None:
        """`what`: whose it is."""
        before = self.is_unsaved
        (self._unsaved.add if on else self._unsaved.discard)(what)
        if self.is_unsaved != before:
            self.unsaved_changed.emit()

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

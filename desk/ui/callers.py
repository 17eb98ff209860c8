"""Who is calling: for each call the candidates whom its number suggests, which of them the agent has picked, and their
card; and whose card is to be shown, which may be that of a past call that is looked back at.

The screen pop starts here, and on purpose on the link's thread (`ask_ahead`): the query runs while Qt's thread still
draws the ringing call, so that the profile does not wait for a paint. `Hub` makes this, and drives it.

Ui process. `ask_ahead` from any thread; all else on Qt's."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desk.domain.call_log import CallEntry
from desk.domain.calls import Call, Phase
from desk.domain.estate import Staff
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.ui.seat_state import Pop, SeatState
from desk.ui.steps import mark
from desk.ui.worker import Worker
from desk.usecases.profile import Candidate, Card, Profile

POP_LANE = "pop"
POP_AHEAD_S = 0.015
KEPT_POPS = 24  # more than a seat can have running and shown


class Callers(QObject):
    """See the module. `state`: the calls as they are now."""

    subject_changed = Signal(str)  # call id whose card is to be shown, "" none
    pop_changed = Signal(str)  # call id: its profile or card came, or another candidate was chosen

    def __init__(
        self,
        state: SeatState,
        worker: Worker,
        *,
        profile_of: Callable[[Party, CallId], Profile],
        card_of: Callable[[Candidate], Card],
        staff_of: Callable[[str], Staff | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.subject: CallId | None = None
        self._state, self._worker = state, worker
        self._profile_of, self._card_of, self._staff_of = profile_of, card_of, staff_of
        self._pops: dict[CallId, Pop] = {}
        self._past: CallEntry | None = None

    # A call comes, and is followed

    def ask_ahead(self, call_id: CallId, party: Party) -> None:
        """A call's first message has come, and Qt's thread has not seen it yet. Any thread; it waits `POP_AHEAD_S` at
        most, so that the profile is mostly shown with the call: read beside Qt's busy thread it takes three times as
        long, and is painted twice."""
        self.look_up(call_id, party)
        self._worker.wait_for(POP_LANE, POP_AHEAD_S)

    def opened(self, call: Call) -> None:
        """It is shown for the first time; one that was found at attach has not been asked about yet."""
        if call.call_id not in self._pops and call.phase is not Phase.ENDED:
            self.look_up(call.call_id, call.party)

    def follow(self, latest: Call) -> None:
        """The card follows the call in front; one that waits behind a talk does not push it away, nor does the handler
        who is asked about it, and the last call's card stays after its end."""
        front = self._state.matter()
        wanted = front.call_id if front else (self.subject or latest.call_id)
        if wanted != self.subject:
            self.subject = wanted
            self.subject_changed.emit(wanted)

    # What is known of a call

    def pop(self, call_id: CallId | None) -> Pop:
        return self._pops.get(call_id, Pop()) if call_id else Pop()

    def party_of(self, call_id: CallId | None) -> Party | None:
        """The other side of a call that the telephone has, or that is looked back at."""
        call = self._state.calls.get(call_id) if call_id else None
        if call is not None:
            return call.party
        return self._past.party if self._past is not None and self._past.call_id == call_id else None

    def line_of(self, call_id: CallId | None) -> str:
        """By which line that call came or went, "" where nobody knows."""
        call = self._state.calls.get(call_id) if call_id else None
        if call is not None:
            return call.line
        return self._past.line if self._past is not None and self._past.call_id == call_id else ""

    @property
    def past(self) -> CallEntry | None:
        """The past call that the card looks back at, None where it shows one of the telephone's."""
        return self._past if self._past is not None and self._past.call_id == self.subject else None

    def look_back(self, entry: CallEntry) -> bool:
        """Put a past call's caller on the card, until the next call comes. False while a call runs: the card is its
        caller's, and what is chosen there is written to it."""
        if self._state.matter() is not None:
            return False
        self._past, self.subject = entry, entry.call_id
        if self.pop(entry.call_id).profile is None:
            self.look_up(entry.call_id, entry.party)
        self.subject_changed.emit(entry.call_id)
        return True

    # Who it is

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

    def refresh_card(self) -> None:
        """The tickets, calls or notices of whoever is in front may have changed: read their card anew."""
        pop = self.pop(self.subject)
        if self.subject and pop.profile and pop.profile.candidates:
            self._ask_card(self.subject, pop.profile.candidates[pop.chosen])

    # Asking the store

    def look_up(self, call_id: CallId, party: Party, *, said: bool = False) -> None:
        """Ask for the profile, also anew (rows changed; `said`: the agent said who it is not)."""
        self._pops.setdefault(call_id, Pop())

        def look() -> Pop:
            profile = self._profile_of(party, call_id)
            mark("profile_queried", call_id=call_id)
            of_nobody = not profile.candidates or profile.tied_only
            staff = self._staff_of(party.number) if of_nobody else None
            return Pop(profile, 0, profile.card, staff, said)

        self._worker.run(look, lambda pop: self._set_pop(call_id, pop), lane=POP_LANE)

    def _ask_card(self, call_id: CallId, candidate: Candidate) -> None:
        self._worker.latest(
            f"card-{call_id}",
            lambda: self._card_of(candidate),
            lambda card: self._card_came(call_id, card),
            lane=POP_LANE,
        )

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

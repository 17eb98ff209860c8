"""A search among all calls, as the replay window asks for it: what was typed and what the filters say become a query,
narrowed down to what whoever sits here may hear; what is found gets the names and places behind its ids.

Two questions in one, because an answer without the reading of the line that led to it cannot be judged. A worker's
thread; raises `SearchAway` and what the store raises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from desk.domain.call_fits import recorded
from desk.domain.call_log import CallEntry, CallPlace, RecordingEntry
from desk.domain.call_search import CallHit, CallQuery, Recorded
from desk.domain.estate import Household, Person
from desk.domain.identity import CallId, HouseholdId, PersonId
from desk.domain.listening import Listener, Role, may_hear
from desk.domain.numbers import read_number
from desk.domain.scores import is_unswayed
from desk.domain.tickets import Ticket
from desk.usecases.call_phrases import Sought
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_calls import Chip, FindCalls
from desk.usecases.ports import CallLog, Clock, Residents, Tickets
from desk.usecases.recording_ports import CallSearch, Scores

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """`off`: keys of chips that are switched off. `base`: what the filters ask for. `call_id`: this call alone."""

    text: str = ""
    off: frozenset[str] = frozenset()
    base: CallQuery = field(default_factory=CallQuery)
    call_id: CallId | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.text.strip()) or self.base != CallQuery() or self.call_id is not None


@dataclass(frozen=True, slots=True)
class FoundCall:
    """`name`, `place`: "" where nobody knows. `number_shown` "" = withheld. `opens_here` False: there is a sealed
    recording, and this seat surely has no key for it. `unswayed`: whoever looks may still give a second opinion on its
    score, and is not told the points."""

    hit: CallHit
    number_shown: str = ""
    name: str = ""
    place: str = ""
    opens_here: bool = True
    unswayed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page. `next`: where the following one begins, None at the end. `numbers`: what was searched for that is a
    number, as it was typed."""

    rows: tuple[FoundCall, ...]
    chips: tuple[Chip, ...]
    next: CallPlace | None
    numbers: tuple[str, ...] = ()


class SearchCalls:
    """`own_days`: how far back agents see their own calls; `may_answer`: as in `Replay`, of single ones. `opens_here`:
    whether this seat's keyring may have a key for a call's recording."""

    def __init__(
        self,
        find: FindCalls,
        search: CallSearch,
        calls: CallLog,
        tickets: Tickets,
        scores: Scores,
        residents: Residents,
        estate_map: EstateMap,
        listener: Callable[[], Listener],
        clock: Clock,
        own_days: int,
        area_code: str = "",
        may_answer: Callable[[CallId], bool] = lambda _call_id: False,
        opens_here: Callable[[CallEntry], bool] = lambda _call: True,
    ) -> None:
        self._may_answer, self._opens_here = may_answer, opens_here
        self._find, self._search, self._calls, self._tickets, self._scores = find, search, calls, tickets, scores
        self._residents, self._map, self._listener, self._clock = residents, estate_map, listener, clock
        self._own_days, self._area_code = own_days, area_code

    def look(self, asked: Asked, after: CallPlace | None = None, limit: int = PAGE) -> Found:
        """Newest first; nothing where nobody is signed in."""
        if asked.call_id is not None:
            one = self.one(asked.call_id)
            return Found((one,) if one is not None else (), (), None)
        sentence = self._find.read(asked.text, asked.off, asked.base)
        own = self._own(sentence.query)
        hits = self._search.page(own, after, limit) if own is not None else []
        last = hits[-1].call if len(hits) >= limit else None
        return Found(
            self._named(hits),
            sentence.chips,
            CallPlace(last.offered_at, last.call_id) if last is not None else None,
            tuple(chip.text for chip in sentence.chips if chip.on and chip.sought is Sought.NUMBER),
        )

    def one(self, call_id: CallId) -> FoundCall | None:
        """This call; None where it is not known, or not for whoever sits here."""
        call = self._calls.get(call_id)
        if call is None or not self._is_own(call):
            return None
        final = next((s.points_x10 for s in self._scores.of_call(call_id) if s.points_x10 is not None), None)
        ticket = self._tickets.get(call.ticket_id) if call.ticket_id else None
        return self._named([CallHit(call, self._calls.recording(call_id), ticket, final)])[0]

    def tickets_of(self, call_id: CallId) -> list[Ticket]:
        """All that were taken from this call or tied to it, newest first; none where it is not for whoever sits
        here."""
        call = self._calls.get(call_id)
        if call is None or not self._is_own(call):
            return []
        found = {ticket.ticket_id: ticket for ticket in self._tickets.of_call(call_id)}
        tied = self._tickets.get(call.ticket_id) if call.ticket_id and call.ticket_id not in found else None
        if tied is not None:
            found[tied.ticket_id] = tied
        return sorted(found.values(), key=lambda one: (one.registered_at, one.ticket_id), reverse=True)

    def _own(self, query: CallQuery) -> CallQuery | None:
        """Agents find their own calls of the days in which they may hear them, and nobody else's. None: nothing; an
        agent "" is nobody's, and calls that nobody took have just that."""
        who = self._listener()
        if not who.agent:
            return None
        if who.role is Role.SUPERVISOR:
            return query
        since = self._clock() - timedelta(days=self._own_days)
        return replace(query, agents=(who.agent,), since=max(since, query.since) if query.since else since)

    def _is_own(self, call: CallEntry) -> bool:
        who, now = self._listener(), self._clock()
        why = may_hear(who, call.agent, call.offered_at, now, self._own_days, lambda: self._may_answer(call.call_id))
        return why is None

    # ---- names

    def _named(self, hits: Sequence[CallHit]) -> tuple[FoundCall, ...]:
        ids = [_whose(hit) for hit in hits]
        people = self._people([person for person, _home in ids if person])
        homes = self._homes([home for _person, home in ids if home])
        return tuple(
            FoundCall(
                hit,
                read_number(hit.call.number, self._area_code).shown,
                people[person].name if person in people else (hit.ticket.caller_name if hit.ticket else ""),
                self._map.home(homes[home]).text if home in homes else (hit.ticket.place_text if hit.ticket else ""),
                not _is_sealed(hit.recording) or self._opens_here(hit.call),
                self._is_unswayed(hit),
            )
            for hit, (person, home) in zip(hits, ids, strict=True)
        )

    def _is_unswayed(self, hit: CallHit) -> bool:
        """Few calls of a page are scored at all."""
        who = self._listener()
        if hit.points_x10 is None or who.role is not Role.SUPERVISOR:
            return False
        return is_unswayed(self._scores.of_call(hit.call.call_id), who.agent)

    def _people(self, ids: Sequence[PersonId]) -> dict[PersonId, Person]:
        return self._residents.people(list(dict.fromkeys(ids))) if ids else {}

    def _homes(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, Household]:
        return self._residents.households(list(dict.fromkeys(ids))) if ids else {}


def _is_sealed(recording: RecordingEntry | None) -> bool:
    """Whether there is one that takes a key."""
    return recorded(recording) is Recorded.KEPT and recording is not None and recording.chain_place is not None


def _whose(hit: CallHit) -> tuple[PersonId | None, HouseholdId | None]:
    """The call's own; what the ticket says where the call says nothing."""
    call, ticket = hit.call, hit.ticket
    if call.person_id or call.household_id or ticket is None:
        return call.person_id, call.household_id
    return ticket.person_id, ticket.household_id

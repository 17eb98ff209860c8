"""Screen pop: who is calling, from the number alone, while it rings.

Whoever an agent said the call is with stands in front, also when the window was restarted under it. Order of the
others, the first rule that tells two apart decides:
1. the likelier reading of the number (`numbers.lookup_keys`: exact before guessed);
2. whom this number turned out to be when it called last: agents said so by tying that call to a person and household;
3. a household with an open ticket before one without: it calls about that;
4. a household that called or was called lately before one that was not;
5. owner, family, tenant, shop, then people without a household and households whose person nobody knows;
6. the name, so that the order never dances.

A dozen indexed reads, a few milliseconds at a million residents; called on a worker's thread, any one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from desk.domain.call_log import CallEntry, Tie
from desk.domain.estate import Household, Membership, NumberEntry, Person, Role
from desk.domain.identity import CallId, HouseholdId, PersonId
from desk.domain.notice_rules import concerning
from desk.domain.notices import Notice
from desk.domain.numbers import lookup_keys, read_number
from desk.domain.party import Party
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import CallLog, Clock, Notices, Residents, Tickets
from desk.usecases.profile import Candidate, Card, Profile

CANDIDATES = 30  # a number shared by more households than that belongs to an agency, not to a caller
COMING = timedelta(hours=24)  # people ask about tomorrow's cut today
PAST_TICKETS = 20
PAST_CALLS = 20

_ROLE_ORDER = {Role.OWNER: 0, Role.FAMILY: 1, Role.TENANT: 2, Role.SHOP: 3, None: 4}


class ScreenPop:
    """`area_code`: the office's ("0755"). `estate_map` is shared with those who search places. `told`: adds to
    candidates what not everybody may read of them (`ResidentTags.told`)."""

    def __init__(
        self,
        residents: Residents,
        tickets: Tickets,
        calls: CallLog,
        notices: Notices,
        clock: Clock,
        area_code: str,
        estate_map: EstateMap | None = None,
        told: "Callable[[Sequence[Candidate]], tuple[Candidate, ...]]" = tuple,
    ) -> None:
        self._residents = residents
        self._tickets = tickets
        self._calls = calls
        self._notices = notices
        self._clock = clock
        self._area_code = area_code
        self._map = estate_map or EstateMap(residents)
        self._told = told

    def profile(self, party: Party, call_id: CallId | None = None) -> Profile:
        """Who may be calling, in this call where it is given. Without candidates where the number is unknown or
        withheld and nobody said who it is; raises what the store raises."""
        profile = self._of_number(party)
        tie = self._calls.tie(call_id) if call_id else None
        said = self._tied(tie, profile.candidates) if tie else None
        if said is None or profile.candidates[:1] == (said,):
            return profile
        others = tuple(c for c in profile.candidates if c != said)
        return replace(profile, candidates=(said, *others), card=self.card(said), tied_only=not profile.candidates)

    def _of_number(self, party: Party) -> Profile:
        number = read_number(party.number, self._area_code)
        keys = () if party.withheld and not party.number else lookup_keys(party.number, self._area_code)
        if not keys:
            return Profile(party, "")
        calls = self._calls.of_lookup_keys(keys, PAST_CALLS)
        entries = self._residents.by_lookup_keys(keys)
        candidates = self._told(self._order(self._candidates(entries), keys, entries, calls))
        card = self.card(candidates[0]) if candidates else None
        return Profile(party, number.shown, candidates, card, tuple(calls))

    def fresh_card(self, candidate: Candidate) -> Card:
        """`card`, of the candidate as they are now: somebody may have changed name, tags or notes meanwhile."""
        person, household = candidate.person, candidate.household
        if person is not None:
            person = self._residents.people([person.person_id]).get(person.person_id, person)
        if household is not None:
            household = self._residents.households([household.household_id]).get(household.household_id, household)
        [now] = self._told([replace(candidate, person=person, household=household)])
        return self.card(now)

    def card(self, candidate: Candidate) -> Card:
        """Everything that belongs to one candidate."""
        household, person = candidate.household, candidate.person
        now = self._clock()
        if household is None:
            numbers = self._residents.numbers_of_people([person.person_id]) if person else []
            keys = [n.lookup_key for n in numbers if n.lookup_key]
            calls = self._calls.of_lookup_keys(keys, PAST_CALLS) if keys else []
            return Card(candidate, past_calls=tuple(calls), numbers=tuple(numbers))
        ids = [household.household_id]
        open_tickets = self._tickets.open_of_households(ids)
        open_ids = {t.ticket_id for t in open_tickets}
        recent = self._tickets.recent_of_households(ids, PAST_TICKETS + len(open_ids))
        memberships = [m for m in self._residents.memberships_of_household(household.household_id) if not m.ended]
        memberships.sort(key=lambda m: (_ROLE_ORDER[m.role], m.membership_id))
        people = self._residents.people([m.person_id for m in memberships])
        numbers = self._residents.numbers_of_people([person.person_id] if person else list(people))
        return Card(
            candidate,
            open_tickets=tuple(sorted(open_tickets, key=lambda t: t.registered_at, reverse=True)),
            past_tickets=tuple([t for t in recent if t.ticket_id not in open_ids][:PAST_TICKETS]),
            past_calls=tuple(self._calls.of_households(ids, PAST_CALLS)),
            notices=self._applying(household, now),
            numbers=tuple(n for n in numbers if not n.ended),
            household_people=tuple((people[m.person_id], m.role) for m in memberships if m.person_id in people),
            assistant=self._map.assistant_of(candidate.building),
        )

    def _tied(self, tie: Tie, candidates: Sequence[Candidate]) -> Candidate | None:
        """The candidate that the call is tied to, one of these where it is among them. None where the register has
        them no more."""
        home = tie.household_id
        for candidate in candidates:
            if candidate.tie == tie:
                return candidate
        person = self._residents.people([tie.person_id]).get(tie.person_id) if tie.person_id else None
        household = self._residents.households([home]).get(home) if home else None
        if person is None and household is None:
            return None
        members = self._residents.memberships_of_people([person.person_id]) if person else []
        role = next((m.role for m in members if m.household_id == home and not m.ended), None)
        building = self._map.building(household.building_id) if household else None
        [said] = self._told([Candidate(person, household, building, role)])
        return said

    def _candidates(self, entries: Sequence[NumberEntry]) -> list[Candidate]:
        person_ids = list(dict.fromkeys(e.person_id for e in entries if e.person_id and not e.ended))
        household_ids = list(dict.fromkeys(e.household_id for e in entries if e.household_id and not e.ended))
        people = self._residents.people(person_ids) if person_ids else {}
        return self._candidates_of([people[i] for i in person_ids if i in people], household_ids)

    def _candidates_of(self, people: Sequence[Person], household_ids: Sequence[HouseholdId]) -> list[Candidate]:
        members: list[Membership] = []
        if people:
            members = [m for m in self._residents.memberships_of_people([p.person_id for p in people]) if not m.ended]
        wanted = list(dict.fromkeys([*(m.household_id for m in members), *household_ids]))
        households = self._residents.households(wanted) if wanted else {}
        out = []
        for person in people:
            homes = [m for m in members if m.person_id == person.person_id and m.household_id in households]
            out += [self._candidate(person, households[m.household_id], m.role) for m in homes]
            if not homes:
                out.append(Candidate(person, None, None, None))
        taken = {c.household.household_id for c in out if c.household}
        out += [self._candidate(None, households[i], None) for i in household_ids if i in households and i not in taken]
        return out[:CANDIDATES]

    def _candidate(self, person: Person | None, household: Household, role: Role | None) -> Candidate:
        return Candidate(person, household, self._map.building(household.building_id), role)

    def _order(
        self,
        candidates: list[Candidate],
        keys: Sequence[str],
        entries: Sequence[NumberEntry],
        calls: Sequence[CallEntry],
    ) -> tuple[Candidate, ...]:
        if len(candidates) < 2:
            return tuple(candidates)
        ids = list(dict.fromkeys(c.household.household_id for c in candidates if c.household))
        with_open = {t.household_id for t in self._tickets.open_of_households(ids)}
        last_call: dict[HouseholdId, datetime] = {}
        for entry in self._calls.of_households(ids, 5 * PAST_CALLS):
            if entry.household_id:
                last_call.setdefault(entry.household_id, entry.offered_at)
        said = _said_before(calls)
        place = {key: index for index, key in enumerate(keys)}
        by_person: dict[PersonId, int] = {}
        by_household: dict[HouseholdId, int] = {}
        for number in entries:
            at = place.get(number.lookup_key, len(keys))
            if number.person_id:
                by_person[number.person_id] = min(at, by_person.get(number.person_id, at))
            if number.household_id:
                by_household[number.household_id] = min(at, by_household.get(number.household_id, at))

        def rank(candidate: Candidate) -> tuple[object, ...]:
            person, household = candidate.person, candidate.household
            home = household.household_id if household else None
            called = last_call.get(home) if home else None
            return (
                by_person.get(person.person_id, len(keys))
                if person
                else by_household.get(home, len(keys))
                if home
                else 0,
                said(candidate),
                home not in with_open,
                -called.timestamp() if called else 0.0,
                _ROLE_ORDER[candidate.role],
                person.name if person else "",
                crc32((home or "").encode()),
            )

        return tuple(sorted(candidates, key=rank))

    def _applying(self, household: Household, now: datetime) -> tuple[Notice, ...]:
        notices = self._notices.current(now, household.estate_id, COMING)
        return tuple(concerning(notices, household.building_id, now, COMING))


def _said_before(calls: Sequence[CallEntry]) -> "Callable[[Candidate], int]":
    """How many tied calls ago this number was this candidate (0 = last time); a large number if never."""
    order: dict[tuple[str | None, str | None], int] = {}
    for index, entry in enumerate(sorted(calls, key=lambda c: c.offered_at, reverse=True)):
        if entry.person_id or entry.household_id:
            order.setdefault((entry.person_id, entry.household_id), index)
            order.setdefault((None, entry.household_id), index)

    def ago(candidate: Candidate) -> int:
        person = candidate.person.person_id if candidate.person else None
        home = candidate.household.household_id if candidate.household else None
        exact = order.get((person, home))
        return exact if exact is not None else len(order) + (0 if home and (None, home) in order else 1)

    return ago

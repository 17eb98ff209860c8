"""Finding a caller by hand: part of a name in characters or pinyin, a phone number in any writing, or a place become
people with their homes. Indexed reads, a few milliseconds at a million people; any thread."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.domain.estate import Household, Membership, Person, Role
from desk.domain.identity import PersonId
from desk.domain.numbers import lookup_keys
from desk.domain.pinyin import match, query_form, read_name
from desk.domain.tickets import Place
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_place import PlaceFinder
from desk.usecases.ports import Residents

_HOUSEHOLDS_ASKED = 6
_NUMBERED = re.compile(r"[\d栋幢座]")  # what may be a place


@dataclass(frozen=True, slots=True)
class Home:
    """One household of a person; `role` None where the hit is a household whose people nobody knows."""

    household: Household
    place: Place
    role: Role | None


@dataclass(frozen=True, slots=True)
class PersonHit:
    """`person` None: a household without known people. `spans`: the characters of the name that matched."""

    person: Person | None
    homes: tuple[Home, ...]
    spans: tuple[tuple[int, int], ...] = ()


class PersonFinder:
    """`places`: the finder whose index is shared, where there is one already (some megabytes at a million people)."""

    def __init__(
        self, residents: Residents, estate_map: EstateMap, area_code: str = "", places: PlaceFinder | None = None
    ) -> None:
        self._residents = residents
        self._map = estate_map
        self._places = places or PlaceFinder(residents, estate_map)
        self._area_code = area_code

    def find(self, text: str, limit: int = 8) -> list[PersonHit]:
        """The best hits first; [] for an empty text."""
        text = text.strip()
        if not text:
            return []
        hits: list[PersonHit] = []
        if len(re.findall(r"\d", text)) >= 5:
            hits = self._by_number(text, limit)
        if not hits and _NUMBERED.search(text):
            hits = self._by_place(text, limit)
        return hits or self._by_name(text, limit)

    def homes(self, text: str, limit: int = _HOUSEHOLDS_ASKED) -> list[Home]:
        """The households that a place as typed names; whoever lives there."""
        found = self._places.find(text, limit) if _NUMBERED.search(text) else []
        return [Home(hit.household, hit.place, None) for hit in found if hit.household]

    def _by_number(self, text: str, limit: int) -> list[PersonHit]:
        entries = [e for e in self._residents.by_lookup_keys(lookup_keys(text, self._area_code)) if not e.ended]
        person_ids = list(dict.fromkeys(e.person_id for e in entries if e.person_id))[:limit]
        household_ids = list(dict.fromkeys(e.household_id for e in entries if e.household_id))[:limit]
        people = self._residents.people(person_ids) if person_ids else {}
        hits = self._with_homes([people[i] for i in person_ids if i in people], "")
        households = self._residents.households(household_ids) if household_ids else {}
        hits += [PersonHit(None, (Home(h, self._map.home(h), None),)) for h in households.values()]
        return hits[:limit]

    def _by_place(self, text: str, limit: int) -> list[PersonHit]:
        homes = self.homes(text)
        members = {
            home.household.household_id: [
                m for m in self._residents.memberships_of_household(home.household.household_id) if not m.ended
            ]
            for home in homes
        }
        people = self._residents.people([m.person_id for those in members.values() for m in those])
        hits: list[PersonHit] = []
        for home in homes:
            known = [m for m in members[home.household.household_id] if m.person_id in people]
            hits += [PersonHit(people[m.person_id], (replace(home, role=m.role),)) for m in known]
            if not known:
                hits.append(PersonHit(None, (home,)))
        return hits[:limit]

    def _by_name(self, text: str, limit: int) -> list[PersonHit]:
        return self._with_homes(self._residents.search_people(text, limit), query_form(text))

    def _with_homes(self, people: Sequence[Person], query: str) -> list[PersonHit]:
        if not people:
            return []
        members = [m for m in self._residents.memberships_of_people([p.person_id for p in people]) if not m.ended]
        households = self._residents.households(list(dict.fromkeys(m.household_id for m in members)))
        by_person: dict[PersonId, list[Membership]] = {}
        for member in members:
            if member.household_id in households:
                by_person.setdefault(member.person_id, []).append(member)
        out = []
        for person in people:
            homes = tuple(
                Home(households[m.household_id], self._map.home(households[m.household_id]), m.role)
                for m in by_person.get(person.person_id, ())
            )
            found = match(query, read_name(person.name)) if query else None
            out.append(PersonHit(person, homes, (found.span,) if found else ()))
        return out

"""The register of people and places, read from the seat store. See `desk.usecases.ports.Residents`."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import or_, select, text

from desk.domain.estate import Building, Estate, Household, Membership, NumberEntry, Person, PublicArea, Staff
from desk.domain.identity import BuildingId, HouseholdId, PersonId
from desk.domain.sensitive_tags import NONE, SensitiveTags
from desk.store.person_search import queries_for
from desk.store.queries import AMONG, Reader, listed, starts_with
from desk.store.schema import ROWS
from desk.store.store import Store

_PERSON, _HOUSEHOLD = ROWS["person"], ROWS["household"]
_BUILDING, _AREA, _STAFF, _ESTATE = (ROWS[name] for name in ("building", "public_area", "staff", "estate"))

# No ORDER BY: the index then stops at the limit instead of gathering all the people called 王.
_FOUND = text(
    "SELECT p.* FROM person_search s CROSS JOIN person p ON p.search_id = s.rowid"
    " WHERE s.person_search MATCH :query LIMIT :limit"
).columns(*_PERSON.c)


class SqlResidents:
    """`hidden`: tags that are left out wherever people and homes are read, for they may still lie among those that
    everybody reads."""

    def __init__(self, store: Store, hidden: SensitiveTags = NONE) -> None:
        self._store, self._hidden = store, hidden
        self._person, self._household = Reader(store, Person), Reader(store, Household)
        self._membership, self._number = Reader(store, Membership), Reader(store, NumberEntry)
        self._building, self._area = Reader(store, Building), Reader(store, PublicArea)
        self._staff, self._estate = Reader(store, Staff), Reader(store, Estate)

    def by_lookup_keys(self, keys: Sequence[str]) -> list[NumberEntry]:
        wanted = [key for key in keys if key]
        if not wanted:
            return []
        entries = self._number.where(f"lookup_key {AMONG} ORDER BY number_id", listed(wanted))
        return [entry for entry in entries if not entry.ended]

    def people(self, ids: Sequence[PersonId]) -> dict[PersonId, Person]:
        if not ids:
            return {}
        found = self._person.where(f"person_id {AMONG}", listed(ids))
        return {person.person_id: self._shown(person) for person in found}

    def households(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, Household]:
        if not ids:
            return {}
        found = self._household.where(f"household_id {AMONG}", listed(ids))
        return {home.household_id: self._shown_home(home) for home in found}

    def memberships_of_people(self, ids: Sequence[PersonId]) -> list[Membership]:
        if not ids:
            return []
        return self._membership.where(f"person_id {AMONG} ORDER BY membership_id", listed(ids))

    def memberships_of_household(self, household_id: HouseholdId) -> list[Membership]:
        return self._membership.where("household_id = ? ORDER BY membership_id", household_id)

    def numbers_of_people(self, ids: Sequence[PersonId]) -> list[NumberEntry]:
        if not ids:
            return []
        return self._number.where(f"person_id {AMONG} ORDER BY number_id", listed(ids))

    def estates(self) -> list[Estate]:
        return self._estate.many(select(_ESTATE).order_by(_ESTATE.c.estate_id))

    def buildings(self) -> list[Building]:
        return self._building.many(select(_BUILDING).order_by(_BUILDING.c.building_id))

    def public_areas(self) -> list[PublicArea]:
        return self._area.many(select(_AREA).order_by(_AREA.c.public_area_id))

    def staff(self) -> list[Staff]:
        return self._staff.many(select(_STAFF).order_by(_STAFF.c.number))

    def households_by_place(self, place_code_prefix: str, limit: int) -> list[Household]:
        query = (
            select(_HOUSEHOLD)
            .where(starts_with(_HOUSEHOLD.c.place_code, place_code_prefix))
            .order_by(_HOUSEHOLD.c.place_code)
            .limit(limit)
        )
        return [self._shown_home(home) for home in self._household.many(query)]

    def households_in_building(
        self, building_id: BuildingId, unit: str, room_prefix: str, limit: int
    ) -> list[Household]:
        query = select(_HOUSEHOLD).where(_HOUSEHOLD.c.building_id == building_id)
        if unit:
            query = query.where(_HOUSEHOLD.c.unit == unit)
        if room_prefix:
            query = query.where(starts_with(_HOUSEHOLD.c.room, room_prefix))
        found = self._household.many(query.order_by(_HOUSEHOLD.c.unit, _HOUSEHOLD.c.room).limit(limit))
        return [self._shown_home(home) for home in found]

    def search_people(self, text: str, limit: int) -> list[Person]:
        """Names that begin with it first. "王", "小明", "wangx", "xm", "wxm"."""
        found: dict[PersonId, Person] = {}
        for query in queries_for(text):
            missing = limit - len(found)
            if missing <= 0:
                break
            # The second query finds the people of the first again.
            people = self._person.many(_FOUND.bindparams(query=query, limit=limit))
            found |= {person.person_id: person for person in people[: missing + len(found)]}
        return [self._shown(person) for person in list(found.values())[:limit]]

    def _shown(self, person: Person) -> Person:
        tags = self._hidden.without(person.tags) if person.tags else person.tags
        return person if len(tags) == len(person.tags) else replace(person, tags=tags)

    def _shown_home(self, home: Household) -> Household:
        tags = self._hidden.without(home.tags) if home.tags else home.tags
        return home if len(tags) == len(home.tags) else replace(home, tags=tags)


def has_others(store: Store, beginning: str) -> bool:
    """Whether there are people or homes whose ids do not begin so."""
    with store.read() as connection:
        for name in ("person", "household"):
            key = ROWS[name].c[f"{name}_id"]
            others = select(key).where(or_(key < beginning, key > beginning + "~")).limit(1)
            if connection.execute(others).first() is not None:
                return True
    return False

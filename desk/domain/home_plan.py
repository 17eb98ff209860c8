"""The plan of one home of a residents' list: who of it is new, who changed, who is missing. See
`desk.domain.import_plan`. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk.domain.changes import FieldValue, Patch
from desk.domain.estate import Subject
from desk.domain.import_plan import (
    HomeAt,
    Known,
    KnownHome,
    Outcome,
    Planned,
    differing,
    ended,
    natural_id,
    number_id_of,
    person_id_of,
    planned_tags,
    same_name,
)
from desk.domain.import_rows import Column, ImportedNumber, ImportRules, Problem, ResidentRow, RowFault


@dataclass
class _Resident:
    """The rows of one person in one home."""

    rows: list[ResidentRow]
    numbers: dict[str, ImportedNumber]

    @property
    def first(self) -> ResidentRow:
        return self.rows[0]


class HomePlan:
    """The plan of one home. `says`: the columns that the list has; of what it has no column for, it says nothing."""

    def __init__(
        self, at: HomeAt, rows: Sequence[ResidentRow], known: KnownHome, rules: ImportRules, says: frozenset[Column]
    ) -> None:
        self._at, self._rows, self._known, self._rules, self._says = at, rows, known, rules, says
        self.household_id = known.household.entity_id if known.household else at.household_id
        self.problems: list[Problem] = []
        self.present: set[str] = set()  # ids of memberships and numbers that the list has

    def planned(self, ending: bool) -> Iterator[Planned]:
        """All that differs. `ending`: what is missing from the list is ended instead of told."""
        residents = self._residents()
        if self._rules.one_row_per_room and len(self._rows) > 1:
            first = self._rows[0].row
            self.problems += [Problem(row.row, "", RowFault.ROOM_TWICE, "", None, first) for row in self._rows[1:]]
        if self._known.household is None:
            yield self._new("household", self.household_id, self._household(), self._rows[0].row, "")
        else:
            yield from self._tags_of_home(self._known.household)
        for number in self._own_numbers():
            yield from self._number(number, None, self._rows[0].row, "")
        present: set[str] = set()
        for resident in residents:
            person_id, changes = self._person(resident)
            yield from changes
            yield from self._membership(resident, person_id)
            for number in resident.numbers.values():
                yield from self._number(number, person_id, resident.first.row, resident.first.name)
            present.add(person_id)
        yield from self._missing(present, ending)

    def _residents(self) -> list[_Resident]:
        found: dict[str, _Resident] = {}
        for row in self._rows:
            if not row.name:
                continue
            key = row.person_key or same_name(row.name)
            numbers = {number.lookup_key or number.raw: number for number in row.numbers}
            earlier = found.get(key)
            if earlier is None:
                found[key] = _Resident([row], numbers)
                continue
            if earlier.first.role is not row.role:
                self._problem(row, RowFault.ROLE_DIFFERS, earlier.first.row)
            elif numbers.keys() <= earlier.numbers.keys():
                self._problem(row, RowFault.ROW_TWICE, earlier.first.row)
            earlier.rows.append(row)
            earlier.numbers |= {k: number for k, number in numbers.items() if k not in earlier.numbers}
        return list(found.values())

    def _problem(self, row: ResidentRow, fault: RowFault, other_row: int) -> None:
        self.problems.append(Problem(row.row, "", fault, row.name[:40], None, other_row))

    def _own_numbers(self) -> list[ImportedNumber]:
        """Of rows without a name."""
        numbers = [number for row in self._rows if not row.name for number in row.numbers]
        return list({number.lookup_key or number.raw: number for number in numbers}.values())

    def _household(self) -> Patch:
        at = self._at
        return {
            "estate_id": at.estate_id,
            "building_id": at.building_id,
            "unit": at.unit,
            "room": at.room,
            "place_code": at.place_code,
            "tags": [],
            "notes": "",
        }

    def _person(self, resident: _Resident) -> tuple[str, list[Planned]]:
        row = resident.first
        known = self._found(resident)
        tags = self._plain_tags(resident)
        notes = next((one.notes for one in resident.rows if one.notes), "")
        if known is None:
            person_id = person_id_of(row, self._at, self._rules)
            patch: Patch = {"name": row.name, "tags": tags, "notes": notes, "estate_id": self._at.estate_id}
            new = self._new("person", person_id, patch, row.row, row.name)
            return person_id, [new, *self._sensitive(person_id, self._brought(resident), (), row)]
        wanted: dict[str, FieldValue] = {"name": row.name} if row.person_key else {}
        if same_name(known.text("name")) == same_name(row.name):
            wanted.pop("name", None)
        if Column.NOTES in self._says:
            wanted["notes"] = notes
        now = _texts(known.row.get("tags"))
        listed = self._rules.sensitive.of(now) if self._rules.takes_sensitive else ()
        left = [tag for tag in now if tag not in listed]
        if Column.TAGS in self._says:
            said = _texts(known.imported.get("tags"))
            wanted["tags"] = _merged(tags, left, said)
            moved = tuple(tag for tag in listed if tag not in said)
        else:
            moved = listed
        if known.row.get("estate_id") is None:
            wanted["estate_id"] = self._at.estate_id
        without = Known(known.entity_id, {**known.row, "tags": left}, known.imported) if listed else known
        changes = list(self._differing("person", without, wanted, row.row, row.name))
        if listed:
            changes = self._with_tags_left(changes, known, left, row)
        return known.entity_id, [*changes, *self._sensitive(known.entity_id, self._brought(resident), moved, row)]

    def _with_tags_left(
        self, changes: Sequence[Planned], known: Known, left: list[str], row: ResidentRow
    ) -> list[Planned]:
        """What changes on the person, and that only these tags stay there whatever the list says."""
        done = next((one for one in changes if one.outcome is Outcome.CHANGED), None)
        patch: Patch = {"tags": left, **(done.patch if done else {})}
        before: Patch = {**(done.before if done else {}), "tags": known.row.get("tags")}
        moved = Planned(Outcome.CHANGED, "person", known.entity_id, patch, before, self._about(row.name), row.row)
        return [moved, *(one for one in changes if one is not done)]

    def _plain_tags(self, resident: _Resident) -> list[str]:
        """The list's tags that go onto the person: all may read them."""
        tags = dict.fromkeys(tag for one in resident.rows for tag in one.tags)
        if self._rules.takes_sensitive:
            return list(self._rules.sensitive.without(tags))
        known = self._found(resident)
        now = _texts(known.row.get("tags")) if known else []
        for row in resident.rows:
            if self._rules.sensitive.of(row.tags):
                self._problem(row, RowFault.TAG_KEPT_BACK, 0)
        return [tag for tag in tags if tag in now or not self._rules.sensitive.covers(tag)]

    def _brought(self, resident: _Resident) -> tuple[str, ...]:
        tags = dict.fromkeys(tag for one in resident.rows for tag in one.tags)
        return self._rules.sensitive.of(tags) if self._rules.takes_sensitive else ()

    def _sensitive(
        self, person_id: str, brought: Sequence[str], moved: Sequence[str], row: ResidentRow
    ) -> Iterator[Planned]:
        known = self._known.tags.get(person_id, ())
        says = Column.TAGS in self._says and self._rules.takes_sensitive
        about = (Subject.PERSON, person_id, self._about(row.name), row.row)
        yield from planned_tags(self._at.estate_id, about, known, brought, moved, says=says)

    def _tags_of_home(self, household: Known) -> Iterator[Planned]:
        """A list gives a home no tags; those that it has from before and not everybody may read are moved."""
        now = _texts(household.row.get("tags"))
        listed = self._rules.sensitive.of(now) if self._rules.takes_sensitive else ()
        if not listed:
            return
        patch: Patch = {"tags": [tag for tag in now if tag not in listed]}
        yield Planned(Outcome.CHANGED, "household", household.entity_id, patch, {"tags": now}, self._about(""))
        about = (Subject.HOUSEHOLD, household.entity_id, self._about(""), 0)
        yield from planned_tags(
            self._at.estate_id, about, self._known.tags.get(household.entity_id, ()), (), listed, says=False
        )

    def _found(self, resident: _Resident) -> Known | None:
        """By the id that they would have; else by name among the people of this home, those who live there first."""
        people = self._known.people
        for row in resident.rows:
            known = people.get(person_id_of(row, self._at, self._rules))
            if known is not None:
                return known
        name = same_name(resident.first.name)
        for member in sorted(self._known.members, key=lambda member: bool(member.row.get("ended"))):
            known = people.get(member.text("person_id"))
            if known is not None and same_name(known.text("name")) == name:
                return known
        return None

    def _membership(self, resident: _Resident, person_id: str) -> Iterator[Planned]:
        row = resident.first
        known = next((one for one in self._known.members if one.text("person_id") == person_id), None)
        if known is None:
            patch: Patch = {
                "household_id": self.household_id,
                "person_id": person_id,
                "role": row.role.value,
                "ended": False,
            }
            entity_id = natural_id(self._at.estate_id, "membership", self.household_id, person_id)
            yield self._new("membership", entity_id, patch, row.row, row.name)
            return
        self.present.add(known.entity_id)
        wanted: dict[str, FieldValue] = {"ended": False}
        if Column.ROLE in self._says or not known.row.get("role"):
            wanted["role"] = row.role.value
        yield from self._differing("membership", known, wanted, row.row, row.name)

    def _number(self, number: ImportedNumber, person_id: str | None, row: int, name: str) -> Iterator[Planned]:
        owner_id = person_id or self.household_id
        key = number.lookup_key
        same = [
            one
            for one in self._known.numbers.get(owner_id, ())
            if (one.text("lookup_key") == key if key else one.text("raw") == number.raw)
        ]
        known = min(same, key=lambda one: bool(one.row.get("ended")), default=None)
        if known is None:
            patch: Patch = {
                "raw": number.raw,
                "lookup_key": key,
                "person_id": person_id,
                "household_id": None if person_id else owner_id,
                "label": number.label,
                "ended": False,
            }
            entity_id = number_id_of(owner_id, number, self._at)
            self.present.add(entity_id)
            yield self._new("number", entity_id, patch, row, name)
            return
        self.present.add(known.entity_id)
        wanted: dict[str, FieldValue] = {"ended": False, **({"label": number.label} if number.label else {})}
        yield from self._differing("number", known, wanted, row, name)

    def _missing(self, present: set[str], ending: bool) -> Iterator[Planned]:
        for member in self._known.members:
            person_id = member.text("person_id")
            if person_id not in present:
                person = self._known.people.get(person_id)
                yield from ended("membership", member, self._about(person.text("name") if person else ""), ending)
        for owner_id in (self.household_id, *sorted(present)):
            for number in self._known.numbers.get(owner_id, ()):
                if number.entity_id not in self.present:
                    person = self._known.people.get(owner_id)
                    yield from ended("number", number, self._about(person.text("name") if person else ""), ending)

    def _new(self, entity: str, entity_id: str, patch: Patch, row: int, name: str) -> Planned:
        return Planned(Outcome.NEW, entity, entity_id, patch, {}, self._about(name), row)

    def _differing(self, entity: str, known: Known, wanted: Patch, row: int, name: str) -> Iterator[Planned]:
        yield from differing(entity, known, wanted, self._about(name), row)

    def _about(self, name: str) -> str:
        return f"{self._at.text} {name}".strip()


def _merged(wanted: list[str], now: list[str], said: list[str]) -> list[str]:
    """The list's tags, and those that were given here: the current ones that the list never brought."""
    here = [tag for tag in now if tag in wanted or tag not in said]
    return [*here, *(tag for tag in wanted if tag not in here)]


def _texts(value: FieldValue) -> list[str]:
    return [str(tag) for tag in value] if isinstance(value, list) else []

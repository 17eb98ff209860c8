"""What a list of residents changes in the register, home by home. The comparison has three sides: what the list says,
what stands in the register, and what the same list said the last time. So a list that says the same as last time leaves
alone what people at the hotline have corrected since, and only what it brought itself can be missing from it later.

An id is made of what names the thing (estate, home, name and number, or the list's own key for a person), so that the
same list read at two seats, or twice, makes the same people. Pure."""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from desk.domain.changes import FieldValue, Patch
from desk.domain.import_rows import Column, ImportedNumber, ImportRules, Problem, ResidentRow, RowFault


class Outcome(Enum):
    """What an import does to one entity of the register."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"  # on order only
    MISSING = "missing"  # the list brought it once and has it no more; told, not done
    KEPT = "kept"  # was corrected here since the list last said the same; told, not done


DONE = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.ENDED})
AUTHOR_PREFIX = "import."


@dataclass(frozen=True, slots=True)
class Planned:
    """`before`: what the patch's fields hold now. `about`: home and name, for people to read. `row` 0 = none."""

    outcome: Outcome
    entity: str
    entity_id: str
    patch: Patch
    before: Patch
    about: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An entity as it stands. `imported`: the fold of what this source has said of it, {} = never."""

    entity_id: str
    row: Patch
    imported: Patch

    def text(self, name: str) -> str:
        value = self.row.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class KnownHome:
    """What the register knows of a home. `people` by id and `numbers` by the id of their person or household: those of
    this home, and of anybody who may turn up in it."""

    household: Known | None = None
    members: Sequence[Known] = ()
    people: Mapping[str, Known] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[Known]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HomeAt:
    """`estate`: its name; `text`: the home for people to read."""

    estate: str
    estate_id: str
    building_id: str
    unit: str
    room: str
    place_code: str
    text: str

    @property
    def household_id(self) -> str:
        return natural_id(self.estate_id, "household", self.building_id, self.unit, self.room)


@dataclass
class _Resident:
    """The rows of one person in one home."""

    rows: list[ResidentRow]
    numbers: dict[str, ImportedNumber]

    @property
    def first(self) -> ResidentRow:
        return self.rows[0]


def natural_id(estate: str, *parts: str) -> str:
    """A UUIDv7 in form (RFC 9562 section 5.7) made of what names the thing. Its time part is the estate's: what is
    imported together lies together in the tables."""
    near = _near(estate)
    own = hashlib.sha256("\x1f".join((estate, *parts)).encode()).hexdigest()
    return f"018c{near[:4]}-{near[4:8]}-7{own[:3]}-{'89ab'[int(own[3], 16) & 3]}{own[4:7]}-{own[7:19]}"


@lru_cache(maxsize=1024)
def _near(estate: str) -> str:
    return hashlib.sha256(estate.encode()).hexdigest()


def same_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def person_id_of(row: ResidentRow, at: HomeAt, rules: ImportRules) -> str:
    """Whoever this row names, were they new: by the list's key, else by name and number, else by name and home."""
    if row.person_key:
        return natural_id(at.estate_id, "person", rules.source, row.person_key)
    keys = sorted(number.lookup_key for number in row.numbers if number.lookup_key)
    return natural_id(at.estate_id, "person", same_name(row.name), keys[0] if keys else at.household_id)


def number_id_of(owner_id: str, number: ImportedNumber, at: HomeAt) -> str:
    return natural_id(at.estate_id, "number", owner_id, number.lookup_key or number.raw)


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
        tags = list(dict.fromkeys(tag for one in resident.rows for tag in one.tags))
        notes = next((one.notes for one in resident.rows if one.notes), "")
        if known is None:
            person_id = person_id_of(row, self._at, self._rules)
            patch: Patch = {"name": row.name, "tags": tags, "notes": notes, "estate_id": self._at.estate_id}
            return person_id, [self._new("person", person_id, patch, row.row, row.name)]
        wanted: dict[str, FieldValue] = {"name": row.name} if row.person_key else {}
        if same_name(known.text("name")) == same_name(row.name):
            wanted.pop("name", None)
        if Column.NOTES in self._says:
            wanted["notes"] = notes
        if Column.TAGS in self._says:
            wanted["tags"] = _merged(tags, known.row.get("tags"), known.imported.get("tags"))
        if known.row.get("estate_id") is None:
            wanted["estate_id"] = self._at.estate_id
        return known.entity_id, list(self._differing("person", known, wanted, row.row, row.name))

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


def differing(entity: str, known: Known, wanted: Patch, about: str, row: int) -> Iterator[Planned]:
    """One plan for the fields in which the list and the register differ, one for those where the register stands."""
    changed: dict[str, FieldValue] = {}
    kept: dict[str, FieldValue] = {}
    for name, value in wanted.items():
        current, said = known.row.get(name), known.imported.get(name)
        if current == value or (current is None and value is False):
            continue
        if value in ("", []) and name not in known.imported:
            continue  # what the list leaves empty, and never filled, it says nothing of
        (kept if name in known.imported and said == value else changed)[name] = value
    for outcome, fields in ((Outcome.CHANGED, changed), (Outcome.KEPT, kept)):
        if fields:
            before = {name: known.row.get(name) for name in fields}
            yield Planned(outcome, entity, known.entity_id, fields, before, about, row)


def ended(entity: str, known: Known, about: str, ending: bool) -> Iterator[Planned]:
    """What the list brought and has no more. What people at the hotline wrote down themselves is not its to end."""
    if known.imported and not known.row.get("ended"):
        outcome = Outcome.ENDED if ending else Outcome.MISSING
        yield Planned(outcome, entity, known.entity_id, {"ended": True}, {"ended": False}, about)


def _merged(wanted: list[str], current: FieldValue, imported: FieldValue) -> list[str]:
    """The list's tags, and those that were given here: the current ones that the list never brought."""
    now = [str(tag) for tag in current] if isinstance(current, list) else []
    brought = {str(tag) for tag in imported} if isinstance(imported, list) else set()
    here = [tag for tag in now if tag in wanted or tag not in brought]
    return [*here, *(tag for tag in wanted if tag not in here)]

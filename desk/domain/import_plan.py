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
from desk.domain.estate import Subject
from desk.domain.import_rows import ImportedNumber, ImportRules, ResidentRow
from desk.domain.sensitive_tags import plain_tag


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
class ListsStand:
    """How the lists that come in by a folder stand. `trouble`: why the last one was not taken, or nothing can be; ""
    none. `remarks`: what was left out or is doubtful of the last that was taken, summed up. `report`: the file that
    says more, as a path."""

    trouble: str = ""
    remarks: str = ""
    report: str = ""


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
    """What the register knows of a home. `people` by id, `numbers` by the id of their person or household and `tags`
    (the sensitive ones) by whom they are about: those of this home, and of anybody who may turn up in it."""

    household: Known | None = None
    members: Sequence[Known] = ()
    people: Mapping[str, Known] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    tags: Mapping[str, Sequence[Known]] = field(default_factory=dict)


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


def planned_tags(
    estate_id: str,
    about: tuple[Subject, str, str, int],
    known: Sequence[Known],
    brought: Sequence[str],
    moved: Sequence[str],
    *,
    says: bool,
) -> Iterator[Planned]:
    """Sensitive tags of one person or home. `about`: whose, and home, name and row for people to read. `brought` by the
    list; `moved` from the tags that everybody reads, which nobody has to bring again. `says`: the list has tags, so
    that what it brought once and has no more is over."""
    subject, subject_id, text, row = about
    met: set[str] = set()
    for tag in dict.fromkeys([*brought, *moved]):
        same = [one for one in known if plain_tag(one.text("tag")) == plain_tag(tag)]
        there = min(same, key=lambda one: bool(one.row.get("ended")), default=None)
        if there is not None:
            met.add(there.entity_id)
            yield from differing("sensitive_tag", there, {"ended": False}, text, row)
            continue
        patch: Patch = {"subject": subject.value, "subject_id": subject_id, "tag": tag}
        if tag in brought:
            patch = {**patch, "ended": False}  # by which it is known as the list's own
        entity_id = natural_id(estate_id, "sensitive_tag", subject_id, plain_tag(tag))
        yield Planned(Outcome.NEW, "sensitive_tag", entity_id, patch, {}, text, row)
    for one in known if says else ():
        if one.entity_id not in met and "ended" in one.imported and not one.row.get("ended"):
            yield Planned(Outcome.CHANGED, "sensitive_tag", one.entity_id, {"ended": True}, {"ended": False}, text, row)

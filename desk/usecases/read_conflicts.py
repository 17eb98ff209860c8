"""What was written at two seats at once, for people to read: the things in conflict with what they are called, who
wrote which version and when, and what the rules or somebody have settled already.

Reads on a worker's thread; a handful of indexed queries for each thing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desk.domain.changes import Change, FieldValue, fold
from desk.domain.conflicts import Conflict, Settlement, Version, find
from desk.domain.identity import ChangeId, PersonId, TicketId
from desk.domain.supervised import SUPERVISED, is_supervised
from desk.usecases.conflict_ports import Conflicts
from desk.usecases.ports import Residents, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.settle_conflict import BY_TABLE

MOST = 100
_SENSITIVE = "sensitive_tag"
# The field that names a thing of each entity; the second is told beside it.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "ticket": ("number", "place_text"),
    "call": ("number",),
    "person": ("name",),
    "household": ("place_code",),
    "number": ("raw",),
    "notice": ("title",),
    "staff": ("name",),
    "building": ("name",),
    "public_area": ("name",),
    "estate": ("name",),
    "sensitive_tag": ("tag",),
    "task": ("title",),
    "promise": ("text",),
    "question": ("text",),
    "article": ("title",),
    "survey": ("title",),
    "warning": ("issue",),
    "seat_record": ("seat",),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One version, with the change it is. `name`: its author's, "" where the register has none. `named`: what an id in
    it stands for (a person's name, a ticket's number), "" where its values speak for themselves. `is_mine`: written by
    whoever asks."""

    version: Version
    change: Change
    name: str
    named: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """`about`: what it is called, "" where nothing names it."""

    entity: str
    entity_id: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """`sides` in the order of the fold: the last is what the row says."""

    thing: Thing
    conflict: Conflict
    sides: tuple[Side, ...]

    @property
    def is_mine(self) -> bool:
        return any(side.is_mine for side in self.sides)


@dataclass(frozen=True, slots=True)
class Settled:
    """`by_rules`: nobody decided it but the domain's table."""

    thing: Thing
    settlement: Settlement
    sides: tuple[Side, ...]
    by: Side
    by_rules: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What there is to say beside one thing."""

    conflicts: tuple[OpenConflict, ...] = ()
    settled: tuple[Settled, ...] = ()


class ReadConflicts:
    """`sees_tags`: whether whoever sits here may read the tags that not everybody may; else nothing is told of them.
    `supervises`: whether they may write what only supervisors do; else no such conflict is theirs to settle."""

    def __init__(
        self,
        conflicts: Conflicts,
        histories: Histories,
        residents: Residents,
        tickets: Tickets,
        sees_tags: Callable[[], bool] = lambda: True,
        supervises: Callable[[], bool] = lambda: True,
    ) -> None:
        self._conflicts, self._histories, self._residents, self._tickets = conflicts, histories, residents, tickets
        self._sees_tags, self._supervises = sees_tags, supervises

    def count(self) -> int:
        count = self._conflicts.count()
        if not count or (self._sees_tags() and self._supervises()):
            return count
        some = [thing for thing in self._conflicts.things(MOST) if thing[0] == _SENSITIVE or thing[0] in SUPERVISED]
        found = [one for thing in some for one in find(*thing, self._histories.of(*thing)).conflicts]
        return count - sum(not self._is_theirs(one) for one in found)

    def _is_theirs(self, conflict: Conflict) -> bool:
        """Whoever sits here may settle it."""
        if conflict.entity == _SENSITIVE:
            return self._sees_tags()
        written = {field for version in conflict.versions for field in version.values}
        return not is_supervised(conflict.entity, written) or self._supervises()

    def open(self, work_number: str, limit: int = MOST) -> list[OpenConflict]:
        """All that stands in conflict, in so many things at most: those that whoever asks has a part in first, then the
        latest."""
        found = [
            conflict
            for entity, entity_id in self._conflicts.things(limit)
            for conflict in self.of(entity, entity_id, work_number).conflicts
        ]
        return sorted(found, key=lambda one: not one.is_mine)

    def of(self, entity: str, entity_id: str, work_number: str) -> Marks:
        if entity == _SENSITIVE and not self._sees_tags():
            return Marks()
        changes = self._histories.of(entity, entity_id)
        found = find(entity, entity_id, changes)
        if not found.conflicts and not found.settlements:
            return Marks()
        reader = _Reader(changes, self.names(), self._residents, self._tickets, work_number)
        thing = self.thing(entity, entity_id, changes)
        theirs = [one for one in found.conflicts if self._is_theirs(one)]
        return Marks(
            tuple(OpenConflict(thing, one, reader.sides(one.versions)) for one in theirs),
            tuple(
                Settled(thing, one, reader.sides(one.versions), by, by.change.reason.startswith(BY_TABLE))
                for one in found.settlements
                for by in reader.sides([one.by])
            ),
        )

    def names(self) -> dict[str, str]:
        """Work number -> name, of all staff."""
        return {staff.number: staff.name for staff in self._residents.staff()}

    def named(self, values: Mapping[str, FieldValue]) -> str:
        """See `Side.named`."""
        return named(values, self._residents, self._tickets)

    def thing(self, entity: str, entity_id: str, changes: Sequence[Change]) -> Thing:
        row = fold(changes)
        about = [str(row[field]) for field in _CALLED.get(entity, ()) if row.get(field)]
        if entity == "membership" and (person := self._person(row.get("person_id"))):
            about.append(person)
        return Thing(entity, entity_id, tuple(about))

    def _person(self, person_id: FieldValue) -> str:
        return _person_name(self._residents, person_id)


class _Reader:
    def __init__(
        self,
        changes: Sequence[Change],
        names: Mapping[str, str],
        residents: Residents,
        tickets: Tickets,
        work_number: str,
    ) -> None:
        self._changes: dict[ChangeId, Change] = {change.change_id: change for change in changes}
        self._names, self._residents, self._tickets, self._me = names, residents, tickets, work_number

    def sides(self, versions: Sequence[Version]) -> tuple[Side, ...]:
        return tuple(
            Side(
                version,
                self._changes[version.change_id],
                self._names.get(version.author, ""),
                named(version.values, self._residents, self._tickets),
                bool(self._me) and version.author == self._me,
            )
            for version in versions
        )


def named(values: Mapping[str, FieldValue], residents: Residents, tickets: Tickets) -> str:
    """What the first field's id stands for; "" where it is no id, or one that is not known here."""
    field, value = next(iter(values.items()))
    if not isinstance(value, str):
        return ""
    if field == "person_id":
        return _person_name(residents, value)
    if field == "ticket_id":
        ticket = tickets.get(TicketId(value))
        return ticket.number if ticket else ""
    if field == "handler_id":
        return next((staff.name for staff in residents.staff() if staff.staff_id == value), "")
    if field == "owner":  # by work number
        return next((staff.name for staff in residents.staff() if staff.number == value), "")
    return ""


def _person_name(residents: Residents, person_id: FieldValue) -> str:
    if not isinstance(person_id, str):
        return ""
    person = residents.people([PersonId(person_id)]).get(PersonId(person_id))
    return person.name if person else ""

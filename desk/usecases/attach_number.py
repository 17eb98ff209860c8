"""Attaching a number to those it belongs to, in one step, while they are on the line: the number is filed under its key
and the running call is tied to them in the same transaction. Doing it twice changes nothing the second time. A withheld
number cannot be filed; the call is tied all the same. `detach` is the step back. Any thread; durable when it
returns."""

from dataclasses import dataclass, replace

from desk.domain.changes import Change
from desk.domain.estate import Membership, NumberEntry, Person, Role
from desk.domain.identity import CallId, HouseholdId, PersonId
from desk.domain.numbers import lookup_key, lookup_keys
from desk.domain.patches import patch_of
from desk.usecases.ports import ChangeAuthor, ChangeLog, NewId, Residents
from desk.usecases.tie_call import tied


@dataclass(frozen=True, slots=True)
class Attached:
    """What came of it. `number_id` None: nothing new was filed (withheld, or theirs already). `membership_id`: of
    somebody new in their home."""

    person_id: PersonId | None
    household_id: HouseholdId | None
    number_id: str | None
    membership_id: str | None = None


class AttachNumber:
    def __init__(
        self, change_log: ChangeLog, author: ChangeAuthor, residents: Residents, new_id: NewId, area_code: str
    ) -> None:
        self._log = change_log
        self._author = author
        self._residents = residents
        self._new_id = new_id
        self._area_code = area_code

    def to_person(
        self,
        person_id: PersonId,
        raw: str,
        call_id: CallId | None = None,
        household_id: HouseholdId | None = None,
        label: str = "",
    ) -> Attached:
        """`household_id`: as whose member they call, where they have several."""
        return self._attach([], raw, person_id, household_id, call_id, label)

    def to_household(
        self, household_id: HouseholdId, raw: str, call_id: CallId | None = None, label: str = ""
    ) -> Attached:
        """The household's number; nobody knows yet whose."""
        return self._attach([], raw, None, household_id, call_id, label)

    def to_new_person(
        self,
        name: str,
        raw: str,
        household_id: HouseholdId | None = None,
        role: Role = Role.FAMILY,
        call_id: CallId | None = None,
        label: str = "",
    ) -> Attached:
        """Somebody the register does not have yet, as a member of a household or of none. Raises `ValueError` for an
        empty name."""
        if not name.strip():
            raise ValueError("a person has a name")
        home = self._residents.households([household_id]).get(household_id) if household_id else None
        person = Person(PersonId(self._new_id()), name.strip(), estate_id=home.estate_id if home else None)
        changes = [self._author.change("person", person.person_id, patch_of(person, "person_id"))]
        membership_id = None
        if household_id:
            membership = Membership(self._new_id(), household_id, person.person_id, role)
            patch = patch_of(membership, "membership_id")
            membership_id = membership.membership_id
            changes.append(self._author.change("membership", membership_id, patch))
        attached = self._attach(changes, raw, person.person_id, household_id, call_id, label)
        return replace(attached, membership_id=membership_id)

    def detach(
        self,
        raw: str,
        person_id: PersonId | None,
        household_id: HouseholdId | None,
        call_id: CallId | None = None,
        membership_id: str | None = None,
    ) -> None:
        """The number is not theirs: what made it stand for them is ended, and the call is tied to nobody.
        `membership_id`: of somebody new who is no member of that home either. What was written stays in the log."""
        ends = self._author
        changes = [
            ends.change("number", n.number_id, {"ended": True}) for n in self._theirs(raw, person_id, household_id)
        ]
        if membership_id:
            changes.append(ends.change("membership", membership_id, {"ended": True}))
        if call_id:
            changes.append(tied(self._author, call_id, None, None))
        if changes:
            self._log.append(changes)

    def _theirs(self, raw: str, person_id: PersonId | None, household_id: HouseholdId | None) -> list[NumberEntry]:
        """The entries by which this number stands for them, of its likeliest reading that does."""
        for key in lookup_keys(raw, self._area_code):
            found = [n for n in self._residents.by_lookup_keys([key]) if not n.ended]
            theirs = [n for n in found if (n.person_id or n.household_id) == (person_id or household_id)]
            if theirs:
                return theirs
        return []

    def _attach(
        self,
        changes: list[Change],
        raw: str,
        person_id: PersonId | None,
        household_id: HouseholdId | None,
        call_id: CallId | None,
        label: str,
    ) -> Attached:
        key = lookup_key(raw, self._area_code)
        number_id = None
        if key and not self._has_already(key, person_id, household_id):
            # A person's number is the person's alone: it follows them when they move out of the household.
            home = None if person_id else household_id
            number = NumberEntry(self._new_id(), raw, key, person_id, home, label)
            changes.append(self._author.change("number", number.number_id, patch_of(number, "number_id")))
            number_id = number.number_id
        if call_id:
            changes.append(tied(self._author, call_id, person_id, household_id))
        if changes:
            self._log.append(changes)
        return Attached(person_id, household_id, number_id)

    def _has_already(self, key: str, person_id: PersonId | None, household_id: HouseholdId | None) -> bool:
        theirs = [n for n in self._residents.by_lookup_keys([key]) if not n.ended]
        if person_id:
            return any(n.person_id == person_id for n in theirs)
        return any(n.household_id == household_id for n in theirs)

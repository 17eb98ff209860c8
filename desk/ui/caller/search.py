"""The search of the card: what the finder gives becomes rows, each of them a caller who can be attached with one Enter:
somebody known in each of their homes, the household itself, somebody new with the role that they have in the home.
Where the number is a resident's already, the caller is likelier to use another's telephone: first comes the row that
ties only this call, then the one that files the number, too. Where it is nobody's, it is the other way round; where it
is a colleague's (the gate-house, an intercom), no row files it.
The search runs on the worker, latest wins.

Rows are made without Qt; `search_for` ties them to the worker. Ui process."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from desk.domain.estate import Building, Role
from desk.domain.identity import BuildingId, HouseholdId
from desk.i18n import _
from desk.ui import words
from desk.ui.caller.card_presenter import name_of
from desk.ui.caller.ties import NewPerson, OnlyThisCall, Whose
from desk.ui.suggest_box import Deliver, Search
from desk.ui.suggest_box_rows import Suggestion
from desk.ui.worker import Worker
from desk.usecases.find_caller import Callers, find_callers
from desk.usecases.find_person import Home, PersonFinder, PersonHit
from desk.usecases.profile import Candidate

ROWS = 8
ROLES = (Role.FAMILY, Role.TENANT, Role.OWNER, Role.SHOP)
_HOMES_THEMSELVES = 3  # that much room is kept for them below the people of many homes
BuildingOf = Callable[[BuildingId], Building | None]


def rows(
    found: Callers, building_of: BuildingOf, home: Home | None = None, *, number: Whose = Whose.WITHHELD
) -> list[Suggestion]:
    """One row for every person in every home, then the homes themselves; at the end somebody new of that name, a row
    for each role in the home that was typed with the name, else in `home`. `number`: whose it is already."""
    plain = _rows(found, building_of, home)
    if number is Whose.RESIDENTS:
        return _for_residents(plain)
    if number is Whose.COLLEAGUES:
        return [_only_this_call(row) for row in plain]
    return _for_nobodys(plain) if number is Whose.NOBODYS else plain


def _for_residents(plain: Sequence[Suggestion]) -> list[Suggestion]:
    """Somebody new gets no number that is somebody's already."""
    known, new = list[Suggestion](), list[Suggestion]()
    filed = _("· and the number")
    for row in plain:
        if isinstance(row.value, NewPerson):
            new.append(_only_this_call(row))
        else:
            known += [_only_this_call(row), replace(row, note=f"{row.note} {filed}".strip())]
    return [*known[: ROWS - len(new)], *new]


def _for_nobodys(plain: Sequence[Suggestion]) -> list[Suggestion]:
    """Behind the rows that file the number as many of those that tie only this call (a neighbour's telephone, a shop's)
    as there is room for, the likeliest's at least."""
    filing = list(plain)
    if len(filing) >= ROWS:
        hits = [row for row in filing if isinstance(row.value, Candidate)]
        filing.remove((hits or filing)[-1])
    return [*filing, *map(_only_this_call, filing)][:ROWS]


def _only_this_call(row: Suggestion) -> Suggestion:
    caller, tied = row.value, _("· only this call")
    assert isinstance(caller, Candidate | NewPerson)  # noqa: S101 - as `_rows` makes them
    return replace(row, value=OnlyThisCall(caller), note=f"{row.note} {tied}".strip())


def _rows(found: Callers, building_of: BuildingOf, home: Home | None) -> list[Suggestion]:
    people = [row for hit in found.people for row in _of_hit(hit, building_of)]
    shown = {home.household.household_id for hit in found.people if hit.person is None for home in hit.homes}
    themselves = [_itself(one, building_of) for one in found.homes if one.household.household_id not in shown]
    themselves = themselves[: max(_HOMES_THEMSELVES, ROWS - len(people))] if not found.newcomer else []
    new = _newcomers(found, building_of, home)
    if found.newcomer and found.homes:  # those of this name who live elsewhere are unlikelier than somebody new here
        here = {one.household.household_id for one in found.homes}
        elsewhere = [row for row in people if not _lives_in(row.value, here)]
        people = [row for row in people if row not in elsewhere]
        return [*people, *new, *elsewhere][:ROWS]
    last = (*themselves, *new)
    return [*people[: max(0, ROWS - len(last))], *last][:ROWS]


def _of_hit(hit: PersonHit, building_of: BuildingOf) -> list[Suggestion]:
    if not hit.homes and hit.person is not None:
        return [Suggestion(hit.person.name, Candidate(hit.person, None, None, None), "", hit.spans)]
    out = []
    for place in hit.homes:
        candidate = _candidate(hit, place, building_of)
        note = " ".join(p for p in (place.place.text, words.role(place.role) if place.role else "") if p)
        if hit.person is None:
            out.append(Suggestion(place.place.text, candidate, _("home without known people")))
        else:
            out.append(Suggestion(name_of(candidate), candidate, note, hit.spans))
    return out


def _itself(home: Home, building_of: BuildingOf) -> Suggestion:
    return Suggestion(home.place.text, _candidate(None, home, building_of), _("the household, nobody by name"))


def _newcomers(found: Callers, building_of: BuildingOf, home: Home | None) -> list[Suggestion]:
    name = found.newcomer
    homes = found.homes or ((home,) if home is not None else ())
    if not name:
        return []
    if not homes:
        return [Suggestion(name, NewPerson(name), _("new, without a home. With one: 5-2-203 {name}").format(name=name))]
    out = []
    for one in homes:
        building = building_of(one.household.building_id)
        for role in ROLES:
            note = _("new: {place} {role}").format(place=one.place.text, role=words.role(role))
            out.append(Suggestion(name, NewPerson(name, one.household, building, role), note))
    return out


def _candidate(hit: PersonHit | None, home: Home, building_of: BuildingOf) -> Candidate:
    person = hit.person if hit is not None else None
    return Candidate(person, home.household, building_of(home.household.building_id), home.role)


def _lives_in(value: object, homes: set[HouseholdId]) -> bool:
    return isinstance(value, Candidate) and value.household is not None and value.household.household_id in homes


def search_for(
    worker: Worker,
    finder: PersonFinder,
    building_of: BuildingOf,
    home: Callable[[], Home | None],
    whose_number: Callable[[], Whose],
) -> Search:
    """`home`: the home of the caller in front, whose member a new person becomes where no other is typed.
    `whose_number`: whose their number is already."""

    def search(text: str, deliver: Deliver) -> None:
        belongs_to, number = home(), whose_number()

        def look() -> list[Suggestion]:
            return rows(find_callers(finder, text, ROWS), building_of, belongs_to, number=number)

        worker.latest("caller", look, deliver)

    return search

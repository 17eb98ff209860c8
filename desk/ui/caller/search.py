"""The search of the card: what the finder gives becomes rows, each of them a caller who can be attached with one Enter.
A name that nobody in the register has is offered as a new person. The search runs on the worker, latest wins.

Rows are made without Qt; `search_for` ties them to the worker. Ui process."""

import re
from collections.abc import Callable, Sequence

from desk.domain.estate import Building
from desk.domain.identity import BuildingId, HouseholdId
from desk.i18n import _
from desk.ui import words
from desk.ui.caller.card_presenter import name_of
from desk.ui.caller.ties import NewPerson
from desk.ui.suggest_box import Deliver, Search
from desk.ui.suggest_box_rows import Suggestion
from desk.ui.worker import Worker
from desk.usecases.find_person import PersonFinder, PersonHit
from desk.usecases.profile import Candidate

ROWS = 8
BuildingOf = Callable[[BuildingId], Building | None]
_NAME = re.compile(r"[^\W\d_]{2,20}(?:[ ·.][^\W\d_]{1,20}){0,3}")


def rows(text: str, hits: Sequence[PersonHit], building_of: BuildingOf, home: HouseholdId | None) -> list[Suggestion]:
    """One row for every person in every home; at the end, a new person of that name where the text can be a name."""
    out = []
    for hit in hits:
        if not hit.homes and hit.person is not None:
            out.append(Suggestion(hit.person.name, Candidate(hit.person, None, None, None), "", hit.spans))
        for place in hit.homes:
            candidate = Candidate(hit.person, place.household, building_of(place.household.building_id), place.role)
            note = " ".join(p for p in (place.place.text, words.role(place.role) if place.role else "") if p)
            if hit.person is None:
                out.append(Suggestion(place.place.text, candidate, _("home without known people")))
            else:
                out.append(Suggestion(name_of(candidate), candidate, note, hit.spans))
    name = text.strip()
    if _NAME.fullmatch(name) and not name.isascii():
        out = out[: ROWS - 1]
        out.append(Suggestion(name, NewPerson(name, home), _("new: add to the register")))
    return out[:ROWS]


def search_for(
    worker: Worker, finder: PersonFinder, building_of: BuildingOf, home: Callable[[], HouseholdId | None]
) -> Search:
    """`home`: the household of the caller in front, whose member a new person becomes."""

    def search(text: str, deliver: Deliver) -> None:
        belongs_to = home()
        worker.latest("caller", lambda: rows(text, finder.find(text, ROWS), building_of, belongs_to), deliver)

    return search

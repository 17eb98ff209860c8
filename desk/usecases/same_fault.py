"""The same fault, while somebody types: which open tickets of the building (or of the public area) the call may be
about, by home, unit, category and what the words sound like. The building's tickets are read once and kept while the
agent stays with it, so that a keystroke costs the comparing alone (some ms for two hundred tickets); `stale` says that
tickets have changed. Offline as everything here.

Any worker's thread, one at a time; `stale` from any."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desk.domain.categories import CategoryTree
from desk.domain.same_fault import SameFault, compare, in_order
from desk.domain.similar_words import Sound, likeness, sound
from desk.domain.tickets import Place, Ticket
from desk.usecases.ports import Residents, Tickets

SHOWN = 8
MOST = 200
BY_KEYWORD = 0.9  # what callers say instead of a category's name counts for a little less than the ticket's own words


@dataclass(frozen=True, slots=True)
class _Open:
    ticket: Ticket
    sound: Sound
    unit: str


@dataclass(frozen=True, slots=True)
class _Kept:
    where: tuple[str | None, str | None]
    serial: int
    tickets: tuple[_Open, ...]
    units: dict[str, str]  # household -> unit
    categories: frozenset[str]


class SameFaults:
    """`in_area`: open tickets about a public area that belongs to no building (the garage), newest first."""

    def __init__(
        self,
        tickets: Tickets,
        residents: Residents,
        tree: CategoryTree,
        in_area: Callable[[str, int], Sequence[Ticket]] = lambda _area, _limit: (),
    ) -> None:
        self._tickets, self._residents, self._tree, self._in_area = tickets, residents, tree, in_area
        self._kept: _Kept | None = None
        self._serial = 0
        self._sayings: dict[str, tuple[Sound, ...]] = {}

    def stale(self) -> None:
        """Tickets have changed: read them anew with the next question."""
        self._serial += 1

    def find(self, place: Place, category: str = "", words: str = "") -> list[SameFault]:
        """The likeliest first. [] where neither the building nor the area is known."""
        where = (place.building_id, place.public_area_id if place.building_id is None else None)
        if where == (None, None):
            return []
        kept = self._kept
        if kept is None or kept.where != where or kept.serial != self._serial:
            kept = self._kept = self._read(place, where)
        typed = sound(words)
        unit = self._unit_of(place, kept)
        by_keyword = {code: self._by_keyword(typed, code) for code in kept.categories}
        found = []
        for one in kept.tickets:
            alike = max(likeness(typed, one.sound), by_keyword[one.ticket.category])
            found.append(compare(one.ticket, place, category, alike, unit, one.unit))
        return list(in_order(found)[:SHOWN])

    def _by_keyword(self, typed: Sound, code: str) -> float:
        sayings = self._sayings.get(code)
        if sayings is None:
            leaf = self._tree.get(code)
            sayings = tuple(sound(text) for text in (leaf.zh, *leaf.keywords)) if leaf else ()
            self._sayings[code] = sayings
        return BY_KEYWORD * max((likeness(typed, saying) for saying in sayings), default=0.0)

    def _read(self, place: Place, where: tuple[str | None, str | None]) -> _Kept:
        serial = self._serial
        if place.building_id is not None:
            tickets: Sequence[Ticket] = self._tickets.open_in_building(place.building_id, MOST)
        else:
            tickets = self._in_area(place.public_area_id or "", MOST)
        homes = [one.household_id for one in tickets if one.household_id is not None]
        households = self._residents.households(list(dict.fromkeys(homes))) if homes else {}
        units = {str(home): household.unit for home, household in households.items()}
        opened = tuple(_Open(one, sound(one.description), units.get(one.household_id or "", "")) for one in tickets)
        return _Kept(where, serial, opened, units, frozenset(one.category for one in tickets))

    def _unit_of(self, place: Place, kept: _Kept) -> str:
        home = place.household_id
        if home is None:
            return ""
        if home not in kept.units:
            household = self._residents.households([home]).get(home)
            kept.units[home] = household.unit if household else ""
        return kept.units[home]

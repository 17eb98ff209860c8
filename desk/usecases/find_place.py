"""Suggestions for the place field: "5-2-203", "wd5d", "五栋", "dt" become homes, buildings and public areas of the
register.

Buildings and public areas are searched in memory with their readings made once (`load`, off the ui's thread: some
100 ms at a million households); homes by a few indexed reads. Places near the caller come first. Any thread."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from desk.domain.estate import Building, Household, PublicArea
from desk.domain.pinyin import Match, Reading, match, query_form, read
from desk.domain.places import SpokenPlace, chinese_numeral, parse_place
from desk.domain.tickets import Place
from desk.usecases.estate_map import EstateMap, EstateView
from desk.usecases.ports import Residents

BUILDINGS_ASKED = 4  # for rooms, where many estates have a building of that code: one indexed read each


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """`shown` is `place.text`; `spans`: the characters of it that matched. `household` where it is a home."""

    place: Place
    shown: str
    spans: tuple[tuple[int, int], ...] = ()
    household: Household | None = None


@dataclass(frozen=True)
class _Index:
    """Made from one view of the estate; names that repeat in every building are read once."""

    view: EstateView
    codes: dict[str, list[Building]] = field(default_factory=lambda: defaultdict(list))
    aliases: dict[tuple[str, str], Reading] = field(default_factory=dict)  # code, name -> reading of 五栋
    groups: dict[tuple[str, str], tuple[Reading, Reading]] = field(default_factory=dict)  # estate, phase
    area_names: dict[str, Reading] = field(default_factory=dict)
    areas_named: dict[str, list[PublicArea]] = field(default_factory=lambda: defaultdict(list))
    areas_in: dict[str, list[PublicArea]] = field(default_factory=lambda: defaultdict(list))  # building or estate id


class PlaceFinder:
    def __init__(self, residents: Residents, estate_map: EstateMap) -> None:
        self._residents = residents
        self._map = estate_map
        self._index: _Index | None = None
        self._loading = threading.Lock()

    def load(self) -> None:
        """Make the index now, so that the first keystroke does not wait for it."""
        self._indexed()

    def find(self, text: str, limit: int = 8, near: str | None = None) -> list[PlaceHit]:
        """The best hits first. `near`: the building of the caller, whose places and neighbours come first."""
        index = self._indexed()
        here = self._map.building(near)
        hits: dict[tuple[str | None, ...], PlaceHit] = {}
        for spoken in parse_place(text):
            for hit in self._search(index, spoken, limit, here):
                hits.setdefault((hit.place.household_id, hit.place.public_area_id, hit.place.building_id), hit)
                if len(hits) >= limit:
                    return list(hits.values())
        return list(hits.values())

    def _indexed(self) -> _Index:
        view = self._map.view()
        index = self._index
        if index is None or index.view is not view:
            with self._loading:
                if self._index is None or self._index.view is not view:
                    self._index = _index(view, self._residents.public_areas())
                index = self._index
        return index

    def _search(self, index: _Index, spoken: SpokenPlace, limit: int, here: Building | None) -> Iterator[PlaceHit]:
        if not (spoken.building or spoken.unit or spoken.room):
            yield from self._by_words(index, query_form(spoken.words), limit, here)
            return
        if not spoken.building:
            buildings, exact = ([here] if here else []), True
        else:
            buildings, exact = _buildings(index, spoken, here)
        if spoken.unit or spoken.room:
            if exact:
                yield from self._homes(spoken, buildings, limit, here)
            return
        rest = query_form(spoken.rest)
        if not rest:
            yield from (self._building(building, spoken.building) for building in islice(buildings, limit))
        for building in islice(buildings, limit):
            yield from self._areas(index, index.areas_in[building.building_id], rest)

    def _by_words(self, index: _Index, query: str, limit: int, here: Building | None) -> Iterator[PlaceHit]:
        """No number in the text: public areas, buildings said in characters (五栋), phases and estates."""
        if not query:
            return
        if here:
            yield from self._areas(index, index.areas_in[here.building_id], query)
            yield from self._areas(index, index.areas_in[here.estate_id], query)
        said = [code_and_name for code_and_name, alias in index.aliases.items() if _begins(query, alias)]
        called = [b for code, name in said for b in index.codes[code] if b.name == name]
        for building in sorted(called, key=lambda b: _farness(b, here))[: max(limit // 2, 1)]:
            yield self._building(building, building.code)
        named = [(found.rank, name) for name, reading in index.area_names.items() if (found := match(query, reading))]
        for _rank, name in sorted(named):
            yield from self._areas(index, islice(index.areas_named[name], limit), query)
        groups = _groups(index, query)
        in_groups = (b for code in index.codes for b in index.codes[code] if (b.estate_id, b.phase) in groups)
        yield from (self._building(building, "") for building in islice(in_groups, limit))

    def _homes(
        self, spoken: SpokenPlace, buildings: list[Building], limit: int, here: Building | None
    ) -> Iterator[PlaceHit]:
        # Where very many estates have such a building, one read over all of them follows those of the caller's own.
        everywhere = len(buildings) > BUILDINGS_ASKED and bool(spoken.unit) and not spoken.words
        asked = [b for b in buildings if _farness(b, here) < 2] if everywhere and here else buildings
        for building in [] if everywhere and not here else asked[:BUILDINGS_ASKED]:
            homes = self._residents.households_in_building(building.building_id, spoken.unit, spoken.room, limit)
            yield from (self._home(home, spoken) for home in homes)
        if everywhere:
            prefix = f"{buildings[0].code}-{spoken.unit}-{spoken.room}"
            yield from (self._home(h, spoken) for h in self._residents.households_by_place(prefix, limit))

    def _home(self, household: Household, spoken: SpokenPlace) -> PlaceHit:
        place = self._map.home(household)
        text, spans, end = place.text.lower(), [], len(place.text)
        for said, whole in ((spoken.room, household.room), (spoken.unit, household.unit), (spoken.building, "")):
            # From the end, where the room stands; what is before it cannot be mistaken for it.
            start = text.rfind(whole.lower() or said, 0, end)
            if said and start >= 0:
                spans.append((start, start + len(said)))
            end = start if start >= 0 else end
        return PlaceHit(place, place.text, tuple(reversed(spans)), household)

    def _building(self, building: Building, said: str) -> PlaceHit:
        place = self._map.whole_building(building)
        start = place.text.rfind(building.name)
        return PlaceHit(place, place.text, ((start, start + len(said)),) if said and start >= 0 else ())

    def _areas(self, index: _Index, areas: Iterable[PublicArea], query: str) -> Iterator[PlaceHit]:
        """Those whose name the query finds, best first; all of them for an empty query."""
        found: list[tuple[int, PublicArea, Match | None]] = []
        for area in areas:
            hit = match(query, index.area_names[area.name]) if query else None
            if hit or not query:
                found.append((hit.rank if hit else 0, area, hit))
        found.sort(key=lambda entry: entry[0])
        for _rank, area, hit in found:
            place = self._map.area(area)
            before = len(place.text) - len(area.name)
            spans = ((before + hit.span[0], before + hit.span[1]),) if hit else ()
            yield PlaceHit(place, place.text, spans)


def _index(view: EstateView, public_areas: Iterable[PublicArea]) -> _Index:
    index = _Index(view)

    def order(building: Building) -> tuple[str, str, int, str]:
        estate = view.estates.get(building.estate_id)
        return estate.name if estate else "", building.phase, len(building.code), building.code

    for building in sorted(view.buildings.values(), key=order):
        index.codes[building.code.lower()].append(building)
        group = (building.estate_id, building.phase)
        if group not in index.groups:
            estate = view.estates.get(building.estate_id)
            index.groups[group] = (read(estate.name if estate else ""), read(building.phase))
    for code, buildings in index.codes.items():
        numeral = chinese_numeral(int(code)) if code.isdecimal() and 0 < int(code) < 100 else code
        for name in {building.name for building in buildings}:
            index.aliases[code, name] = read(name.lower().replace(code, numeral))
    for area in public_areas:
        if area.name not in index.area_names:
            index.area_names[area.name] = read(area.name)
        index.areas_named[area.name].append(area)
        index.areas_in[area.building_id or area.estate_id].append(area)
    return index


def _groups(index: _Index, query: str) -> set[tuple[str, str]]:
    """Estates and phases that these words name: "wd", "wdyq", "万达一期", "yq"."""
    if not query:
        return set(index.groups)
    # Where the phase may begin in the query is the same for all estates: there are hundreds of them and a few phases.
    splits: dict[str, list[str]] = {}
    for _estate, phase in index.groups.values():
        if phase.text not in splits:
            heads = [query[:at] for at in range(len(query) + 1) if at == len(query) or _part(query[at:], phase)]
            splits[phase.text] = sorted(heads, key=len)
    return {
        group
        for group, (estate, phase) in index.groups.items()
        if any(_part(head, estate) for head in splits[phase.text])
    }


def _begins(query: str, reading: Reading) -> bool:
    found = match(query, reading)
    return found is not None and found.span[0] == 0


def _part(query: str, reading: Reading) -> bool:
    return not query or match(query, reading) is not None


def _buildings(index: _Index, spoken: SpokenPlace, here: Building | None) -> tuple[list[Building], bool]:
    """Buildings of this code, nearest first, and whether the code is theirs in full; else those that begin so."""
    words, code = query_form(spoken.words), spoken.building
    exact = list(index.codes.get(words + code, ())) if words else []  # b2 as a code of its own
    groups = _groups(index, words)
    exact += [b for b in index.codes.get(code, ()) if (b.estate_id, b.phase) in groups]
    begun = [
        b
        for other in sorted(index.codes, key=lambda c: (len(c), c))
        if other.startswith(code) and other != code
        for b in index.codes[other]
        if (b.estate_id, b.phase) in groups
    ]
    exact.sort(key=lambda b: _farness(b, here))
    if spoken.unit or spoken.room:
        return exact, True
    return exact + sorted(begun, key=lambda b: _farness(b, here)), bool(exact)


def _farness(building: Building, here: Building | None) -> int:
    if here is None or building.building_id == here.building_id:
        return 0
    return 1 if building.estate_id == here.estate_id else 2

"""A list of residents against the register: read it into the stage, compare home by home, and say what would change.
Nothing is changed here: what was decided upon is written from the stage (`desk.store.import_stage`).

Any thread; minutes for a million people, with a lot of homes in memory at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from desk.domain.estate import Building
from desk.domain.home_plan import HomePlan
from desk.domain.identity import BuildingId, EstateId
from desk.domain.import_plan import (
    AUTHOR_PREFIX,
    HomeAt,
    Known,
    KnownHome,
    Outcome,
    Planned,
    differing,
    ended,
    natural_id,
    person_id_of,
)
from desk.domain.import_rows import Column, ImportRules, Problem, ResidentRow, RowFault
from desk.domain.places import place_text
from desk.usecases.import_ports import ImportRegister, ImportStage

ROWS_AT_ONCE = 5_000
HOMES_AT_ONCE = 400
_Read = Iterable[tuple[ResidentRow | None, list[Problem]]]
_BuildingKey = tuple[str, str]  # phase, code


@dataclass(frozen=True)
class Difference:
    """What an import would do, or did. `counts`: (entity, outcome) -> how many. `grave`: rows that cannot be
    imported."""

    rows: int
    counts: Mapping[tuple[str, Outcome], int]
    grave: int
    told: int

    def of(self, *outcomes: Outcome) -> int:
        return sum(count for (_entity, outcome), count in self.counts.items() if outcome in outcomes)


@dataclass
class _Estate:
    """An estate of the list and its buildings, those that are to be made among them."""

    estate_id: EstateId
    name: str
    buildings: dict[_BuildingKey, Building] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)  # ids of the buildings that the list has homes in

    def find(self, phase: str, code: str) -> Building | None:
        """Raises `LookupError` where the list names no phase and several have such a building."""
        if phase:
            return self.buildings.get((phase, code)) or self.buildings.get(("", code))
        found = [building for (_phase, number), building in self.buildings.items() if number == code]
        if len(found) > 1:
            raise LookupError
        return found[0] if found else None


class ImportResidents:
    """`says`: the columns that the list has. `report` is told how many rows were read, then compared."""

    def __init__(
        self,
        register: ImportRegister,
        stage: ImportStage,
        rules: ImportRules,
        says: frozenset[Column],
        report: Callable[[str, int], None] = lambda _what, _rows: None,
    ) -> None:
        self._register, self._stage, self._rules, self._says = register, stage, rules, says
        self._report = report
        self._source = f"{AUTHOR_PREFIX}{rules.source}"
        self._rows = 0
        self._estates: dict[str, _Estate] = {}
        self._new: list[Planned] = []  # estates and buildings of the lot, before its homes

    def compare(self, rows: _Read, ending: bool = False) -> Difference:
        """Read and compare. `ending`: what is missing from the list is ended instead of told."""
        self._read(rows)
        known = {estate.name: estate for estate in self._register.estates()}
        self._estates = {name: _Estate(estate.estate_id, name) for name, estate in known.items()}
        by_id = {estate.estate_id: estate for estate in self._estates.values()}
        for building in self._register.buildings():
            if building.estate_id in by_id:
                by_id[building.estate_id].buildings[building.phase, building.code.upper()] = building
        homes = groupby(self._stage.rows(), lambda row: (row.estate, row.phase, row.building, row.unit, row.room))
        done = 0
        grouped = (list(rows) for _home, rows in homes)
        while lot := list(islice(grouped, HOMES_AT_ONCE)):
            self._compare_homes(lot, ending)
            done += sum(map(len, lot))
            self._report("compared", done)
        self._look_for_missing_homes(ending)
        self._stage.finish()
        grave, told = self._stage.problem_counts()
        return Difference(self._rows, self._stage.counts(), grave, told)

    def _read(self, rows: _Read) -> None:
        kept: list[ResidentRow] = []
        problems: list[Problem] = []
        for row, found in rows:
            self._rows += 1
            problems += found
            if row is not None:
                kept.append(row)
            if len(kept) >= ROWS_AT_ONCE or len(problems) >= ROWS_AT_ONCE:
                self._put(kept, problems)
        self._put(kept, problems)

    def _put(self, kept: list[ResidentRow], problems: list[Problem]) -> None:
        self._stage.put_rows(kept)
        self._stage.put_problems(problems)
        kept.clear()
        problems.clear()
        self._report("read", self._rows)

    def _compare_homes(self, lot: Sequence[list[ResidentRow]], ending: bool) -> None:
        self._new.clear()
        homes: dict[tuple[str, str, str], tuple[HomeAt, list[ResidentRow]]] = {}
        for rows in lot:
            at = self._home(rows[0])
            if at is not None:  # the same home with a phase and without one is one home
                homes.setdefault((at.building_id, at.unit, at.room), (at, []))[1].extend(rows)
        known = self._register.homes(list(homes), self._candidates(homes.values()), self._source)
        planned = list(self._new)
        problems: list[Problem] = []
        present: list[str] = []
        met: list[str] = []
        for key, (at, rows) in homes.items():
            plan = HomePlan(at, rows, known.get(key, KnownHome()), self._rules, self._says)
            planned += plan.planned(ending)
            problems += plan.problems
            present += plan.present
            met.append(plan.household_id)
        self._stage.put_plan(planned)
        self._stage.put_problems(problems)
        self._stage.put_present(present)
        self._stage.put_homes(met)

    def _candidates(self, homes: Iterable[tuple[HomeAt, list[ResidentRow]]]) -> list[str]:
        """Ids that these rows' people would have, were they new: they may be there from another home."""
        ids = (person_id_of(row, at, self._rules) for at, rows in homes for row in rows if row.name)
        return list(dict.fromkeys(ids))

    def _home(self, row: ResidentRow) -> HomeAt | None:
        estate = self._estate(row)
        try:
            building = estate.find(row.phase, row.building)
        except LookupError:
            self._stage.put_problems([Problem(row.row, "", RowFault.PHASE_NEEDED, row.building)])
            return None
        if building is None:
            building = self._building(estate, row)
        elif building.building_id not in estate.covered:
            self._change_building(building, row)
        estate.covered.add(building.building_id)
        return HomeAt(
            estate.name,
            estate.estate_id,
            building.building_id,
            row.unit,
            row.room,
            f"{building.code}-{row.unit}-{row.room}",
            place_text(estate.name, building.phase, building.name, row.unit, row.room),
        )

    def _estate(self, row: ResidentRow) -> _Estate:
        found = self._estates.get(row.estate)
        if found is None:
            found = self._estates[row.estate] = _Estate(EstateId(natural_id(row.estate, "estate")), row.estate)
            self._plan_new("estate", found.estate_id, {"name": row.estate}, row.estate, row)
        return found

    def _building(self, estate: _Estate, row: ResidentRow) -> Building:
        building_id = BuildingId(natural_id(estate.estate_id, "building", row.phase, row.building))
        name = row.building_name or _standing(row.building)
        building = Building(building_id, estate.estate_id, row.building, name, row.phase, row.area)
        estate.buildings[row.phase, row.building] = building
        about = place_text(estate.name, row.phase, name)
        patch = {"estate_id": estate.estate_id, "code": row.building, "name": name, "phase": row.phase}
        self._plan_new("building", building_id, {**patch, "area": row.area, "area_assistant_id": None}, about, row)
        return building

    def _change_building(self, building: Building, row: ResidentRow) -> None:
        """Its area, where the list says another than before."""
        if row.area and row.area != building.area:
            known = Known(building.building_id, {"area": building.area}, {})
            self._new += differing("building", known, {"area": row.area}, building.name, row.row)

    def _plan_new(
        self, entity: str, entity_id: str, patch: Mapping[str, str | None], about: str, row: ResidentRow
    ) -> None:
        self._new.append(Planned(Outcome.NEW, entity, entity_id, dict(patch), {}, about, row.row))

    def _look_for_missing_homes(self, ending: bool) -> None:
        """Homes of the list's buildings that it does not name at all."""
        for building_id in sorted(b for estate in self._estates.values() for b in estate.covered):
            for ids in self._homes_of(building_id):
                absent = self._stage.homes_absent(ids)
                members = self._register.members_of(absent, self._source) if absent else []
                planned = [plan for member, about in members for plan in ended("membership", member, about, ending)]
                if planned:
                    self._stage.put_plan(planned)

    def _homes_of(self, building_id: str) -> Iterator[Sequence[str]]:
        after = ""
        while ids := self._register.households_in(building_id, after, HOMES_AT_ONCE):
            yield ids
            after = ids[-1]


def _standing(code: str) -> str:
    """What stands on a building whose list gives only its code."""
    return f"{code}座" if code.isalpha() and code.isascii() else f"{code}栋"

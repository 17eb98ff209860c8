"""The estate in memory: estates, buildings and staff, which are thousands where households are a million. (Public areas
are tens of thousands; only `desk.usecases.find_place` needs them and reads them itself.)
Loaded once off the ui's thread and loaded again when one of `ENTITIES` has changed; reads are then dictionary look-ups.

Any thread: `load` builds a new map aside and puts it in place at once; a reader sees the old one or the new one. A
reader that comes before the first `load` loads it itself and waits."""

import threading
from dataclasses import dataclass

from desk.domain.estate import Building, Estate, Household, PublicArea, Staff
from desk.domain.places import place_text
from desk.domain.tickets import Place
from desk.usecases.ports import Residents

ENTITIES = frozenset({"estate", "building", "public_area", "staff"})


@dataclass(frozen=True, slots=True)
class EstateView:
    """Everything as of one load, by id and in the order of the register."""

    estates: dict[str, Estate]
    buildings: dict[str, Building]
    staff: dict[str, Staff]
    serial: int


class EstateMap:
    def __init__(self, residents: Residents) -> None:
        self._residents = residents
        self._view: EstateView | None = None
        self._loading = threading.Lock()

    def load(self) -> EstateView:
        """Read everything anew. Tens of milliseconds at a million households; raises what the store raises."""
        with self._loading:
            serial = self._view.serial + 1 if self._view else 1
            self._view = EstateView(
                estates={e.estate_id: e for e in self._residents.estates()},
                buildings={b.building_id: b for b in self._residents.buildings()},
                staff={s.staff_id: s for s in self._residents.staff()},
                serial=serial,
            )
            return self._view

    def view(self) -> EstateView:
        return self._view or self.load()

    def building(self, building_id: str | None) -> Building | None:
        return self.view().buildings.get(building_id or "")

    def estate_name(self, estate_id: str) -> str:
        """ "" for one that is not in the register."""
        estate = self.view().estates.get(estate_id)
        return estate.name if estate else ""

    def estate_of(self, building_id: str) -> str:
        """The name of the estate this building stands in, "" where nobody knows."""
        building = self.building(building_id)
        return self.estate_name(building.estate_id) if building else ""

    def assistant_of(self, building: Building | None) -> Staff | None:
        """The area assistant of this building, None where there is none or they have left."""
        staff = self.view().staff.get((building.area_assistant_id if building else None) or "")
        return staff if staff and staff.active else None

    def home(self, household: Household) -> Place:
        """A household's home as a ticket's place."""
        building = self.building(household.building_id)
        text = self._text(building, household.unit, household.room) if building else household.place_code
        return Place(text, household.household_id, household.building_id)

    def whole_building(self, building: Building) -> Place:
        return Place(self._text(building), building_id=building.building_id)

    def area(self, area: PublicArea) -> Place:
        """A public area as a ticket's place, with its building's or its estate's name before it."""
        building = self.building(area.building_id)
        before = self._text(building) if building else self.estate_prefix(area.estate_id)
        return Place(before + area.name, None, area.building_id, area.public_area_id)

    def estate_prefix(self, estate_id: str) -> str:
        """The estate's name where there is more than one, else ""."""
        estates = self.view().estates
        estate = estates.get(estate_id)
        return estate.name if estate and len(estates) > 1 else ""

    def _text(self, building: Building, unit: str = "", room: str = "") -> str:
        return place_text(self.estate_prefix(building.estate_id), building.phase, building.name, unit, room)

"""What the widgets of incidents and notices are built from. Ui process, Qt's thread; all reading and writing is done on
the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.identity import HouseholdId
from desk.ui.after.incidents.presenter import Tongue
from desk.ui.hub import Hub
from desk.ui.rows_presenter import CategoryName
from desk.usecases.close_by_notice import CloseByNotice
from desk.usecases.confirm_incident import ConfirmIncident
from desk.usecases.estate_map import EstateMap
from desk.usecases.read_back import ReadBack
from desk.usecases.same_fault import SameFaults
from desk.usecases.watch_incidents import WatchIncidents
from desk.usecases.write_notice import WriteNotice


@dataclass(frozen=True, kw_only=True)
class IncidentUses:
    """What can be done, from `desk.usecases`. `home`: a household's place in words and a number of it."""

    watching: WatchIncidents
    confirming: ConfirmIncident
    writing: WriteNotice
    closing: CloseByNotice
    same_faults: SameFaults
    read_back: ReadBack
    estate_map: EstateMap
    home: Callable[[HouseholdId], tuple[str, str]] = lambda _id: ("", "")


@dataclass(frozen=True, kw_only=True)
class IncidentTools:
    """`written`: something was appended, the centre may have it. `told`: a word for the line at the bottom."""

    hub: Hub
    uses: IncidentUses
    category: CategoryName
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]
    told: Callable[[str], None]
    open_ticket: Callable[[str], None]

    def work_number(self) -> str:
        return self.hub.agent.number if self.hub.agent else ""

    def tongue(self) -> Tongue:
        return Tongue(self.category, self._place, self.clock(), self.zone)

    def _place(self, building_id: str) -> str:
        estate_map = self.uses.estate_map
        building = estate_map.building(building_id)
        return estate_map.whole_building(building).text if building else building_id

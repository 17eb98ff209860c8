"""The address gate as a verb: is the place of this form in doubt, and why; and that it was read back. What the rule
asks for is gathered here: the form's place and the caller's home as the register has them. Worker's thread, one or two
indexed reads."""

from desk.domain.categories import CategoryTree, Whereabouts
from desk.domain.drafts import Intake
from desk.domain.identity import HouseholdId, TicketId
from desk.domain.read_back import Address, Ask, Facts, addresses_in, ask
from desk.domain.tickets import Place
from desk.domain.times import to_text
from desk.usecases.estate_map import EstateMap
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, Residents


class ReadBack:
    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        residents: Residents,
        estate_map: EstateMap,
        tree: CategoryTree,
        clock: Clock,
    ) -> None:
        self._log, self._author = change_log, author
        self._residents, self._map, self._tree, self._clock = residents, estate_map, tree, clock

    def asks(self, intake: Intake) -> Ask | None:
        """Why the place of this form has to be read back before anybody is sent there, None where all agree."""
        category = self._tree.get(intake.category) if intake.category else None
        place = self._address(intake.place)
        text = intake.place.text or intake.typed.get("place", "")
        return ask(
            Facts(
                text=text,
                place=place,
                home=self._home(HouseholdId(intake.household_id) if intake.household_id else None),
                said=addresses_in(intake.description),
                at_home=category is not None and category.whereabouts is Whereabouts.HOME,
            )
        )

    def done(self, ticket_id: TicketId) -> None:
        """It was read back to the resident and they agreed: the ticket may be dispatched. Where they did not, the place
        is corrected (`desk.usecases.correct_ticket`) and asked for again."""
        self._log.append([self._author.change("ticket", ticket_id, {"read_back_at": to_text(self._clock())})])

    def _address(self, place: Place) -> Address | None:
        """None where the register has no such place."""
        if place.household_id is not None:
            home = self._home(place.household_id)
            if home is not None:
                return home
        building = self._map.building(place.building_id)
        if building is not None:
            return Address(building.code, estate=building.estate_id)
        return Address("") if place.public_area_id is not None else None

    def _home(self, household_id: HouseholdId | None) -> Address | None:
        if household_id is None:
            return None
        household = self._residents.households([household_id]).get(household_id)
        if household is None:
            return None
        building = self._map.building(household.building_id)
        code = building.code if building else ""
        return Address(code, household.unit, household.room, household.estate_id)

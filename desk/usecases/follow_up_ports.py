"""What follow-ups need of the world. See `desk.usecases.ports`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.domain.attempts import Attempt
from desk.domain.follow_ups import FollowUp, Survey
from desk.domain.identity import EstateId, HouseholdId, TicketId


class FollowUps(Protocol):
    """Reads of follow-ups, from the seat store. Any thread; indexed."""

    def get(self, follow_up_id: str) -> FollowUp | None: ...

    def of_ticket(self, ticket_id: TicketId) -> list[FollowUp]:
        """Oldest first."""
        ...

    def due(self, until: datetime, owner: str = "", limit: int = 500) -> list[FollowUp]:
        """Not yet done and due by then, earliest first; `owner` "": everybody's. Those without an owner are always
        among them: they are for whoever has time."""
        ...

    def of_survey(self, survey_id: str) -> list[FollowUp]: ...

    def done_between(self, since: datetime, until: datetime) -> list[FollowUp]:
        """Done or given up in this time, oldest first."""
        ...

    def checks_of(self, ids: Sequence[str]) -> list[FollowUp]:
        """The spot checks of these follow-ups."""
        ...

    def attempts(self, follow_up_id: str) -> list[Attempt]:
        """Oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Home:
    """A household that can be asked, and the number to ask it by."""

    household_id: HouseholdId
    number: str


class Surveys(Protocol):
    """Reads for surveys. Any thread, off the ui's: whom a survey may ask is looked for among all households."""

    def get(self, survey_id: str) -> Survey | None: ...

    def recent(self, limit: int) -> list[Survey]:
        """Newest first."""
        ...

    def households(
        self, estate_id: EstateId | None, building_id: str | None, ticket_since: datetime | None
    ) -> list[HouseholdId]:
        """Those of this estate, this building, with a ticket since then: what is None narrows nothing. Only households
        with a number that still is in use."""
        ...

    def numbers(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, str]:
        """A number in use of each, the household's own before its people's."""
        ...

"""What incidents and notices need of the seat store. Any thread; raises what the store raises."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from desk.domain.drafts import Draft
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.incidents import Incident
from desk.domain.notices import Notice
from desk.domain.promises import Promise
from desk.domain.radar import Report, Sieve
from desk.domain.tickets import Ticket


class Incidents(Protocol):
    def get(self, incident_id: str) -> Incident | None: ...

    def lately(self, since: datetime) -> list[Incident]:
        """Those that are not over, and those that began or were over since then; oldest first."""
        ...

    def reports(
        self, since: datetime, sieve: Sieve | None = None, longer: Mapping[str, datetime] = MappingProxyType({})
    ) -> list[Report]:
        """Tickets registered since then with a building, and repeat calls that came since then, as far as the sieve
        keeps them; oldest first. `longer`: buildings of which those since an earlier time are wanted. Indexed reads."""
        ...

    def call_backs(self, ticket_id: TicketId) -> list[Promise]:
        """Promises about this ticket, oldest first."""
        ...


class NoticeBook(Protocol):
    """Notices for whoever writes them; those that stand now are `ports.Notices`."""

    def get(self, notice_id: str) -> Notice | None: ...

    def since(self, at: datetime, limit: int) -> list[Notice]:
        """Those that end after this time, begun or not, the ones that begin last first."""
        ...


class Filing(Protocol):
    def file(self, draft: Draft, answered_at_once: bool = False) -> Ticket: ...


class CallJoining(Protocol):
    def join(
        self,
        call_id: CallId,
        ticket_id: TicketId,
        note: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
        number: str = "",
        caller_name: str = "",
    ) -> Ticket: ...


class TicketJoining(Protocol):
    """One ticket becomes part of another (`MoveTicket`)."""

    def __call__(self, ticket_id: TicketId, into: TicketId) -> bool:
        """False where its stage does not allow it."""
        ...

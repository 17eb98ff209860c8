"""Finding a ticket by what is said of its number on the phone: the whole ("20261122-S01-003"), of today the end of it
("S01-3", "3" at this seat). And the open ones near another, which are what it is most often joined to. A handful of
indexed reads, on a worker's thread."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Protocol

from desk.domain.identity import TicketId
from desk.domain.tickets import Ticket
from desk.domain.working_time import CHINA
from desk.usecases.ports import Clock, Tickets

MOST = 6
_IN_BUILDING = 60
_SPOKEN = re.compile(r"(?:(?P<day>\d{8})\s*-?\s*)?(?:(?P<seat>[^\s-]+)\s*-\s*)?(?P<count>\d{1,5})")


class TicketNumbers(Protocol):
    """Tickets by their number. Any thread."""

    def by_number(self, number: str) -> Ticket | None: ...


class FindTicket:
    """`seat`: this seat's short name, of the numbers that are said without one."""

    def __init__(self, tickets: Tickets, numbers: TicketNumbers, clock: Clock, seat: str, zone: tzinfo = CHINA) -> None:
        self._tickets, self._numbers, self._clock, self._seat, self._zone = tickets, numbers, clock, seat, zone

    def by_number(self, spoken: str) -> Ticket | None:
        """None where no ticket of this number is here."""
        exact = self._numbers.by_number(spoken.strip())
        said = _SPOKEN.fullmatch(spoken.strip())
        if exact is not None or said is None:
            return exact
        day = said["day"] or self._clock().astimezone(self._zone).strftime("%Y%m%d")
        return self._numbers.by_number(f"{day}-{said['seat'] or self._seat}-{int(said['count']):03d}")

    def near(self, ticket: Ticket) -> Sequence[Ticket]:
        """Open tickets of the same home, then of the same matter in the building, then the building's others; never
        this one. Newest first within each."""
        found: dict[TicketId, Ticket] = {}
        if ticket.household_id:
            found |= {one.ticket_id: one for one in self._tickets.open_of_households([ticket.household_id])}
        if ticket.building_id:
            around = self._tickets.open_in_building(ticket.building_id, _IN_BUILDING)
            around = sorted(around, key=lambda one: one.category != ticket.category)
            found |= {one.ticket_id: one for one in around if one.ticket_id not in found}
        found.pop(ticket.ticket_id, None)
        return list(found.values())[:MOST]

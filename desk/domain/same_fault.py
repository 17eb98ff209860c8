"""Which open ticket a call may be about: what an open ticket has in common with what is being typed, and what that is
worth. A table, so that a domain expert can read it. Pure, any thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.domain.similar_words import ALIKE
from desk.domain.tickets import Place, Ticket


@dataclass(frozen=True, slots=True)
class SameFault:
    """An open ticket and what speaks for its being the same fault. `alike`: how alike the words are, 0..1. `incident`:
    it is the one ticket of an incident."""

    ticket: Ticket
    same_category: bool = False
    same_branch: bool = False
    this_home: bool = False
    this_area: bool = False
    same_unit: bool = False
    alike: float = 0.0
    incident: bool = False

    @property
    def is_likely(self) -> bool:
        """Worth an agent's look before a new ticket is filed."""
        return self.same_category or self.incident or self.alike >= ALIKE

    @property
    def points(self) -> float:
        fixed = sum(points for name, points in POINTS.items() if getattr(self, name))
        return fixed + ALIKE_POINTS * self.alike


# what they have in common -> what it is worth
POINTS = {
    "same_category": 4.0,
    "this_home": 2.0,
    "this_area": 2.0,  # the same lobby, the same lift
    "incident": 2.0,
    "same_unit": 1.0,
    "same_branch": 0.5,
}
ALIKE_POINTS = 4.0  # times how alike the words are


def compare(
    ticket: Ticket, place: Place, category: str, alike: float, unit: str = "", unit_of_ticket: str = ""
) -> SameFault:
    """`unit`, `unit_of_ticket`: "" where not known."""
    return SameFault(
        ticket,
        same_category=bool(category) and ticket.category == category,
        same_branch=bool(category) and _branch(ticket.category) == _branch(category),
        this_home=place.household_id is not None and ticket.household_id == place.household_id,
        this_area=place.public_area_id is not None and ticket.public_area_id == place.public_area_id,
        same_unit=bool(unit) and unit == unit_of_ticket,
        alike=alike,
        incident=ticket.incident_id is not None and ticket.parent_id is None,
    )


def in_order(faults: Iterable[SameFault]) -> Sequence[SameFault]:
    """Likely ones before the others of the building; in each the one with most in common first, of equal ones the
    newest."""
    newest = sorted(faults, key=lambda fault: (fault.ticket.registered_at, fault.ticket.ticket_id), reverse=True)
    return sorted(newest, key=lambda fault: (not fault.is_likely, -fault.points))


def _branch(category: str) -> str:
    return category.rpartition(".")[0]

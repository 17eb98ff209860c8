"""Putting right what a filed ticket says (更正): the read-back says another room, the visit is to be on Friday, it is
the husband who wants to be called, the category was the wrong one. The form that shows a ticket, what of it was
changed, and the ticket as it is then. Its clocks, and who has to hear of it, follow elsewhere
(`desk.domain.move_effects`, `desk.usecases.notify_tasks`). Pure, any thread."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from desk.domain.clocks import AT_WORK
from desk.domain.drafts import Intake
from desk.domain.identity import HouseholdId, PersonId
from desk.domain.tasks import OPEN_TASKS, Task
from desk.domain.tickets import Place, Ticket, Window

# What can be corrected: fields of `Intake`. The kind comes with the category; another priority is a move of its own.
FIELDS = (
    "kind",
    "category",
    "place",
    "household_id",
    "description",
    "contact_number",
    "caller_name",
    "appointment",
)
WHO = frozenset({"caller_name", "household_id"})  # what says whom a ticket is for


@dataclass(frozen=True, slots=True)
class Correction:
    """`was`: the form as it showed the ticket, `now`: as it should be. Only what differs between the two is written:
    what a colleague has put into another field meanwhile stays. `asked`: why the place has to be read back now (""
    nothing is in doubt), None where that stays as it was."""

    was: Intake
    now: Intake
    asked: str | None = None

    @property
    def touched(self) -> frozenset[str]:
        """The fields that differ."""
        return frozenset(name for name in FIELDS if getattr(self.was, name) != getattr(self.now, name))

    def over(self, meanwhile: Intake) -> "Correction":
        """The same of the ticket as somebody has changed it meanwhile."""
        changed = {name: getattr(self.now, name) for name in self.touched}
        return Correction(meanwhile, replace(meanwhile, **changed), self.asked)


def form_of(ticket: Ticket, place: Place) -> Intake:
    """The ticket as a form shows it. `place`: its own, as the register has it."""
    visit = None
    if ticket.appointment_start is not None and ticket.appointment_until is not None:
        visit = Window(ticket.appointment_start, ticket.appointment_until)
    return Intake(
        kind=ticket.kind,
        category=ticket.category,
        priority=ticket.priority,
        place=place,
        description=ticket.description,
        caller_name=ticket.caller_name,
        contact_number=ticket.contact_number,
        appointment=visit,
        person_id=ticket.person_id,
        household_id=ticket.household_id,
    )


def corrected(ticket: Ticket, correction: Correction) -> Ticket:
    """The ticket with what was touched as it should be. Another place was not read back to anybody yet; its home, where
    it is one, is whose ticket it is, unless another household is said."""
    now, touched = correction.now, correction.touched
    changed: dict[str, Any] = {}
    if not touched.isdisjoint({"kind", "category"}):
        changed |= {"category": now.category, "kind": now.kind or ticket.kind}
    if "description" in touched:
        changed["description"] = now.description.strip()
    if "contact_number" in touched:
        changed["contact_number"] = now.contact_number.strip()
    if not touched.isdisjoint(WHO):
        person = PersonId(now.person_id) if now.person_id else None
        changed |= {"caller_name": now.caller_name.strip(), "person_id": person}
    if "appointment" in touched:
        visit = now.appointment
        changed["appointment_start"] = visit.start if visit else None
        changed["appointment_until"] = visit.until if visit else None
    if "place" in touched:
        place = now.place
        changed |= {
            "place_text": place.text.strip(),
            "household_id": HouseholdId(place.household_id) if place.household_id else ticket.household_id,
            "building_id": place.building_id,
            "public_area_id": place.public_area_id,
            "read_back_asked": correction.asked or "",
            "read_back_at": None,
        }
    elif correction.asked is not None and ticket.read_back_at is None:
        changed["read_back_asked"] = correction.asked
    if "household_id" in touched:
        changed["household_id"] = HouseholdId(now.household_id) if now.household_id else None
    return replace(ticket, **changed)


def retitled(tasks: Iterable[Task], before: str, after: str) -> tuple[Task, ...]:
    """Open tasks that were called by the ticket's category are called by the new one, and one that nobody is at work on
    is no longer for the old one's trade: sent again, it goes by the new one's route."""
    if before == after:
        return tuple(tasks)
    return tuple(
        replace(task, title=after, trade=task.trade if task.stage in AT_WORK else "")
        if task.title == before and task.stage in OPEN_TASKS
        else task
        for task in tasks
    )

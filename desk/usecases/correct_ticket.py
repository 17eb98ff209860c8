"""Correcting a filed ticket: the form as the ticket stands, and the move that puts right what was changed in it. What
filing would refuse is refused here, too, by field, but not for what stood there before; the address gate is asked
anew; a category that is more urgent raises the priority, and none ever lowers it. Worker's thread; `correct` is
durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desk.domain.categories import CategoryTree
from desk.domain.corrections import WHO, Correction, corrected, form_of
from desk.domain.drafts import Intake
from desk.domain.estate import Household
from desk.domain.identity import HouseholdId, PersonId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.priority_rules import more_urgent
from desk.domain.tickets import Place, Priority, Ticket
from desk.usecases.file_ticket import IntakeRefused, Reason
from desk.usecases.move_ticket import MoveTicket
from desk.usecases.ports import Residents, Tickets

_DOUBTFUL = frozenset({"place", "category", "description"})  # what the address gate goes by


@dataclass(frozen=True, kw_only=True)
class CorrectParts:
    """`refusals`, `gate`, `priority`: as filing has them (`desk.usecases.file_ticket.FileTicket`). `home`: a
    household's home as a place. `estate_of`: the name of the estate that a building is in, "" where nobody knows."""

    moves: MoveTicket
    tickets: Tickets
    residents: Residents
    tree: CategoryTree
    home: Callable[[Household], Place]
    refusals: Callable[[Intake], dict[str, Reason]]
    estate_of: Callable[[str], str] = lambda _building_id: ""
    gate: Callable[[Intake], str] = lambda _intake: ""
    priority: Callable[[Ticket], Priority] = lambda ticket: ticket.priority


class CorrectTicket:
    def __init__(self, parts: CorrectParts) -> None:
        self._parts = parts

    def form(self, ticket: Ticket, household: Household | None) -> Intake:
        """The ticket as a form shows it. `household`: its own. Out of memory, any thread."""
        return form_of(ticket, self._place(ticket, household))

    def is_elsewhere(self, before: Ticket, after: Ticket) -> bool:
        """Whether its place is in another estate now. Out of memory, any thread."""
        was, now = (self._parts.estate_of(ticket.building_id or "") for ticket in (before, after))
        return bool(was and now) and was != now

    def correct(self, ticket_id: TicketId, was: Intake, now: Intake, reason: str) -> Ticket:
        """The ticket as it is then. `was`: what `form` gave when the correction was begun. Raises `MoveRefused`, also
        where somebody has changed meanwhile what is changed here (`WRITTEN_SINCE`), and `IntakeRefused` by field."""
        parts = self._parts
        ticket = parts.tickets.get(ticket_id)
        if ticket is None:
            raise MoveRefused(Refusal.NOT_FOUND, MoveKind.CORRECT)
        correction = Correction(was, now)
        if not correction.touched.isdisjoint(Correction(was, self._form_now(ticket)).touched):
            raise MoveRefused(Refusal.WRITTEN_SINCE, MoveKind.CORRECT)
        self._check(correction)
        if not correction.touched.isdisjoint(WHO):
            correction = replace(correction, now=replace(now, person_id=self._person(ticket, correction)))
        if not correction.touched.isdisjoint(_DOUBTFUL):
            correction = replace(correction, asked=self._asked(ticket, correction))
        given = Given(reason=reason, correction=correction, priority=self._priority(ticket, correction))
        return parts.moves.move(ticket_id, MoveKind.CORRECT, given)

    def _form_now(self, ticket: Ticket) -> Intake:
        home = ticket.household_id
        return self.form(ticket, self._parts.residents.households([home]).get(home) if home else None)

    def _check(self, correction: Correction) -> None:
        """What is wrong already, and nobody has touched, stands in nobody's way: a visit that is over by now."""
        before = self._parts.refusals(correction.was)
        wrong = {
            field: why
            for field, why in self._parts.refusals(correction.now).items()
            if field in correction.touched or before.get(field) is not why
        }
        if wrong:
            raise IntakeRefused(wrong)

    def _asked(self, ticket: Ticket, correction: Correction) -> str:
        """The gate goes by where the caller lives: of the homes that they have the one that is meant, if it is one."""
        form, homes = correction.now, self._homes(corrected(ticket, correction).person_id, ticket.household_id)
        own = form.place.household_id if form.place.household_id in homes else next(iter(homes), None)
        return self._parts.gate(replace(form, household_id=own))

    def _homes(self, person_id: PersonId | None, household_id: HouseholdId | None) -> Sequence[HouseholdId]:
        if person_id is not None:
            found = self._parts.residents.memberships_of_people([person_id])
            homes = [one.household_id for one in found if not one.ended]
            if homes:
                return homes
        return [household_id] if household_id is not None else []

    def _person(self, ticket: Ticket, correction: Correction) -> PersonId | None:
        """Whoever of the household bears the caller's name; else whom the ticket is for already, unless it is another
        household's where nobody knows them."""
        home = corrected(ticket, correction).household_id
        if home is None:
            return ticket.person_id
        residents, name = self._parts.residents, correction.now.caller_name.strip()
        members = [one.person_id for one in residents.memberships_of_household(home) if not one.ended]
        named = (person_id for person_id, person in residents.people(members).items() if name and person.name == name)
        stays = home == ticket.household_id or ticket.person_id in members
        return next(named, ticket.person_id if stays else None)

    def _priority(self, ticket: Ticket, correction: Correction) -> Priority:
        category = self._parts.tree.get(correction.now.category)
        of_category = category.priority if category and "category" in correction.touched else ticket.priority
        after = replace(corrected(ticket, correction), priority=more_urgent(ticket.priority, of_category))
        return self._parts.priority(after)

    def _place(self, ticket: Ticket, household: Household | None) -> Place:
        """A ticket's household is whose it is; it is the place, too, where that is their home. What the building was
        called when it was filed need not be what it is called now."""
        if household is not None and ticket.public_area_id is None and ticket.building_id == household.building_id:
            home = self._parts.home(household)
            if household.room and ticket.place_text.endswith(household.room):
                return replace(home, text=ticket.place_text)
        return Place(ticket.place_text, None, ticket.building_id, ticket.public_area_id)

"""What the screen pop knows of the caller, as values for the form. No Qt."""

from collections.abc import Callable

from desk.domain.estate import Household
from desk.domain.identity import CallId
from desk.domain.tickets import Place
from desk.ui.intake.content import Who
from desk.usecases.follow_caller import Caller
from desk.usecases.profile import Card, Profile


def who_of(profile: Profile, card: Card | None, home: Callable[[Household], Place], *, lent: bool = False) -> Who:
    """The caller on this card (else the profile's first one): name, home, and the number as it was received; where that
    is a colleague's telephone that was `lent` to them, a number of their own, if they have one. Somebody known without
    a household, or not known at all, leaves the rest empty; a display name is no name to be filed."""
    number = "" if profile.party.withheld else profile.party.number
    card = card or profile.card
    if card is None:
        return Who(contact_number=number)
    person, household = card.candidate.person, card.candidate.household
    own = card.numbers[0].raw if card.numbers else ""
    return Who(
        caller_name=person.name if person else "",
        contact_number=(own or number) if lent else (number or own),
        place=home(household) if household else Place(),
        person_id=person.person_id if person else None,
        household_id=household.household_id if household else None,
    )


def said_to_be(caller: Caller, contact_number: str) -> Who:
    """The caller that somebody said it is. They are reached where the call came from, whoever they are."""
    return Who(caller.name, contact_number, caller.place, caller.tie.person_id, caller.tie.household_id)


def whose(call_id: CallId | None, who: Who, caller: Callable[[CallId], str]) -> str:
    """Whose call a form takes down: the name it was prefilled with, else what the telephone knows (`caller`); ""
    without a call."""
    return (who.caller_name or caller(call_id)) if call_id else ""

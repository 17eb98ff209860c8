"""Whom the call of a draft was said to be with, whoever said it and wherever: on a past call's card, at another seat.
All that people say of it is written to the call (`desk.usecases.tie_call`, filing, joining), so that what stands there
is younger than what a draft had taken from the number or from the card. What somebody has typed into the form stays
theirs. Any thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desk.domain.call_log import Tie
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Household
from desk.domain.identity import HouseholdId, PersonId
from desk.domain.tickets import Place
from desk.usecases.ports import CallLog, Residents
from desk.usecases.recording_ports import Histories

NOBODY = Tie()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who it was said to be, as a form names them; `tie` without either: not whom they were taken for."""

    tie: Tie = NOBODY
    name: str = ""
    place: Place = field(default_factory=Place)


class FollowCaller:
    """`home`: a household's home as a place."""

    def __init__(
        self, calls: CallLog, histories: Histories, residents: Residents, home: Callable[[Household], Place]
    ) -> None:
        self._calls, self._histories = calls, histories
        self._residents, self._home = residents, home

    def said(self, draft: Draft) -> Caller | None:
        """Who it is instead of whom the draft names; None where that stands."""
        if draft.call_id is None:
            return None
        named = tie_in(draft.intake)
        tie = self._calls.tie(draft.call_id)
        if tie is None:
            return Caller() if named != NOBODY and self._is_denied(draft) else None
        return self._caller(tie) if tie != named else None

    def follow(self, draft: Draft) -> Draft:
        """The draft with whoever was said instead; what came along with the first caller goes with them."""
        caller = self.said(draft)
        return replace(draft, intake=_renamed(draft.intake, caller)) if caller is not None else draft

    def _is_denied(self, draft: Draft) -> bool:
        """The last word on this call is that it was nobody known, and it fell after the draft had taken its caller."""
        changes = self._histories.of("call", draft.call_id or "")
        last = next((one for one in reversed(changes) if "person_id" in one.patch), None)
        taken = draft.intake.caller_at
        return last is not None and (taken is None or taken < last.at)

    def _caller(self, tie: Tie) -> Caller:
        person = self._residents.people([tie.person_id]).get(tie.person_id) if tie.person_id else None
        home = self._residents.households([tie.household_id]).get(tie.household_id) if tie.household_id else None
        return Caller(tie, person.name if person else "", self._home(home) if home else Place())


def tie_in(intake: Intake) -> Tie:
    """Whom this form names."""
    person, home = intake.person_id, intake.household_id
    return Tie(PersonId(person) if person else None, HouseholdId(home) if home else None)


def _renamed(intake: Intake, caller: Caller) -> Intake:
    typed = intake.typed_at
    knows_what_was_typed = bool(typed or tie_in(intake) != NOBODY)
    if knows_what_was_typed and "caller_name" not in typed:
        intake = replace(intake, caller_name=caller.name)
    is_their_home = intake.household_id is not None and intake.place.household_id == intake.household_id
    if is_their_home and "place" not in typed:
        intake = replace(intake, place=caller.place, read_back_at=None)
    return replace(intake, person_id=caller.tie.person_id, household_id=caller.tie.household_id)

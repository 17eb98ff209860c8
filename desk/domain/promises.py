"""The promise ledger: "I call you back in half an hour" becomes a timer that a person owns."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId, made_at


class PromiseState(Enum):
    OPEN = "open"
    KEPT = "kept"
    RELEASED = "released"  # the resident no longer needs it; with a reason


@dataclass(frozen=True, slots=True)
class Promise:
    """`owner`: work number of whoever keeps it now; `made_by` gave it. `number`: where to call."""

    promise_id: str
    owner: str
    made_by: str
    made_at: datetime
    due_at: datetime
    text: str
    state: PromiseState = PromiseState.OPEN
    number: str = ""
    caller_name: str = ""
    call_id: CallId | None = None
    ticket_id: TicketId | None = None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    kept_at: datetime | None = None
    kept_call_id: CallId | None = None
    reason: str = ""

    @property
    def is_given(self) -> bool:
        """By somebody's key. Made because a call joined a ticket or an incident, its id follows from who and what
        (`desk.usecases.call_back_list`), which makes it no UUIDv7."""
        return made_at(self.promise_id) is not None

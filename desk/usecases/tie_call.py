"""Saying who a call was with (the agent picked a candidate, or found the caller some other way) and which ticket it was
about. Any thread; durable when it returns."""

from desk.domain.call_log import Tie
from desk.domain.changes import Change, FieldValue
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.usecases.ports import ChangeAuthor, ChangeLog


class TieCall:
    def __init__(self, change_log: ChangeLog, author: ChangeAuthor) -> None:
        self._log = change_log
        self._author = author

    def tie(self, call_id: CallId, person_id: PersonId | None, household_id: HouseholdId | None) -> None:
        """This call is with this person of this household; either may be unknown (None)."""
        self._log.append([tied(self._author, call_id, person_id, household_id)])


def tied(
    author: ChangeAuthor,
    call_id: CallId,
    person_id: PersonId | None,
    household_id: HouseholdId | None,
    reason: str = "",
) -> Change:
    """The change that ties a call, to be appended together with what it belongs to."""
    patch: dict[str, FieldValue] = {"person_id": person_id, "household_id": household_id}
    return author.change("call", call_id, patch, reason)


def newly_tied(
    before: Tie | None, person_id: PersonId | None, household_id: HouseholdId | None
) -> dict[str, FieldValue]:
    """What ties a call to them besides, in a change of its own making; {} where it is (`before`), or nobody is known.
    What was said is not said again: it would stand over what another seat says of the call at this moment."""
    tie = Tie(person_id, household_id)
    return {} if tie in (Tie(), before) else {"person_id": person_id, "household_id": household_id}


def of_ticket(author: ChangeAuthor, call_id: CallId | None, ticket_id: TicketId | None) -> list[Change]:
    """The change by which a call belongs to a ticket: it stands on its page, with its recording. None without both."""
    return [author.change("call", call_id, {"ticket_id": ticket_id})] if call_id and ticket_id else []

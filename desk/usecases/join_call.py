"""A repeat call (催单): the same fault reported again joins the open ticket instead of becoming another one. A hundred
calls about one cut are one ticket. Any thread; `join` is durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.domain.changes import Change
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.priority_rules import Facts
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog, Tickets


class TicketNotOpen(Exception):
    """The ticket to join is closed, cancelled or unknown by now: file a new one, or reopen it."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who called about a ticket that was there already. `number`: where to reach them."""

    call_id: CallId
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    number: str = ""
    caller_name: str = ""


class RaisesPriority(Protocol):
    """See `desk.usecases.move_ticket.MoveTicket`."""

    def raise_by_rules(self, ticket_id: TicketId, facts: Facts) -> Ticket | None: ...


class JoinCall:
    """`calls` and `moves`: so that a ticket called about again is raised by the rules; None: it is not.
    `also`: what else comes of it, written in the same transaction (whoever joins an incident is called back)."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        tickets: Tickets,
        calls: CallLog | None = None,
        moves: RaisesPriority | None = None,
        also: Callable[[Ticket, Joiner], Sequence[Change]] = lambda _ticket, _joiner: (),
    ) -> None:
        self._log = change_log
        self._author = author
        self._tickets = tickets
        self._calls, self._moves, self._also = calls, moves, also

    def join(
        self,
        call_id: CallId,
        ticket_id: TicketId,
        note: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
        number: str = "",
        caller_name: str = "",
    ) -> Ticket:
        """Point this call to the open ticket, or to the one that it was itself joined to. `note`: what the caller
        added; `number`, `caller_name`: whom to call about it. Raises `TicketNotOpen`."""
        ticket = self._open(ticket_id)
        patch: dict[str, str | None] = {"ticket_id": ticket.ticket_id}
        if person_id or household_id:
            patch |= {"person_id": person_id, "household_id": household_id}
        joiner = Joiner(call_id, person_id, household_id, number.strip(), caller_name.strip())
        joined = self._author.change("call", call_id, patch, note.strip())
        self._log.append([joined, *self._also(ticket, joiner)])
        return self._raised(ticket, call_id) or ticket

    def _raised(self, ticket: Ticket, call_id: CallId) -> Ticket | None:
        if self._calls is None or self._moves is None:
            return None
        calls = {call_id, *(entry.call_id for entry in self._calls.of_ticket(ticket.ticket_id))}
        return self._moves.raise_by_rules(ticket.ticket_id, Facts(repeats=len(calls - {ticket.call_id})))

    def _open(self, ticket_id: TicketId) -> Ticket:
        seen: set[TicketId] = set()
        ticket = self._tickets.get(ticket_id)
        while ticket and ticket.joined_to and ticket.ticket_id not in seen:
            seen.add(ticket.ticket_id)
            ticket = self._tickets.get(ticket.joined_to)
        if ticket is None or ticket.stage not in OPEN_STAGES:
            raise TicketNotOpen(ticket_id)
        return ticket

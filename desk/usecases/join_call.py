"""A repeat (催单): the same fault reported again joins the open ticket instead of becoming another one. A hundred calls
about one cut are one ticket; so are those who came to the desk instead of calling, and what a colleague or the
monitoring centre passes on. Any thread; `join` is durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.domain.call_log import Tie
from desk.domain.changes import Change, FieldValue
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.moves import Given, MoveKind
from desk.domain.priority_rules import Facts
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.usecases.move_ports import Moves
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
from desk.usecases.tie_call import newly_tied


class TicketNotOpen(Exception):
    """The ticket to join is closed, cancelled or unknown by now: file a new one, or reopen it."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who called, or came, about a ticket that was there already. `number`: where to reach them."""

    call_id: CallId | None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    number: str = ""
    caller_name: str = ""


class RaisingMoves(Moves, Protocol):
    """See `desk.usecases.move_ticket.MoveTicket`."""

    def raise_by_rules(self, ticket_id: TicketId, facts: Facts, joined: CallId | None = None) -> Ticket | None: ...


class JoinCall:
    """`moves`: so that a ticket called about again is raised by the rules, and a repeat without a call is on record.
    `also`: what else comes of it, written in the same transaction (whoever joins an incident is called back). `tie_of`:
    with whom the call was said to be."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        tickets: Tickets,
        moves: RaisingMoves,
        also: Callable[[Ticket, Joiner], Sequence[Change]] = lambda _ticket, _joiner: (),
        tie_of: Callable[[CallId], Tie | None] = lambda _call_id: None,
    ) -> None:
        self._log = change_log
        self._author = author
        self._tickets = tickets
        self._moves, self._also, self._tie_of = moves, also, tie_of

    def join(
        self,
        call_id: CallId | None,
        ticket_id: TicketId,
        note: str = "",
        person_id: PersonId | None = None,
        household_id: HouseholdId | None = None,
        number: str = "",
        caller_name: str = "",
    ) -> Ticket:
        """Point this call to the open ticket, or to the one that it was itself joined to; None: there was no call, and
        what was said is kept with the ticket. `note`: what the caller added; `number`, `caller_name`: whom to call
        about it. Raises `TicketNotOpen`; without a call and any word also `MoveRefused`."""
        ticket = self._open(ticket_id)
        joiner = Joiner(call_id, person_id, household_id, number.strip(), caller_name.strip())
        if call_id is None:
            said = " · ".join(part for part in (joiner.caller_name, joiner.number, note.strip()) if part)
            given, also = Given(text=said), self._also(ticket, joiner)
            return self._moves.move(ticket.ticket_id, MoveKind.REPEAT, given, also)
        tied = newly_tied(self._tie_of(call_id), person_id, household_id)
        patch: dict[str, FieldValue] = {"ticket_id": ticket.ticket_id, **tied}
        joined = self._author.change("call", call_id, patch, note.strip())
        self._log.append([joined, *self._also(ticket, joiner)])
        return self._moves.raise_by_rules(ticket.ticket_id, Facts(), call_id) or ticket

    def _open(self, ticket_id: TicketId) -> Ticket:
        seen: set[TicketId] = set()
        ticket = self._tickets.get(ticket_id)
        while ticket and ticket.joined_to and ticket.ticket_id not in seen:
            seen.add(ticket.ticket_id)
            ticket = self._tickets.get(ticket.joined_to)
        if ticket is None or ticket.stage not in OPEN_STAGES:
            raise TicketNotOpen(ticket_id)
        return ticket

"""Dispatching (派单): a piece of work goes to a handler, by message and by call; every try is on record; who cannot be
reached after the set tries is stood in for by the backup; what comes back goes to somebody else.

The message is made with the move that sends the work, in one transaction (`desk.usecases.notify`). The call is the
agent's: `called` is told how it went, and says who is to be called next. A backup who takes the work has it from then
on: it is sent to them, with the reason on record. Worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from desk.domain.attempts import UNREACHED, Attempt, Outcome, Purpose
from desk.domain.changes import Change
from desk.domain.identity import CallId, StaffId, TaskId, TicketId
from desk.domain.moves import Given, MoveKind
from desk.domain.patches import patch_of
from desk.domain.replies import Said
from desk.domain.tasks import Task
from desk.domain.tickets import Ticket
from desk.usecases.answer_for_handler import Answered, AnswerForHandler, Came, Result
from desk.usecases.find_handler import FindHandler, Proposal
from desk.usecases.move_ports import Moves
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId, Tickets
from desk.usecases.task_ports import Tasks
from desk.usecases.tie_call import of_ticket

_TITLE_MAX = 80


class TicketGone(Exception):
    """There is no such ticket (here, yet)."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is sent. `handler_id` None: whoever the route names first. `title` "" with no task yet: none of its own, the
    ticket says it all. `until` None: the proposed limit. `new`: one more task beside those there are."""

    handler_id: StaffId | None = None
    task_id: TaskId | None = None
    title: str = ""
    trade: str = ""
    until: datetime | None = None
    backup_id: StaffId | None = None
    lead_id: StaffId | None = None
    reason: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    ticket: Ticket
    task: Task


@dataclass(frozen=True, slots=True)
class Tried:
    """A call to somebody about a task. `call_id`: where it went over this seat's telephone."""

    ticket_id: TicketId
    task_id: TaskId
    staff_id: StaffId
    outcome: Outcome
    number: str = ""
    call_id: CallId | None = None
    note: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DispatchParts:
    """`work_number`: of whoever sits here now."""

    finder: FindHandler
    answers: AnswerForHandler
    moves: Moves
    tickets: Tickets
    tasks: Tasks
    log: ChangeLog
    author: ChangeAuthor
    clock: Clock
    new_id: NewId
    work_number: Callable[[], str]


class Dispatch:
    def __init__(self, parts: DispatchParts) -> None:
        self._parts = parts

    def propose(self, ticket_id: TicketId, task_id: TaskId | None = None) -> Proposal:
        """Raises `TicketGone`."""
        return self._parts.finder.propose(self._ticket(ticket_id), task_id)

    def send(self, ticket_id: TicketId, order: Order) -> Sent:
        """Raises `MoveRefused`, `TicketGone`. To somebody else who has it already: with what was said of it kept."""
        ticket = self._ticket(ticket_id)
        proposal = self._parts.finder.propose(ticket, order.task_id)
        task = None if order.new else proposal.task
        handler_id = order.handler_id or _first(proposal)
        given = Given(
            handler_id=handler_id,
            backup_id=order.backup_id or (proposal.backup_of(handler_id) if handler_id else None),
            lead_id=order.lead_id or proposal.lead_id,
            task_id=task.task_id if task else None,
            title=_title(order, ticket),
            trade=order.trade or (task.trade if task else "") or (proposal.route.trade if proposal.route else ""),
            until=order.until or self._limit(proposal, task),
            reason=order.reason.strip(),
        )
        moved = self._parts.moves.move(ticket_id, MoveKind.DISPATCH, given)
        sent = self._sent(ticket_id, proposal, task)
        return Sent(moved, sent)

    def called(self, tried: Tried) -> Proposal:
        """Put this call on record; what is to be done next. Raises `TicketGone`."""
        ticket = self._ticket(tried.ticket_id)
        self._parts.log.append(self._attempt(replace(tried, next_at=tried.next_at or self._again(ticket, tried))))
        return self._parts.finder.propose(ticket, tried.task_id)

    def answered(self, tried: Tried, said: Said, text: str = "") -> Answered:
        """They were reached, and say this of the task: the call and what it changes are one transaction. What cannot be
        taken down leaves the call on record all the same."""
        answered = self._parts.answers.answer(tried.task_id, said, text, Came.CALL, self._attempt(tried))
        if answered.result is not Result.DONE:
            self._parts.log.append(self._attempt(tried))
        return answered

    def stand_in(self, ticket_id: TicketId, task_id: TaskId, staff_id: StaffId, reason: str) -> Sent:
        """The work goes to this one, who was reached instead of whoever has it. Raises `MoveRefused`, `TicketGone`."""
        return self.send(ticket_id, Order(staff_id, task_id, reason=reason))

    def _again(self, ticket: Ticket, tried: Tried) -> datetime | None:
        """When to try them again: until then the ticket rests on the lists. None where somebody else is called now."""
        if tried.outcome not in UNREACHED or tried.outcome is Outcome.WRONG_NUMBER:
            return None
        pursuit = self._parts.finder.propose(ticket, tried.task_id).pursuit
        policy = self._parts.finder.policy_of(ticket)
        is_last = pursuit is None or pursuit.tries + 1 >= policy.tries
        return None if is_last else self._parts.clock() + policy.pause(ticket.priority)

    def _attempt(self, tried: Tried) -> list[Change]:
        """The try, and that its call belongs to the ticket."""
        attempt = Attempt(
            attempt_id=self._parts.new_id(),
            purpose=Purpose.DISPATCH,
            at=self._parts.clock(),
            by=self._parts.work_number(),
            outcome=tried.outcome,
            ticket_id=tried.ticket_id,
            task_id=tried.task_id,
            staff_id=tried.staff_id,
            number=tried.number,
            call_id=tried.call_id,
            note=tried.note.strip(),
            next_at=tried.next_at,
        )
        author = self._parts.author
        said = author.change("attempt", attempt.attempt_id, patch_of(attempt, "attempt_id"))
        return [said, *of_ticket(author, tried.call_id, tried.ticket_id)]

    def _limit(self, proposal: Proposal, task: Task | None) -> datetime:
        """A task that goes to somebody else keeps its limit while that lies ahead."""
        if task is not None and task.due_at is not None and task.due_at > self._parts.clock():
            return task.due_at
        return proposal.limit

    def _sent(self, ticket_id: TicketId, before: Proposal, task: Task | None) -> Task:
        if task is not None:
            sent = self._parts.tasks.get(task.task_id)
        else:
            known = {one.task_id for one in before.tasks}
            sent = next((one for one in self._parts.tasks.of_ticket(ticket_id) if one.task_id not in known), None)
        if sent is None:
            raise TicketGone(ticket_id)
        return sent

    def _ticket(self, ticket_id: TicketId) -> Ticket:
        ticket = self._parts.tickets.get(ticket_id)
        if ticket is None:
            raise TicketGone(ticket_id)
        return ticket


def _title(order: Order, ticket: Ticket) -> str:
    """Of one more task something, so that it is one; of a ticket's first one nothing: it is named by the category."""
    if not order.new:
        return order.title.strip()
    return order.title.strip() or " ".join(ticket.description.split())[:_TITLE_MAX] or ticket.category


def _first(proposal: Proposal) -> StaffId | None:
    """The first whom the route names and who was not tried in vain."""
    named = [one for one in proposal.choices if one.part is not None]
    fresh = [one for one in named if not one.given_up]
    return (fresh or named)[0].staff.staff_id if named else None

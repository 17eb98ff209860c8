"""Working through a list as through a call list: whom to call about a row, what came of it, and on to the next. Each
try is on record with its outcome; what it settles is done with it (a promise is kept, a report is noted), what it does
not settle comes up again when it is time. Worker's thread; durable when it returns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Protocol

from desk.domain import what_next
from desk.domain.attempts import Attempt, Outcome
from desk.domain.changes import Change
from desk.domain.estate import Staff
from desk.domain.identity import CallId, HouseholdId, StaffId, TaskId, TicketId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.numbers import read_number
from desk.domain.outcome_rules import MOVES, SHIPPED, AgainFigures, Effect, again_at, effect
from desk.domain.patches import patch_of
from desk.domain.tasks import OPEN_TASKS, Task
from desk.domain.ticket_errands import is_in_hand
from desk.domain.tickets import Ticket
from desk.domain.what_next import CALLS, OF_A_HANDLER, Errand, What, Whom, purpose
from desk.domain.work_lists import Column, Keys, ListQuery, Moment, WorkItem, WorkList
from desk.usecases.move_ports import Moves
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.promise import KeepPromises
from desk.usecases.task_ports import Tasks
from desk.usecases.tie_call import of_ticket
from desk.usecases.work_ports import WorkLists


class Post(Enum):
    """As what somebody is called."""

    RESIDENT = "resident"
    HOUSEHOLD = "household"  # somebody at home, where the one who called left no number
    HANDLER = "handler"
    BACKUP = "backup"
    LEAD = "lead"
    COLLEAGUE = "colleague"  # whose turn it is, or who owes an answer


@dataclass(frozen=True, slots=True)
class Contact:
    """`number` "": nobody knows one."""

    name: str
    number: str
    post: Post
    staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an attempt. `moved`: the move that was made with it. `effect`: ASK_MORE where a panel of the ticket
    has to be filled in; a follow-up that was reached is on record only with its answers (`attempt` None until then)."""

    attempt: Attempt | None
    effect: Effect
    moved: MoveKind | None = None


FollowUpTried = Callable[[WorkItem, Outcome, str, datetime | None, CallId | None], None]


class WhatIsTime(Protocol):
    """The times that a list is asked for by, and when to chase again; from the company's clocks."""

    def moment(self, now: datetime) -> Moment: ...

    def chase_again(self, now: datetime, ticket: Ticket | None) -> datetime: ...


@dataclass(frozen=True, kw_only=True)
class WorkParts:
    """`who`: work number of whoever is signed in. `moves` None: outcomes are on record, tickets are moved elsewhere.
    `follow_up_tried`: puts a follow-up's try on record, which has tries of its own to count. `home`: a household's
    place in words and a number of it, "" where there is none."""

    change_log: ChangeLog
    author: ChangeAuthor
    lists: WorkLists
    tasks: Tasks
    staff: Callable[[], Sequence[Staff]]
    promises: KeepPromises
    who: Callable[[], str]
    clock: Clock
    new_id: NewId
    times: WhatIsTime
    moves: Moves | None = None
    follow_up_tried: FollowUpTried | None = None
    again: AgainFigures = SHIPPED
    area_code: str = ""
    home: Callable[[HouseholdId], tuple[str, str]] = lambda _id: ("", "")


class WorkThrough:
    def __init__(self, parts: WorkParts) -> None:
        self._parts, self._log, self._author = parts, parts.change_log, parts.author

    # Reading

    def moment(self) -> Moment:
        return self._parts.times.moment(self._parts.clock())

    def keys(self, query: ListQuery) -> Keys:
        return self._parts.lists.keys(query)

    def items(self, keys: Sequence[str], query: ListQuery) -> dict[str, WorkItem]:
        return self._parts.lists.items(keys, query)

    def counts(self) -> dict[WorkList, int]:
        return self._parts.lists.counts(self._parts.who(), self.moment())

    def next(self, after: str = "") -> WorkItem | None:
        """What is next for whoever is signed in; None: nothing. `after`: the key of a row that is not wanted again."""
        query = ListQuery(WorkList.NEXT, self._parts.who(), self.moment(), Column.COST)
        wanted = next((key for key in self._parts.lists.first(query, 2) if key != after), None)
        return self._parts.lists.items([wanted], query).get(wanted) if wanted else None

    def contacts(self, item: WorkItem) -> tuple[Contact, ...]:
        """Whom to call about it, in this order."""
        match CALLS[item.errand].whom:
            case Whom.RESIDENT:
                return (self._resident(item),)
            case Whom.HANDLER:
                return self._handlers(item) or self._colleague(item.owner)
            case Whom.TURN | Whom.ANSWERER:
                return self._colleague(item.owner)
            case Whom.NOBODY:
                return self._handlers(item) if item.errand is Errand.CLOSE else ()

    def _resident(self, item: WorkItem) -> Contact:
        if item.number or item.household_id is None:
            return Contact(item.caller_name, item.number, Post.RESIDENT)
        place, number = self._parts.home(item.household_id)
        name = " ".join(part for part in (place, item.caller_name) if part)
        return Contact(name, number, Post.HOUSEHOLD if number else Post.RESIDENT)

    def _handlers(self, item: WorkItem) -> tuple[Contact, ...]:
        ticket = item.ticket
        if ticket is None:
            return ()
        task = item.task or self._first_sent(ticket.ticket_id)
        wanted: Iterable[tuple[StaffId | None, Post]] = (
            (task.handler_id if task else _staff_id(ticket.handler_id), Post.HANDLER),
            (task.backup_id if task else None, Post.BACKUP),
            (task.lead_id if task else None, Post.LEAD),
        )
        register = {one.staff_id: one for one in self._parts.staff()}
        found = [(register[one], post) for one, post in wanted if one is not None and one in register]
        return tuple(Contact(one.name, one.phone, post, one.staff_id) for one, post in found)

    def _first_sent(self, ticket_id: TicketId) -> Task | None:
        tasks = self._parts.tasks.of_ticket(ticket_id)
        return next((one for one in tasks if one.stage in OPEN_TASKS and one.handler_id), None)

    def _colleague(self, number: str) -> tuple[Contact, ...]:
        found = next((one for one in self._parts.staff() if one.number == number and one.active), None)
        return (Contact(found.name, found.phone, Post.COLLEAGUE, found.staff_id),) if found else ()

    # Writing

    def record(
        self,
        item: WorkItem,
        outcome: Outcome,
        contact: Contact | None = None,
        note: str = "",
        given: Given | None = None,
        again: datetime | None = None,
        call_id: CallId | None = None,
    ) -> Came:
        """One try and what came of it. `again`: when to try again, where a time was said. `given`: what a move that
        follows from it needs (a report's text, the date of the plan). Raises `MoveRefused` (nothing was written),
        `PromiseRefused`."""
        now = self._parts.clock()
        what = effect(item.errand, outcome)
        if item.errand is Errand.FOLLOW_UP and self._parts.follow_up_tried is not None:
            if outcome is not Outcome.REACHED:
                self._parts.follow_up_tried(item, outcome, note, again, call_id)
            return Came(None, what)
        kind = MOVES.get(item.errand) if what is Effect.MOVE and given is not None else None
        settled = kind is not None or what is Effect.KEEP_PROMISE
        at = again or again_at(
            outcome, now, item.due_at, self._parts.times.chase_again(now, item.ticket), self._parts.again
        )
        attempt = self._attempt(item, outcome, contact, note, call_id, now, None if settled else at)
        tried = self._tried(attempt)
        if kind is not None and given is not None:
            self._move(item, kind, replace(given, text=given.text or note), tried)
        elif what is Effect.KEEP_PROMISE:
            self._parts.promises.keep(item.about_id, call_id, tried)
        else:
            self._log.append(tried)
        return Came(attempt, what, kind)

    def answer(
        self,
        item: WorkItem,
        kind: MoveKind,
        given: Given,
        contact: Contact | None = None,
        call_id: CallId | None = None,
    ) -> Came:
        """Somebody was reached and said it: the move and the attempt, in one transaction. It is said of the task that
        the row is about, unless `given` names another. A report of what should have been finished lets it rest until it
        is to be chased again. Raises `MoveRefused`: nothing was written."""
        now, said = self._parts.clock(), given.text or given.reason
        again = None
        if kind is MoveKind.REPORT and item.errand is Errand.GET_FINISHED:
            chase = self._parts.times.chase_again(now, item.ticket)
            again = again_at(Outcome.REACHED, now, item.due_at, chase, self._parts.again)
        attempt = self._attempt(item, Outcome.REACHED, contact, said, call_id, now, again)
        self._move(item, kind, given, self._tried(attempt))
        return Came(attempt, Effect.MOVE, kind)

    def explain(self, item: WorkItem, cause: str) -> None:
        """Why its ticket is late, in the company's words."""
        if item.ticket is None:
            raise LookupError(f"{item.key} belongs to no ticket that could be late")
        self._log.append([self._author.change("ticket", item.ticket.ticket_id, {"overdue_cause": cause})])

    def _tried(self, attempt: Attempt) -> list[Change]:
        """The try, and that its call belongs to the ticket."""
        tried = self._author.change("attempt", attempt.attempt_id, patch_of(attempt, "attempt_id"))
        return [tried, *of_ticket(self._author, attempt.call_id, attempt.ticket_id)]

    def _move(self, item: WorkItem, kind: MoveKind, given: Given, tried: Sequence[Change]) -> None:
        if self._parts.moves is None or item.ticket is None:
            raise LookupError(f"{item.key} belongs to no ticket that could be moved")
        task_id = given.task_id
        if task_id is None and item.errand in OF_A_HANDLER:
            task_id = self._still_theirs(item, item.ticket.ticket_id, kind)
        self._parts.moves.move(item.ticket.ticket_id, kind, replace(given, via="call", task_id=task_id), tried)

    def _still_theirs(self, item: WorkItem, ticket_id: TicketId, kind: MoveKind) -> TaskId | None:
        """The task that was spoken about. The work may have gone to somebody else since the row was read: what was said
        on the telephone was not theirs. Raises `MoveRefused`."""
        in_hand = [task for task in self._parts.tasks.of_ticket(ticket_id) if is_in_hand(task)]
        if item.task is None and not in_hand:
            return None  # refused by the move itself
        now = next((task for task in in_hand if item.task is not None and task.task_id == item.task.task_id), None)
        if now is None or item.task is None or now.handler_id != item.task.handler_id:
            raise MoveRefused(Refusal.WRITTEN_SINCE, kind)
        return now.task_id

    def _attempt(
        self,
        item: WorkItem,
        outcome: Outcome,
        contact: Contact | None,
        note: str,
        call_id: CallId | None,
        now: datetime,
        again: datetime | None,
    ) -> Attempt:
        at = what_next.when(item.due_at, now, now, now)
        task = item.task or self._task(item, contact)
        return Attempt(
            self._parts.new_id(),
            purpose(item.errand, at),
            now,
            self._parts.who(),
            outcome,
            ticket_id=item.ticket.ticket_id if item.ticket else None,
            task_id=task.task_id if task else None,
            about_id=None if item.what is What.TICKET else item.about_id,
            staff_id=contact.staff_id if contact else None,
            number=read_number(contact.number, self._parts.area_code).key if contact and contact.number else "",
            call_id=call_id,
            note=note.strip(),
            next_at=again,
        )

    def _task(self, item: WorkItem, contact: Contact | None) -> Task | None:
        if item.ticket is None or contact is None or contact.staff_id is None:
            return None
        tasks = self._parts.tasks.of_ticket(item.ticket.ticket_id)
        called = (contact.staff_id,)
        theirs = (one for one in tasks if one.stage in OPEN_TASKS)
        return next((one for one in theirs if {one.handler_id, one.backup_id, one.lead_id}.intersection(called)), None)


def _staff_id(handler_id: str | None) -> StaffId | None:
    return StaffId(handler_id) if handler_id else None

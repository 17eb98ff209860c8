"""What handlers say of their work, taken down for them: on the telephone the agent presses the key; where the channel
allows it they answer by keyword ("1 20261122-S01-003", or "5 203" where one of their tasks is at 203) or by the link in
their message. Handlers have no Desk, so the
seat that takes the answer down signs the change, and the task says by which way it came.

The same answer twice (a gateway that tries again, a message and a call) is one answer. Who answers is known by their
telephone's number or by the link's seal, and answers for their own tasks only: work that has gone to somebody else is
not theirs to accept. Worker's thread, or the command line's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from desk.domain.changes import Change
from desk.domain.dispatching import DispatchPolicy
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TaskId
from desk.domain.moves import Given, MoveKind, MoveRefused, Refusal
from desk.domain.numbers import lookup_key
from desk.domain.replies import KEYWORDS, NEEDS_TEXT, Reply, Said, at_place, is_at, meant, read_reply
from desk.domain.reply_links import BadLink, LinkFault, ReplyLink, read, sign
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Ticket
from desk.usecases.move_ports import Moves
from desk.usecases.ports import Clock, Tickets
from desk.usecases.task_ports import Tasks

# What a handler has to be told of; a link that was made for one task answers for that task alone.
_MOVES = {
    Said.ACCEPT: MoveKind.ACCEPT,
    Said.RETURN: MoveKind.RETURN,
    Said.START: MoveKind.START,
    Said.REPORT: MoveKind.REPORT,
    Said.DONE: MoveKind.FINISH,
}
# Said of work that was not accepted before: it is accepted by that.
_ACCEPTS_TOO = frozenset({Said.START, Said.REPORT, Said.DONE})
# The stages in which an answer has nothing to change any more.
_SAID_BEFORE = {
    Said.ACCEPT: frozenset({TaskStage.ACCEPTED, TaskStage.IN_PROGRESS}),
    Said.RETURN: frozenset({TaskStage.RETURNED}),
    Said.START: frozenset({TaskStage.IN_PROGRESS}),
    Said.REPORT: frozenset[TaskStage](),
    Said.DONE: frozenset({TaskStage.DONE}),
}


class Came(Enum):
    """By which way an answer came: `Task.via`."""

    CALL = "call"
    KEYWORD = "keyword"
    LINK = "link"
    DESK = "desk"  # they stood there


class Result(Enum):
    """What became of an answer."""

    DONE = "done"
    SAID_BEFORE = "said_before"  # nothing was changed, and nothing had to be
    NO_KEYWORD = "no_keyword"
    UNKNOWN_SENDER = "unknown_sender"  # nobody who works here has this number
    NOTHING_OPEN = "nothing_open"  # they have no task that this could be about
    WHICH_TICKET = "which_ticket"  # they have several: the number is needed
    NOT_YOURS = "not_yours"  # it has gone to somebody else
    NEEDS_TEXT = "needs_text"  # a reason, or what there is to report
    BAD_LINK = "bad_link"
    LINK_EXPIRED = "link_expired"
    REFUSED = "refused"  # `refusal` says why


@dataclass(frozen=True, slots=True)
class Answered:
    """`numbers`: of the ticket, of all that could be meant where that cannot be told; `places` of the same, and `word`
    the keyword to write before one of them. `who`: the handler's name."""

    result: Result
    said: Said | None = None
    numbers: tuple[str, ...] = ()
    who: str = ""
    task: Task | None = None
    refusal: Refusal | None = None
    places: tuple[str, ...] = ()
    word: str = ""

    @property
    def taken(self) -> bool:
        return self.result in (Result.DONE, Result.SAID_BEFORE)


@dataclass(frozen=True, kw_only=True)
class AnswerParts:
    """`secret`: of the company's links, b"" where there is none. `policy`: of the whole company. `done_text`: what
    was done, where they say no more than that it is."""

    moves: Moves
    tickets: Tickets
    tasks: Tasks
    staff: Callable[[], Sequence[Staff]]
    policy: Callable[[], DispatchPolicy]
    clock: Clock
    area_code: str = ""
    done_text: str = "done"
    secret: Callable[[], bytes] = lambda: b""


class AnswerForHandler:
    def __init__(self, parts: AnswerParts) -> None:
        self._parts = parts

    def answer(
        self, task_id: TaskId, said: Said, text: str = "", came: Came = Came.CALL, also: Sequence[Change] = ()
    ) -> Answered:
        """What the handler of this task says on the telephone; `text`: a reason, a report, what was done. `also`:
        written with it, where it is taken."""
        task = self._parts.tasks.get(task_id)
        if task is None:
            return Answered(Result.NOTHING_OPEN, said)
        return self._take(task, said, text, came, self._name(task.handler_id), also)

    def by_message(self, untrusted_sender: str, untrusted_text: str) -> Answered:
        """A message from a handler's telephone."""
        people = self._people(untrusted_sender)
        if not people:
            return Answered(Result.UNKNOWN_SENDER)
        who = people[0].name
        reply = read_reply(untrusted_text, self._parts.policy().keywords)
        if reply is None:
            return Answered(Result.NO_KEYWORD, who=who)
        known = self._open_of(people)
        tasks = meant(reply.said, reply.number, [(ticket.number, task) for ticket, task in known])
        if reply.where and (reply.place or not tasks):
            placed = self._by_place(reply, known, people, who)
            if isinstance(placed, Answered):
                return placed
            tasks = placed
        if not tasks:
            return self._nothing_meant(reply.said, reply.number or reply.place, people, who)
        if len(tasks) > 1:
            return self._which(reply.said, known, tasks, who)
        return self._take(tasks[0], reply.said, reply.text, Came.KEYWORD, who)

    def by_link(self, untrusted_token: str, said: Said, text: str = "") -> Answered:
        """An answer given on the page that a link opens."""
        try:
            link = read(untrusted_token, self._parts.secret(), self._parts.clock())
        except BadLink as bad:
            expired = bad.fault is LinkFault.EXPIRED
            return Answered(Result.LINK_EXPIRED if expired else Result.BAD_LINK, said)
        who = self._name(link.staff_id)
        task = self._parts.tasks.get(link.task_id)
        if task is None:
            return Answered(Result.NOTHING_OPEN, said, who=who)
        if task.handler_id != link.staff_id:
            return Answered(Result.NOT_YOURS, said, self._number(task), who, task)
        return self._take(task, said, text, Came.LINK, who)

    def link_for(self, task_id: TaskId, staff_id: StaffId, until: datetime) -> str:
        """The signed end of this handler's link, "" where the company has no secret for it."""
        secret = self._parts.secret()
        return sign(ReplyLink(task_id, staff_id, until), secret) if secret else ""

    def _take(self, task: Task, said: Said, text: str, came: Came, who: str, also: Sequence[Change] = ()) -> Answered:
        numbers = self._number(task)
        if task.stage in _SAID_BEFORE[said]:
            return Answered(Result.SAID_BEFORE, said, numbers, who, task)
        text = text.strip()
        if said in NEEDS_TEXT and not text:
            return Answered(Result.NEEDS_TEXT, said, numbers, who, task)
        move = self._parts.moves.move
        duties = frozenset({Duty.HANDLER}) if came in (Came.KEYWORD, Came.LINK) else None
        try:
            if said in _ACCEPTS_TOO and task.stage is TaskStage.DISPATCHED:
                accepts = Given(task_id=task.task_id, via=came.value)
                move(task.ticket_id, MoveKind.ACCEPT, accepts, (), duties)
            given = _given(task, said, text, came, self._parts.done_text)
            move(task.ticket_id, _MOVES[said], given, also, duties)
        except MoveRefused as refused:
            return Answered(Result.REFUSED, said, numbers, who, self._parts.tasks.get(task.task_id), refused.reason)
        return Answered(Result.DONE, said, numbers, who, self._parts.tasks.get(task.task_id))

    def _by_place(
        self, reply: Reply, known: Sequence[tuple[Ticket, Task]], people: Sequence[Staff], who: str
    ) -> list[Task] | Answered:
        """Those of their tasks that are where it says; else what was done there lately, or all that it could be."""
        before = self._done_lately(reply.said, people)
        named = [task for task in before if reply.number and self._is_named(task, reply.number)]
        there = at_place(reply.said, reply.where, [(ticket.place_text, task) for ticket, task in known])
        if there and not named:
            return there
        done = named or [task for task in before if is_at(reply.where, self._place(task))]
        if done:
            return Answered(Result.SAID_BEFORE, reply.said, self._number(done[0]), who, done[0])
        others = meant(reply.said, "", [(ticket.number, task) for ticket, task in known])
        return self._which(reply.said, known, others, who) if others else []

    def _which(self, said: Said, known: Sequence[tuple[Ticket, Task]], tasks: Sequence[Task], who: str) -> Answered:
        """It could be any of these: their numbers and places are told, and what to write."""
        wanted = {task.task_id for task in tasks}
        tickets = {ticket.number: ticket for ticket, task in known if task.task_id in wanted}
        places = tuple(ticket.place_text for ticket in tickets.values())
        words = self._parts.policy().keywords.get(said) or KEYWORDS[said]
        return Answered(Result.WHICH_TICKET, said, tuple(tickets), who, places=places, word=words[0])

    def _nothing_meant(self, said: Said, named: str, people: Sequence[Staff], who: str) -> Answered:
        """What they name is done, or somebody else's; else there is no such thing."""
        if not named:
            return Answered(Result.NOTHING_OPEN, said, who=who)
        done = [task for task in self._done_lately(said, people) if self._is_named(task, named)]
        if done:
            return Answered(Result.SAID_BEFORE, said, self._number(done[0]), who, done[0])
        return Answered(Result.NOT_YOURS, said, (named,), who)

    def _done_lately(self, said: Said, people: Sequence[Staff]) -> list[Task]:
        """What they may be saying once more: a gateway tries again."""
        if said is not Said.DONE:
            return []
        since = self._parts.clock() - self._parts.policy().link_holds
        return self._parts.tasks.done_of_handlers(sorted({one.staff_id for one in people}), since)

    def _is_named(self, task: Task, number: str) -> bool:
        return any(known == number or known.endswith(f"-{number}") for known in self._number(task))

    def _open_of(self, people: Sequence[Staff]) -> list[tuple[Ticket, Task]]:
        tasks = self._parts.tasks.open_of_handlers([one.staff_id for one in people])
        found = ((self._parts.tickets.get(task.ticket_id), task) for task in tasks)
        return [(ticket, task) for ticket, task in found if ticket is not None]

    def _people(self, sender: str) -> list[Staff]:
        """Those who work here and have this number: a crew may share one telephone."""
        area_code = self._parts.area_code
        key = lookup_key(sender, area_code)
        staff = self._parts.staff()
        return [one for one in staff if key and one.active and one.phone and lookup_key(one.phone, area_code) == key]

    def _name(self, staff_id: StaffId | None) -> str:
        return next((one.name for one in self._parts.staff() if one.staff_id == staff_id), "")

    def _place(self, task: Task) -> str:
        ticket = self._parts.tickets.get(task.ticket_id)
        return ticket.place_text if ticket else ""

    def _number(self, task: Task) -> tuple[str, ...]:
        ticket = self._parts.tickets.get(task.ticket_id)
        return (ticket.number,) if ticket else ()


def _given(task: Task, said: Said, text: str, came: Came, done_text: str) -> Given:
    match said:
        case Said.RETURN:
            return Given(task_id=task.task_id, reason=text, via=came.value)
        case Said.ACCEPT | Said.START | Said.REPORT:
            return Given(task_id=task.task_id, text=text, via=came.value)
        case Said.DONE:
            return Given(task_id=task.task_id, text=text or done_text, via=came.value)
        case _:
            assert_never(said)

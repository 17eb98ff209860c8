"""Moving a ticket: the one way in which its stage, its tasks and its clocks change. The table of the domain says what
is allowed (`desk.domain.moves`) and what comes of it (`desk.domain.move_effects`); here it is read, asked, and written
with whatever belongs to it (attempts, messages) in one transaction, durable when `move` returns.

Everything that one move writes bears its step (`Ticket.step`, `Task.step`; the reason of a follow-up's change), by
which `undo` finds it again: the values from before are written anew, as long as nobody has gone on from there. What was
tried and whom a message has reached stays on record. Worker's thread; one move at a time in a process."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from desk.domain.changes import Change
from desk.domain.clocks import Clocks, running
from desk.domain.corrections import corrected, retitled
from desk.domain.estate import Duty, Staff
from desk.domain.identity import CallId, TaskId, TicketId
from desk.domain.move_effects import Moment, Work, made
from desk.domain.moves import (
    SAID,
    Given,
    MoveKind,
    MoveRefused,
    MoveRule,
    Refusal,
    duties_of,
    is_made_by,
    lacks,
    refusal,
    rule_of,
    task_for,
    undoes,
)
from desk.domain.party import Direction
from desk.domain.patches import difference, patch_of
from desk.domain.priority_rules import Facts, RaiseRule, raised
from desk.domain.supervising import Accounts
from desk.domain.tasks import Task
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.working_time import CHINA
from desk.usecases.move_ports import Beside
from desk.usecases.notify import Messages
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog, Clock, NewId, Tickets
from desk.usecases.recording_ports import Histories
from desk.usecases.task_ports import Tasks
from desk.usecases.undo_step import UndoStep, bearing

BY_RULE = "raised by the rules"


@dataclass(frozen=True, kw_only=True)
class MoveParts:
    """`log`: through which messages are made (`compose.notify.notifying`). `who`: the work number of whoever is signed
    in. `seat`: its short name, part of the number of a ticket that is split off. `title`: of a task that is given none,
    by the ticket's category code. `raises`: when a priority goes up by itself.
    `messages`: of which those that still wait are dropped when the move that made them is undone. `accounts`: what the
    centre has told of people, None standing alone. `calls`: of which those that came in about a ticket count as
    repeats; None: none is known of. `beside`: what stands beside a ticket: it goes along with a move, and is as before
    when that is undone."""

    log: ChangeLog
    author: ChangeAuthor
    tickets: Tickets
    tasks: Tasks
    histories: Histories
    staff: Callable[[], Sequence[Staff]]
    clock: Clock
    new_id: NewId
    who: Callable[[], str]
    seat: str
    clocks: Clocks
    raises: Callable[[Ticket], Sequence[RaiseRule]] = lambda _ticket: ()
    messages: Messages | None = None
    title: Callable[[str], str] = lambda category: category
    zone: tzinfo = CHINA
    accounts: Callable[[], Accounts | None] = lambda: None
    calls: CallLog | None = None
    beside: Callable[[], Beside] | None = None


class MoveTicket:
    def __init__(self, parts: MoveParts) -> None:
        self._parts = parts
        self._undo = UndoStep(
            parts.log,
            parts.author,
            parts.histories,
            parts.tickets,
            parts.tasks,
            parts.messages,
            parts.beside,
        )
        self._moving = threading.Lock()

    def move(
        self,
        ticket_id: TicketId,
        kind: MoveKind,
        given: Given | None = None,
        also: Sequence[Change] = (),
        duties: Collection[Duty] | None = None,
        goes_on: str = "",
    ) -> Ticket:
        """The ticket after this move; of SPLIT the one that was split off. `also`: changes that belong to it, in the
        same transaction. `duties`: as what it is made, where that is not what the person signed in is (a handler's
        answer by link or keyword). `goes_on`: the step (`Ticket.step`) with which this move is one act: they are
        undone together. Raises `MoveRefused`."""
        given = given or Given()
        with self._moving:
            work = self._work(ticket_id, kind)
            rule, task = self._allowed(work, kind, given, duties)
            step = goes_on.partition(" ")[2] or self._parts.new_id()
            after = made(work, rule, task, self._checked(work.ticket, given), self._moment(work.ticket, given))
            if kind is MoveKind.REOPEN or kind is MoveKind.REPEAT:
                after = self._raised(after, Facts(repeats=int(kind is MoveKind.REPEAT))) or after
            if kind is MoveKind.CORRECT:
                titles = map(self._parts.title, (work.ticket.category, after.ticket.category))
                after = replace(after, tasks=retitled(after.tasks, *titles))
            name, reason = f"{kind.value} {step}", (given.text if kind in SAID else given.reason).strip()
            changes = self._changes(work, after, name, reason)
            ticket = replace(after.ticket, step=name)
            if kind is MoveKind.SPLIT:
                ticket = replace(self._split(ticket, given, step), step=name)
                changes.append(self._parts.author.change("ticket", step, patch_of(ticket, "ticket_id"), reason))
            beside = self._beside(kind, work.ticket, after.ticket, given)
            self._parts.log.append([*changes, *bearing(name, [*also, *beside])])
            return ticket

    def raise_by_rules(self, ticket_id: TicketId, facts: Facts, joined: CallId | None = None) -> Ticket | None:
        """The ticket with the priority that it has by the rules, now that this is known of it beside the repeats that
        are on record; None: it stays. To be called when a call has `joined` it, or a warning was raised about it."""
        with self._moving:
            work = self._work(ticket_id, MoveKind.GRADE)
            after = self._raised(work, facts, joined)
            if after is None:
                return None
            step = f"{MoveKind.GRADE.value} {self._parts.new_id()}"
            self._parts.log.append(self._changes(work, after, step, BY_RULE))
            return replace(after.ticket, step=step)

    def allowed(self, ticket: Ticket, who: str | None = None) -> dict[MoveKind, Refusal | None]:
        """Every move, with why this person (work number; None = who is signed in) cannot make it now; None: they can.
        What has to be given with it is not asked here (`moves.rule_of(...).needs`)."""
        tasks, duties = self._parts.tasks.of_ticket(ticket.ticket_id), self._duties(who)
        return {kind: refusal(kind, ticket, tasks, duties) for kind in MoveKind}

    def undo(self, ticket_id: TicketId) -> Ticket:
        """The ticket as it was before the last move. Raises `MoveRefused`."""
        with self._moving:
            return self._undo.undo(ticket_id, self._parts.who(), self._parts.clock())

    def why_not_undo(self, ticket_id: TicketId) -> Refusal | None:
        """Why the last step cannot be undone by whoever is signed in; None: it can."""
        return self._undo.refusal(ticket_id, self._parts.who())

    def _work(self, ticket_id: TicketId, kind: MoveKind) -> Work:
        ticket = self._parts.tickets.get(ticket_id)
        if ticket is None:
            raise MoveRefused(Refusal.NOT_FOUND, kind)
        return Work(ticket, tuple(self._parts.tasks.of_ticket(ticket_id)))

    def _allowed(
        self, work: Work, kind: MoveKind, given: Given, duties: Collection[Duty] | None
    ) -> tuple[MoveRule, Task | None]:
        ticket = work.ticket
        why = refusal(kind, ticket, work.tasks, self._duties() if duties is None else duties)
        rule = rule_of(kind, ticket.stage)
        if why is not None or rule is None:
            raise MoveRefused(why or Refusal.NOT_SENT, kind)
        task = task_for(rule, work.tasks, given)
        if isinstance(task, Refusal):
            raise MoveRefused(task, kind)
        why = lacks(rule, ticket, given, self._parts.clock()) or self._unknown(ticket, kind, given)
        if why is not None:
            raise MoveRefused(why, kind)
        return rule, task

    def _beside(self, kind: MoveKind, before: Ticket, after: Ticket, given: Given) -> Sequence[Change]:
        beside = self._parts.beside
        if beside is None:
            return ()
        if kind is MoveKind.JOIN and (target := self._open(given.ticket_id)) is not None:
            return beside().joined(before, target)
        if kind is MoveKind.CORRECT:
            return beside().corrected(before, after)
        return beside().reopened(after) if kind is MoveKind.REOPEN else ()

    def _raised(self, work: Work, facts: Facts, joined: CallId | None = None) -> Work | None:
        """None: no rule raises it now."""
        now = self._parts.clock()
        repeats = facts.repeats + self._repeats(work.ticket, joined)
        facts = replace(facts, repeats=repeats, overrun=sum(due <= now for due in running(work.ticket).values()))
        priority, when = raised(work.ticket, facts, self._parts.raises(work.ticket))
        rule = rule_of(MoveKind.GRADE, work.ticket.stage)
        if when is None or rule is None:
            return None
        given = Given(priority=priority, reason=f"{BY_RULE}: {when.value}")
        return made(work, rule, None, given, self._moment(work.ticket))

    def _repeats(self, ticket: Ticket, joined: CallId | None) -> int:
        """Those on record: calls that came in about it but the one that it was taken from (those that go out about it
        are the desk's own work), and those without a call that stand. A call is logged when it is over: one that
        `joined` it and still runs is a repeat by the word of whoever joined it."""
        calls = self._parts.calls
        found = calls.of_ticket(ticket.ticket_id) if calls else []
        called = {one.call_id for one in found if one.direction is Direction.INCOMING}
        if calls and joined and calls.get(joined) is None:
            called.add(joined)
        steps = {str(one.patch.get("step") or "") for one in self._parts.histories.of("ticket", ticket.ticket_id)}
        undone = {step.partition(" ")[2] for step in steps if undoes(step)}
        said = {step.partition(" ")[2] for step in steps if is_made_by(MoveKind.REPEAT, step)}
        return len(called - {ticket.call_id}) + len(said - undone)

    def _duties(self, who: str | None = None) -> frozenset[Duty]:
        return duties_of(self._parts.who() if who is None else who, self._parts.staff(), self._parts.accounts())

    def _unknown(self, ticket: Ticket, kind: MoveKind, given: Given) -> Refusal | None:
        """What names somebody or something that is not there."""
        if given.handler_id is not None:
            handler = next((one for one in self._parts.staff() if one.staff_id == given.handler_id), None)
            if handler is None or not handler.active:
                return Refusal.HANDLER_LEFT if handler else Refusal.UNKNOWN_HANDLER
        if kind is MoveKind.HAND_OVER:
            return self._unknown_person(given.person.strip())
        if kind is MoveKind.JOIN:
            target = self._open(given.ticket_id)
            if target is None:
                return Refusal.TICKET_NOT_OPEN
            return Refusal.SAME_TICKET if target.ticket_id == ticket.ticket_id else None
        return None

    def _unknown_person(self, number: str) -> Refusal | None:
        """Standing alone, a seat may know nobody but whoever sits at it."""
        staff = self._parts.staff()
        person = next((one for one in staff if one.number == number), None)
        if person is None:
            return None if number == self._parts.who() else Refusal.UNKNOWN_PERSON
        return None if person.active else Refusal.PERSON_LEFT

    def _open(self, ticket_id: TicketId | None) -> Ticket | None:
        """This ticket, or the one that it was itself joined to, while it is open."""
        seen: set[TicketId] = set()
        ticket = self._parts.tickets.get(ticket_id) if ticket_id else None
        while ticket and ticket.stage is Stage.JOINED and ticket.joined_to and ticket.ticket_id not in seen:
            seen.add(ticket.ticket_id)
            ticket = self._parts.tickets.get(ticket.joined_to)
        return ticket if ticket and ticket.stage in OPEN_STAGES else None

    def _checked(self, ticket: Ticket, given: Given) -> Given:
        """A join goes to the ticket that is worked on, not to one that was itself joined."""
        target = self._open(given.ticket_id)
        return replace(given, ticket_id=target.ticket_id) if target and target is not ticket else given

    def _moment(self, ticket: Ticket, given: Given | None = None) -> Moment:
        """`given`: with a correction, which may bring it into an estate that has clocks of its own."""
        parts = self._parts
        title, was = parts.title(ticket.category), parts.clocks.of(ticket)
        clocks = parts.clocks.of(corrected(ticket, given.correction)) if given and given.correction else was
        return Moment(parts.clock(), parts.who(), clocks, TaskId(parts.new_id()), title, was)

    def _split(self, ticket: Ticket, given: Given, new_id: str) -> Ticket:
        """A ticket of its own for what is split off: whose and where as of the other, its clocks from now."""
        parts, now = self._parts, self._parts.clock()
        day = now.astimezone(parts.zone).strftime("%Y%m%d")
        part = Ticket(
            ticket_id=TicketId(new_id),
            number=f"{day}-{parts.seat}-{parts.tickets.next_number(parts.seat, day):03d}",
            kind=ticket.kind,
            category=given.category or ticket.category,
            priority=given.priority or ticket.priority,
            stage=Stage.REGISTERED,
            description=given.text.strip(),
            registered_at=now,
            registered_by=parts.who(),
            seat=parts.seat,
            place_text=ticket.place_text,
            household_id=ticket.household_id,
            building_id=ticket.building_id,
            public_area_id=ticket.public_area_id,
            person_id=ticket.person_id,
            caller_name=ticket.caller_name,
            contact_number=ticket.contact_number,
            call_id=ticket.call_id,
            owner=ticket.owner or parts.who(),
            parent_id=ticket.ticket_id,
            incident_id=ticket.incident_id,
            read_back_asked=ticket.read_back_asked,
            read_back_at=ticket.read_back_at,
        )
        return parts.clocks.of(part).filed(part)

    def _changes(self, before: Work, after: Work, step: str, reason: str) -> list[Change]:
        """What differs, the ticket first."""
        author = self._parts.author
        ticket = {**difference(before.ticket, after.ticket, "ticket_id"), "step": step}
        changes = [author.change("ticket", after.ticket.ticket_id, ticket, reason)]
        known = {task.task_id: task for task in before.tasks}
        for task in after.tasks:
            old = known.get(task.task_id)
            patch = difference(old, task, "task_id") if old else patch_of(task, "task_id")
            if patch:
                changes.append(author.change("task", task.task_id, {**patch, "step": step}, reason))
        return changes

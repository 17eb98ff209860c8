"""What a move does to a ticket and its tasks: values before, values after. That it may be made was asked before
(`desk.domain.moves`). Whatever the move, the ticket comes out of it with the clocks that its stage has, the first of
them named, and what had run out before it was stopped on record (`Ticket.late`). Pure, any thread."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from desk.domain.clocks import DUE_FIELDS, UNACCEPTED, ClockName, Clocks, running, with_due
from desk.domain.corrections import corrected
from desk.domain.identity import TaskId
from desk.domain.moves import SOLVED, After, Given, MoveKind, MoveRule, stage_of
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import OPEN_STAGES, Stage, Ticket
from desk.domain.times import to_text


@dataclass(frozen=True, slots=True)
class Work:
    """A ticket with all its tasks."""

    ticket: Ticket
    tasks: tuple[Task, ...]

    def with_task(self, task: Task) -> "Work":
        """The same with this task, new or in the place of the one with its id."""
        if all(one.task_id != task.task_id for one in self.tasks):
            return replace(self, tasks=(*self.tasks, task))
        return replace(self, tasks=tuple(task if one.task_id == task.task_id else one for one in self.tasks))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a move is made, by whom (work number), over which clocks, and the id of a task that it may make. `was`: the
    clocks of where the ticket was before the move."""

    now: datetime
    by: str
    clocks: Clocks
    task_id: TaskId
    task_title: str  # of a task that is made without one: the ticket's category in words
    was: Clocks | None = None


def made(work: Work, rule: MoveRule, task: Task | None, given: Given, moment: Moment) -> Work:
    """The work after this move. `task`: which of its tasks it is about (`moves.task_for`), None a new one or none."""
    before = work.ticket
    work = _tasks_after(work, rule, task, given, moment)
    work = replace(work, ticket=_ticket_after(work.ticket, rule.kind, given, moment))
    if rule.kind in (MoveKind.GRADE, MoveKind.CORRECT):
        work = _shortened(work, before, moment)
    work = _to_stage(work, rule, given, moment)
    work = replace(work, tasks=_turns(work, moment))
    clocks = moment.clocks
    ticket = _clocks_after(work, rule, given, moment)
    ticket = clocks.from_tasks(ticket, work.tasks) if ticket.stage is not Stage.SUSPENDED else ticket
    ticket = clocks.fitted(ticket, moment.now)
    return replace(work, ticket=replace(ticket, late=(*before.late, *_overrun(before, ticket, moment.now))))


def _tasks_after(work: Work, rule: MoveRule, task: Task | None, given: Given, moment: Moment) -> Work:
    now = moment.now
    match rule.kind:
        case MoveKind.DISPATCH:
            return _sent(work, task or _new_task(work, given, moment), given, moment)
        case MoveKind.ADD_TASK:
            return work.with_task(_new_task(work, given, moment))
        case MoveKind.REOPEN:
            return _taken_up_again(work, moment) if work.ticket.stage in SOLVED else work
        case MoveKind.TELL_PLAN | MoveKind.PROMISE if given.until is not None:
            return _with_promise(work, work.ticket, given.until, moment)
        case MoveKind.CANCEL | MoveKind.JOIN | MoveKind.CLOSE:
            reason = given.reason.strip() or rule.kind.value
            return replace(work, tasks=tuple(_dropped(one, reason) for one in work.tasks))
        case MoveKind.RESUME if work.ticket.suspended_at is not None:
            since, clocks = work.ticket.suspended_at, moment.clocks
            moved = (
                clocks.moved_task(one, work.ticket, since, now) if one.stage in OPEN_TASKS else one
                for one in work.tasks
            )
            return replace(work, tasks=tuple(moved))
        case _:
            return work.with_task(_task_after(work.ticket, task, rule, given, moment)) if task else work


def _task_after(ticket: Ticket, task: Task, rule: MoveRule, given: Given, moment: Moment) -> Task:
    now, clocks = moment.now, moment.clocks
    stage = rule.task.after if rule.task and rule.task.after else task.stage
    task = replace(task, stage=stage, via=given.via)
    progress = clocks.due(ClockName.PROGRESS, ticket, now)
    match rule.kind:
        case MoveKind.ACCEPT:
            handler = given.handler_id or task.handler_id
            return replace(task, handler_id=handler, accepted_at=now, accept_due_at=None, progress_due_at=progress)
        case MoveKind.RETURN:
            accept = clocks.due(ClockName.ACCEPT, ticket, now)
            reason = given.reason.strip()
            task = replace(task, reason=reason, said=reason, said_at=now)
            return replace(task, accept_due_at=accept, due_at=None, progress_due_at=None)
        case MoveKind.START:
            return replace(task, started_at=now)
        case MoveKind.REPORT:
            return replace(task, said=given.text.strip(), said_at=now, progress_due_at=progress)
        case MoveKind.FINISH:
            task = replace(task, said=given.text.strip(), said_at=now, done_at=now, round=ticket.reopened)
            return _without_clocks(task)
        case MoveKind.DROP_TASK:
            return replace(_without_clocks(task), reason=given.reason.strip())
        case _:
            raise AssertionError(f"{rule.kind} is about no task")


def _new_task(work: Work, given: Given, moment: Moment) -> Task:
    return Task(
        task_id=moment.task_id,
        ticket_id=work.ticket.ticket_id,
        title=given.title.strip() or moment.task_title,
        stage=TaskStage.WAITING,
        made_at=moment.now,
        made_by=moment.by,
        place=max((task.place for task in work.tasks), default=0) + 1,
        trade=given.trade,
    )


def _sent(work: Work, task: Task, given: Given, moment: Moment) -> Work:
    ticket, now, clocks = work.ticket, moment.now, moment.clocks
    return work.with_task(
        replace(
            task,
            stage=TaskStage.DISPATCHED,
            handler_id=given.handler_id,
            backup_id=given.backup_id,
            lead_id=given.lead_id,
            trade=given.trade or task.trade,
            dispatched_at=now,
            accept_due_at=task.accept_due_at or _accept_due(work, task, moment),
            accepted_at=None,
            started_at=None,
            due_at=given.until or clocks.task_limit(ticket, now),
            via=given.via,
        )
    )


def _accept_due(work: Work, task: Task, moment: Moment) -> datetime:
    """The clock that has run since the ticket was registered, where no other task has it; else a new one."""
    ticket = work.ticket
    due = running(ticket).get(ClockName.ACCEPT)
    if any(one.stage in UNACCEPTED and one.accept_due_at and one.task_id != task.task_id for one in work.tasks):
        due = None
    return due or moment.clocks.due(ClockName.ACCEPT, ticket, moment.now)


def _taken_up_again(work: Work, moment: Moment) -> Work:
    """What was done last goes to whoever did it, as if it were sent to them now: they are told, and have to take it,
    for they think that it is done. (A ticket that had ended is dispatched anew.)"""
    done = [task for task in work.tasks if task.stage is TaskStage.DONE]
    if not done:
        return work
    ticket, now, clocks = work.ticket, moment.now, moment.clocks
    last = max(done, key=lambda task: (task.done_at or task.made_at, task.place))
    anew = replace(ticket, promise_due_at=clocks.due(ClockName.PROMISE, ticket, now))
    sent = replace(
        last,
        stage=TaskStage.DISPATCHED,
        dispatched_at=now,
        accept_due_at=clocks.due(ClockName.ACCEPT, ticket, now),
        accepted_at=None,
        started_at=None,
        done_at=None,
        due_at=clocks.task_limit(anew, now),
    )
    return replace(work, ticket=replace(ticket, handler_id=last.handler_id)).with_task(sent)


def _with_promise(work: Work, before: Ticket, promise: datetime, moment: Moment) -> Work:
    """The limits of its tasks follow the date that the resident has from now on: none runs out after it, and where it
    was put off (`before`: the ticket until now) they are set anew."""
    limit = moment.clocks.task_limit(replace(before, promise_due_at=promise), moment.now)
    put_off = before.promise_due_at is not None and promise > before.promise_due_at

    def limited(task: Task) -> Task:
        if task.due_at is None or task.stage not in OPEN_TASKS:
            return task
        return replace(task, due_at=limit if put_off else min(task.due_at, limit, promise))

    return replace(work, tasks=tuple(map(limited, work.tasks)))


def _without_clocks(task: Task) -> Task:
    return replace(task, accept_due_at=None, due_at=None, progress_due_at=None)


def _dropped(task: Task, reason: str) -> Task:
    if task.stage not in OPEN_TASKS:
        return task
    return replace(_without_clocks(task), stage=TaskStage.CANCELLED, reason=reason)


def _turns(work: Work, moment: Moment) -> tuple[Task, ...]:
    """A task that waits for the one before it has its clock from the moment when that one is out of the way."""
    if work.ticket.stage not in OPEN_STAGES or work.ticket.stage is Stage.SUSPENDED:
        return work.tasks
    return tuple(
        replace(task, accept_due_at=_accept_due(work, task, moment))
        if task.stage is TaskStage.WAITING and task.accept_due_at is None and not _is_behind(task, work.tasks)
        else task
        for task in work.tasks
    )


def _is_behind(task: Task, tasks: Iterable[Task]) -> bool:
    return any(one.stage in OPEN_TASKS and one.place < task.place for one in tasks)


def _ticket_after(ticket: Ticket, kind: MoveKind, given: Given, moment: Moment) -> Ticket:  # noqa: C901 - a table in words
    """The ticket's own fields but for its stage and clocks."""
    now, text, reason = moment.now, given.text.strip(), given.reason.strip()
    match kind:
        case MoveKind.DISPATCH:
            return replace(
                ticket, handler_id=given.handler_id, dispatched_at=_measured(ticket, ticket.dispatched_at, now)
            )
        case MoveKind.ACCEPT:
            accepted_at = _measured(ticket, ticket.accepted_at, now)
            return replace(ticket, accepted_at=accepted_at, handler_id=given.handler_id or ticket.handler_id)
        case MoveKind.RETURN:
            return replace(ticket, handler_id=None)
        case MoveKind.REPORT:
            return replace(ticket, progress_at=now)
        case MoveKind.TELL_PLAN:
            return replace(ticket, plan_told_at=now)
        case MoveKind.PROMISE:
            return replace(ticket, overdue_cause=given.cause or ticket.overdue_cause)
        case MoveKind.CLOSE:
            return replace(ticket, outcome=text or ticket.outcome)
        case MoveKind.FOLLOW_UP:
            return replace(ticket, solved=given.solved, satisfied=given.satisfied, score=given.score)
        case MoveKind.SUSPEND:
            return replace(ticket, stage_before=ticket.stage, suspended_at=now, suspended_until=given.until)
        case MoveKind.REOPEN:
            again = replace(ticket, reopened=ticket.reopened + 1, plan_told_at=None, closed_at=None, overdue_cause="")
            return replace(again, done_at=None, followed_up_at=None, owner=moment.by or ticket.owner)
        case MoveKind.JOIN:
            return replace(ticket, joined_to=given.ticket_id)
        case MoveKind.HAND_OVER:
            return replace(ticket, owner=given.person.strip())
        case MoveKind.GRADE:
            return replace(ticket, priority=given.priority or ticket.priority)
        case MoveKind.CORRECT if given.correction is not None:
            return replace(corrected(ticket, given.correction), priority=given.priority or ticket.priority)
        case (
            MoveKind.CORRECT
            | MoveKind.START
            | MoveKind.FINISH
            | MoveKind.ADD_TASK
            | MoveKind.DROP_TASK
            | MoveKind.RESUME
            | MoveKind.CANCEL
            | MoveKind.SPLIT
            | MoveKind.NOTE
            | MoveKind.REPEAT
        ):
            return replace(ticket, stage_reason=reason) if kind is MoveKind.CANCEL else ticket
        case _:
            assert_never(kind)


def _measured(ticket: Ticket, first_at: datetime | None, now: datetime) -> datetime:
    """What figures measure from registration on is not measured again once the ticket was reopened."""
    return first_at if ticket.reopened and first_at else now


def _to_stage(work: Work, rule: MoveRule, given: Given, moment: Moment) -> Work:
    ticket, now = work.ticket, moment.now
    after = _stage_after(work, rule)
    if after is ticket.stage:
        return work
    if ticket.stage is Stage.SUSPENDED and after is not Stage.CANCELLED:
        ticket = moment.clocks.moved(ticket, ticket.suspended_at or now, now)
    if ticket.stage is Stage.SUSPENDED:
        ticket = replace(ticket, suspended_at=None, suspended_until=None, stage_before=None)
    ticket = replace(ticket, stage=after, stage_reason=given.reason.strip())
    if after is Stage.DONE:
        ticket = replace(ticket, done_at=now, outcome=given.text.strip() or ticket.outcome)
    if after is Stage.FOLLOWED_UP:
        ticket = replace(ticket, followed_up_at=now)
    if after not in OPEN_STAGES:
        ticket = replace(ticket, closed_at=now)
    return replace(work, ticket=ticket)


def _stage_after(work: Work, rule: MoveRule) -> Stage:
    ticket = work.ticket
    match rule.after:
        case Stage():
            return rule.after
        case After.SAME:
            return ticket.stage
        case After.FROM_TASKS:
            return stage_of(ticket, work.tasks)
        case After.AS_BEFORE:
            return stage_of(ticket, work.tasks) if work.tasks else ticket.stage_before or Stage.REGISTERED
        case _:
            assert_never(rule.after)


def _clocks_after(work: Work, rule: MoveRule, given: Given, moment: Moment) -> Ticket:
    """The clocks that are the ticket's own; those that follow from its tasks are taken over afterwards."""
    ticket, now, clocks = work.ticket, moment.now, moment.clocks
    match rule.kind:
        case MoveKind.TELL_PLAN | MoveKind.PROMISE:
            return with_due(clocks.stopped(ticket, rule.stops), {ClockName.PROMISE: given.until})
        case MoveKind.REOPEN:
            return clocks.started(clocks.stopped(ticket, DUE_FIELDS), rule.starts, now)
        case _:
            return ticket


def _shortened(work: Work, before: Ticket, moment: Moment) -> Work:
    ticket = moment.clocks.shortened(work.ticket, before, moment.was)
    due, promise = ticket.accept_due_at, ticket.promise_due_at
    if promise is not None and promise != before.promise_due_at:
        work = _with_promise(work, before, promise, moment)
    sooner = (
        replace(task, accept_due_at=due)
        if due and task.stage in UNACCEPTED and task.accept_due_at and task.accept_due_at > due
        else task
        for task in work.tasks
    )
    return Work(ticket, tuple(sooner))


def _overrun(before: Ticket, after: Ticket, now: datetime) -> list[str]:
    """The clocks of `before` that had run out and do not run on, or were started again. A suspension holds them, late
    or not; where the ticket ends in it, they were stopped when it began."""
    if after.stage is Stage.SUSPENDED:
        return []
    still = running(after)
    stopped = [(clock, due, now) for clock, due in running(before).items() if still.get(clock) != due]
    if before.suspended_at is not None and after.stage not in OPEN_STAGES:
        held = running(replace(before, stage=before.stage_before or Stage.REGISTERED))
        stopped += [(clock, due, before.suspended_at) for clock, due in held.items()]
    return [f"{clock.value} {to_text(due)} {to_text(at)}" for clock, due, at in stopped if due <= at]

"""The clocks of a ticket: which run in which stage, how long each is, which runs out first, and whether it is late.

A clock that runs stands in the ticket as the time at which it runs out (`DUE_FIELDS`), worked out when the move that
starts it is made; so lists and reminders are reads, at every seat, offline too. While a ticket is suspended the others
keep their times but do not run: what counts then is when to take it up again, and on resuming all of them move by the
working time that has passed. The figures come from a policy file; those here are the shipped ones. Pure, any thread."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from desk.domain.identity import BuildingId
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import OPEN_STAGES, Kind, Priority, Stage, Ticket
from desk.domain.working_time import Span, Unit, WorkingTime


class ClockName(Enum):
    """Of a ticket, in the order in which one is named when several run out together."""

    ACCEPT = "accept"  # the handler's side accepts
    PLAN = "plan"  # the resident is told the plan and the date (答复客户)
    TASK = "task"  # the internal limit of a task
    PROGRESS = "progress"  # a report on an open task (过程汇报)
    PROMISE = "promise"  # promised completion (承诺完成)
    FOLLOW_UP = "follow_up"  # the resident is asked (回访)
    CLOSE = "close"  # followed up, and not closed
    RESUME = "resume"  # suspended until


class Figure(Enum):
    """Limits that no ticket's clock is, and that the work lists and others go by."""

    REMIND_BEFORE = "remind_before"  # before any limit, by call (到期提醒)
    CHASE_EVERY = "chase_every"  # once overdue, by call (逾期催办)
    TASK_BEFORE_PROMISE = "task_before_promise"  # how much earlier than the promise a task's limit is set


DUE_FIELDS: Mapping[ClockName, str] = {
    ClockName.ACCEPT: "accept_due_at",
    ClockName.PLAN: "plan_due_at",
    ClockName.TASK: "task_due_at",
    ClockName.PROGRESS: "progress_due_at",
    ClockName.PROMISE: "promise_due_at",
    ClockName.FOLLOW_UP: "follow_up_due_at",
    ClockName.CLOSE: "close_due_at",
    ClockName.RESUME: "suspended_until",
}

_A, _P, _T = ClockName.ACCEPT, ClockName.PLAN, ClockName.TASK
_R, _C = ClockName.PROGRESS, ClockName.PROMISE


@dataclass(frozen=True, slots=True)
class Runs:
    """`always`: runs in this stage, whatever else; `may`: may run (the resident is told the plan in any of them; one
    task may be waiting for its handler while another is in progress)."""

    always: frozenset[ClockName]
    may: frozenset[ClockName] = frozenset()


RUNS: Mapping[Stage, Runs] = {
    Stage.REGISTERED: Runs(frozenset({_A, _C}), frozenset({_P, _T, _R})),
    Stage.DISPATCHED: Runs(frozenset({_A, _C}), frozenset({_P, _T, _R})),
    Stage.RETURNED: Runs(frozenset({_A, _C}), frozenset({_P, _T, _R})),
    Stage.ACCEPTED: Runs(frozenset({_C, _R}), frozenset({_A, _P, _T})),
    Stage.IN_PROGRESS: Runs(frozenset({_C, _R}), frozenset({_A, _P, _T})),
    Stage.DONE: Runs(frozenset({ClockName.FOLLOW_UP})),
    Stage.FOLLOWED_UP: Runs(frozenset({ClockName.CLOSE})),
    Stage.SUSPENDED: Runs(frozenset({ClockName.RESUME})),
    Stage.CLOSED: Runs(frozenset()),
    Stage.CANCELLED: Runs(frozenset()),
    Stage.JOINED: Runs(frozenset()),
}


def _hours(count: float) -> Span:
    return Span(timedelta(hours=count))


def _days(count: int, unit: Unit = Unit.WORKING_DAYS) -> Span:
    return Span(timedelta(days=count), unit)


SHIPPED: Mapping[ClockName, Span] = {
    ClockName.ACCEPT: _hours(24),
    ClockName.PLAN: _days(3),
    ClockName.PROMISE: _days(15),
    ClockName.PROGRESS: _days(3, Unit.DAYS),
    ClockName.FOLLOW_UP: _days(1),
    ClockName.CLOSE: _days(1),
}
SHIPPED_FIGURES: Mapping[Figure, Span] = {
    Figure.REMIND_BEFORE: _days(1, Unit.DAYS),
    Figure.CHASE_EVERY: _days(1, Unit.DAYS),
    Figure.TASK_BEFORE_PROMISE: _days(2),
}


@dataclass(frozen=True, slots=True)
class ClockException:
    """Another length for some tickets. What is empty fits all; `categories` fit a code and all below it."""

    clock: ClockName
    span: Span
    kinds: frozenset[Kind] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    categories: tuple[str, ...] = ()

    def fits(self, ticket: Ticket) -> bool:
        return (
            (not self.kinds or ticket.kind in self.kinds)
            and (not self.priorities or ticket.priority in self.priorities)
            and (
                not self.categories
                or any(ticket.category == one or ticket.category.startswith(f"{one}.") for one in self.categories)
            )
        )


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """Of several exceptions that fit, the first counts."""

    spans: Mapping[ClockName, Span] = field(default_factory=lambda: SHIPPED)
    figures: Mapping[Figure, Span] = field(default_factory=lambda: SHIPPED_FIGURES)
    exceptions: tuple[ClockException, ...] = ()

    def span(self, clock: ClockName, ticket: Ticket) -> Span:
        return next((e.span for e in self.exceptions if e.clock is clock and e.fits(ticket)), self.spans[clock])

    def unit(self, clock: ClockName, ticket: Ticket) -> Unit:
        """What a clock is counted in, and so how it stands still. A task's limit is a date somebody has set, and
        moves with the promise that it was set for."""
        return self.span(ClockName.PROMISE if clock is ClockName.TASK else clock, ticket).unit


class Standing(Enum):
    """How a limit stands at a moment."""

    NONE = "none"  # no clock runs
    FINE = "fine"
    SOON = "soon"  # within the reminder's time
    OVERDUE = "overdue"


def running(ticket: Ticket) -> dict[ClockName, datetime]:
    """The clocks that run now, with when they run out."""
    runs = RUNS[ticket.stage]
    dues = {name: getattr(ticket, DUE_FIELDS[name]) for name in ClockName if name in runs.always | runs.may}
    return {name: due for name, due in dues.items() if due is not None}


def next_of(ticket: Ticket) -> tuple[ClockName | None, datetime | None]:
    """The clock that runs out first."""
    dues = running(ticket)
    if not dues:
        return None, None
    name = min(dues, key=lambda clock: dues[clock])
    return name, dues[name]


def with_next(ticket: Ticket) -> Ticket:
    """The same with `next_clock` and `next_due_at` as its other fields have them."""
    name, due = next_of(ticket)
    return replace(ticket, next_clock=name.value if name else "", next_due_at=due)


def with_due(ticket: Ticket, dues: Mapping[ClockName, datetime | None]) -> Ticket:
    changed: dict[str, Any] = {DUE_FIELDS[clock]: due for clock, due in dues.items()}
    return replace(ticket, **changed)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The figures over a calendar: starts, stops and moves clocks. None of these sets `next_clock`: see `with_next`.
    `of_building`: those of the estate that a building is in, where it has its own; ask by `of`."""

    policy: ClockPolicy = field(default_factory=ClockPolicy)
    time: WorkingTime = field(default_factory=WorkingTime)
    of_building: "Callable[[BuildingId], Clocks | None] | None" = None

    def of(self, ticket: Ticket) -> "Clocks":
        """The clocks of the estate that this ticket's place is in."""
        if self.of_building is None or ticket.building_id is None:
            return self
        return self.of_building(ticket.building_id) or self

    def due(self, clock: ClockName, ticket: Ticket, at: datetime) -> datetime:
        """When it runs out if it is started at this time."""
        return self.time.add(at, self.policy.span(clock, ticket))

    def started(self, ticket: Ticket, clocks: Iterable[ClockName], at: datetime) -> Ticket:
        return with_due(ticket, {clock: self.due(clock, ticket, at) for clock in clocks})

    def stopped(self, ticket: Ticket, clocks: Iterable[ClockName]) -> Ticket:
        return with_due(ticket, dict.fromkeys(clocks))

    def filed(self, ticket: Ticket) -> Ticket:
        """As it is registered: its first clocks run from then, where it is open at all."""
        if ticket.stage not in OPEN_STAGES:
            return with_next(ticket)
        return with_next(self.started(ticket, (_A, _P, _C), ticket.registered_at))

    def task_limit(self, ticket: Ticket, at: datetime) -> datetime:
        """The internal limit of a task dispatched now: earlier than the promise, though never before half of the time
        that is left (a promise for tomorrow leaves less than what the rule takes off)."""
        promise = ticket.promise_due_at or self.due(ClockName.PROMISE, ticket, at)
        early = self.time.before(promise, self.policy.figures[Figure.TASK_BEFORE_PROMISE])
        return max(early, at + max(promise - at, timedelta()) / 2)

    def from_tasks(self, ticket: Ticket, tasks: Sequence[Task]) -> Ticket:
        """The ticket's accept, task and progress clocks as the tasks have them: of several the first. A ticket whose
        tasks have nothing to say of accepting keeps its own clock while somebody has still to be sent."""
        still = [task for task in tasks if task.stage in OPEN_TASKS]
        accept = first(task.accept_due_at for task in still if task.stage in UNACCEPTED)
        if accept is None and _A in RUNS[ticket.stage].always:
            accept = ticket.accept_due_at
        progress = first(task.progress_due_at for task in still if task.stage in AT_WORK)
        if progress is None and _R in RUNS[ticket.stage].always:
            progress = ticket.progress_due_at
        return with_due(ticket, {_A: accept, _T: first(task.due_at for task in still), _R: progress})

    def moved(self, ticket: Ticket, since: datetime, until: datetime) -> Ticket:
        """After a suspension from `since` to `until`: every limit that had been held, moved by the working time that
        the suspension took. What was overdue by two hours is so still."""
        dues: dict[ClockName, datetime | None] = {
            clock: self.time.moved(due, since, until, self.policy.unit(clock, ticket))
            for clock, name in DUE_FIELDS.items()
            if clock is not ClockName.RESUME and (due := getattr(ticket, name)) is not None
        }
        return with_due(ticket, dues)

    def moved_task(self, task: Task, ticket: Ticket, since: datetime, until: datetime) -> Task:
        def later(due: datetime | None, clock: ClockName) -> datetime | None:
            unit = self.policy.unit(clock, ticket)
            return self.time.moved(due, since, until, unit) if due else None

        return replace(
            task,
            accept_due_at=later(task.accept_due_at, _A),
            due_at=later(task.due_at, _T),
            progress_due_at=later(task.progress_due_at, _R),
        )

    def fitted(self, ticket: Ticket, at: datetime) -> Ticket:
        """A ticket whose stage came to be in some other way than by a move of somebody who saw it (two moves at once,
        settled by the table): the clocks that its stage does not have stopped, those that it needs and lacks started
        now, the next one named. A ticket that was right is left as it is."""
        if ticket.stage is Stage.SUSPENDED:
            until = ticket.suspended_until or self.due(_A, ticket, at)
            return with_next(replace(ticket, suspended_until=until))
        runs = RUNS[ticket.stage]
        ticket = self.stopped(ticket, set(ClockName) - runs.always - runs.may)
        missing = [clock for clock in runs.always if getattr(ticket, DUE_FIELDS[clock]) is None]
        return with_next(self.started(ticket, missing, at))

    def shortened(self, ticket: Ticket, before: Ticket, was: "Clocks | None" = None) -> Ticket:
        """After its priority or kind has changed, or its estate (`was`: the clocks that held before): clocks that run
        since it was registered, and that are shorter now, run out earlier. A limit never moves back by this: the
        resident was told of it."""
        counting = dict(running(ticket))
        if ticket.stage is Stage.SUSPENDED:  # those that it holds run on afterwards, and earlier than they would have
            held = {clock: getattr(ticket, DUE_FIELDS[clock]) for clock in (_A, _P, _C)}
            counting = {clock: due for clock, due in held.items() if due is not None}
        dues: dict[ClockName, datetime | None] = {}
        policy = (was or self).policy
        for clock in (_A, _P, _C):
            if clock in counting and self.policy.span(clock, ticket) != policy.span(clock, before):
                dues[clock] = min(counting[clock], self.due(clock, ticket, ticket.registered_at))
        return with_due(ticket, dues)

    def remind_at(self, due: datetime) -> datetime:
        return self.time.before(due, self.policy.figures[Figure.REMIND_BEFORE])

    def standing(self, due: datetime | None, now: datetime) -> Standing:
        if due is None:
            return Standing.NONE
        if now >= due:
            return Standing.OVERDUE
        return Standing.SOON if now >= self.remind_at(due) else Standing.FINE


UNACCEPTED: Collection[TaskStage] = frozenset({TaskStage.WAITING, TaskStage.DISPATCHED, TaskStage.RETURNED})
AT_WORK: Collection[TaskStage] = frozenset({TaskStage.ACCEPTED, TaskStage.IN_PROGRESS})


def first(dues: Iterable[datetime | None]) -> datetime | None:
    """The earliest; None of none."""
    return min((due for due in dues if due is not None), default=None)

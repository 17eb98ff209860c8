"""Who is to be called next about a piece of work that was sent out, from what was tried: the handler until they were
tried often enough, then the backup, then the lead. Whoever has the work now is called first; whoever was tried in vain
is not asked twice. Pure, any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.attempts import UNREACHED, Attempt, Outcome, Purpose
from desk.domain.clocks import Clocks
from desk.domain.identity import StaffId
from desk.domain.replies import KEYWORDS, Keywords
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Priority, Ticket
from desk.domain.working_time import Span, Unit

# What a handler is called for while they have not accepted: by whoever dispatched it, or by whoever works a list.
ABOUT_TAKING_IT = frozenset({Purpose.DISPATCH, Purpose.REMIND, Purpose.CHASE})
LIMITS: Mapping[Priority, Span] = {
    Priority.URGENT: Span(timedelta(hours=4)),
    Priority.HIGH: Span(timedelta(hours=24)),
    Priority.NORMAL: Span(timedelta(days=3), Unit.WORKING_DAYS),
    Priority.LOW: Span(timedelta(days=7), Unit.WORKING_DAYS),
}


@dataclass(frozen=True, slots=True)
class DispatchPolicy:
    """`tries`: in vain, before the next one is offered. `again_after`: the pause between two tries, of urgent work
    `again_after_urgent`. `limits`: how long work may take from its dispatch, where the promise leaves that much.
    `link_holds`: how long a reply link does."""

    tries: int = 3
    again_after: timedelta = timedelta(minutes=5)
    again_after_urgent: timedelta = timedelta(minutes=2)
    limits: Mapping[Priority, Span] = field(default_factory=lambda: LIMITS)
    keywords: Keywords = field(default_factory=lambda: KEYWORDS)
    link_holds: timedelta = timedelta(hours=72)

    def pause(self, priority: Priority) -> timedelta:
        return self.again_after_urgent if priority is Priority.URGENT else self.again_after

    def limit(self, ticket: Ticket, clocks: Clocks, now: datetime) -> datetime:
        """The internal limit that is proposed at dispatch: earlier than the promise, whatever the table says. A promise
        that is broken already leaves no time to be early in: then the table alone counts."""
        usual = clocks.time.add(now, self.limits[ticket.priority])
        return min(usual, early) if (early := clocks.task_limit(ticket, now)) > now else usual


class Step(Enum):
    """What is to be done now."""

    CALL = "call"  # `whom`, who has the work
    WAIT = "wait"  # until `at`: they were tried a moment ago, or asked to be called later
    CALL_NEXT = "call_next"  # `whom`, who is to stand in: the one who has the work was tried often enough
    NOBODY_LEFT = "nobody_left"  # everybody was tried; somebody has to decide
    ANSWERED = "answered"  # taken, or given back: nothing to call about


@dataclass(frozen=True, slots=True)
class Pursuit:
    """`tries`: how often whoever has the work was tried in vain, without having been reached since."""

    step: Step
    whom: StaffId | None = None
    tries: int = 0
    at: datetime | None = None


def pursue(
    task: Task,
    asked: Sequence[StaffId],
    attempts: Sequence[Attempt],
    policy: DispatchPolicy,
    priority: Priority,
    now: datetime,
) -> Pursuit:
    """`asked`: who may be asked, in turn. `attempts`: those of this task, oldest first."""
    if task.stage is not TaskStage.DISPATCHED or task.handler_id is None:
        return Pursuit(Step.ANSWERED)
    # whoever has it now was sent it anew, whatever was tried before
    since_sent = [one for one in attempts if task.dispatched_at is None or one.at >= task.dispatched_at]
    tries = in_vain(since_sent, task.handler_id)
    if is_given_up(since_sent, task.handler_id, policy):
        for one in asked:
            if one != task.handler_id and not is_given_up(attempts, one, policy):
                return Pursuit(Step.CALL_NEXT, one, tries)
        return Pursuit(Step.NOBODY_LEFT, None, tries)
    wait = _wait_until(since_sent, task.handler_id, policy.pause(priority))
    if wait is not None and now < wait:
        return Pursuit(Step.WAIT, task.handler_id, tries, wait)
    return Pursuit(Step.CALL, task.handler_id, tries)


def in_vain(attempts: Sequence[Attempt], whom: StaffId) -> int:
    """Calls to this one that nobody took, since the last one that somebody did."""
    count = 0
    for attempt in _calls_to(attempts, whom):
        count = count + 1 if attempt.outcome in UNREACHED else 0
    return count


def is_given_up(attempts: Sequence[Attempt], whom: StaffId, policy: DispatchPolicy) -> bool:
    """Tried often enough; a wrong number once is enough."""
    calls = _calls_to(attempts, whom)
    return in_vain(attempts, whom) >= policy.tries or (bool(calls) and calls[-1].outcome is Outcome.WRONG_NUMBER)


def _calls_to(attempts: Sequence[Attempt], whom: StaffId) -> list[Attempt]:
    return [
        one
        for one in attempts
        if one.staff_id == whom and one.purpose in ABOUT_TAKING_IT and one.outcome is not Outcome.SENT
    ]


def _wait_until(attempts: Sequence[Attempt], whom: StaffId, pause: timedelta) -> datetime | None:
    calls = _calls_to(attempts, whom)
    if not calls:
        return None
    last = calls[-1]
    if last.next_at is not None:
        return last.next_at
    return last.at + pause if last.outcome in UNREACHED else None

"""What a ticket asks for. It asks for several things at once: the resident has to be told the plan, the plumber to
finish, and somebody to be sent for the walls. Each is an errand with a limit of its own, about one task or about none;
one that has run out hides no other, and a call about one leaves the others as they were.

On a list a ticket has one row, which is about one of its errands: in the queue the dearest to miss of those that are
to be done now, elsewhere the one whose limit comes first of those that the list is about. Pure, any thread."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.domain import what_next
from desk.domain.attempts import Attempt
from desk.domain.clocks import AT_WORK, UNACCEPTED, ClockName
from desk.domain.moves import IN_WORK
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import Ticket
from desk.domain.times import to_text
from desk.domain.what_next import ERRAND_BY_CLOCK, ERRAND_BY_STAGE, ERRAND_BY_TASK, OTHERWISE, RESTED_BY, Errand, What
from desk.domain.work_lists import CONTENTS, Check, Moment, WorkList

OF_WORK = (ClockName.ACCEPT, ClockName.PLAN, ClockName.TASK, ClockName.PROGRESS, ClockName.PROMISE)
NOT_TAKEN = frozenset({Errand.GET_ACCEPTED, Errand.DISPATCH_AGAIN})


@dataclass(frozen=True, slots=True)
class TicketErrand:
    errand: Errand
    due_at: datetime | None
    task: Task | None = None


def errands_of(ticket: Ticket, tasks: Iterable[Task]) -> list[TicketErrand]:
    """All that it asks for now, at least one thing: one for each limit that runs, of its own and of each of its tasks.
    The promise to the resident is the limit of every task that is open. A next limit that nothing here explains (a
    task's change has not come yet) hastens what is in hand: no ticket is lost by it."""
    if ticket.stage not in IN_WORK:
        return [TicketErrand(ERRAND_BY_STAGE.get(ticket.stage, OTHERWISE), ticket.next_due_at)]
    in_hand = [task for task in tasks if is_in_hand(task)]
    nobody_works = all(task.stage not in AT_WORK for task in in_hand)
    found = [one for task in in_hand for one in _of_task(ticket, task, nobody_works=nobody_works)]
    if not in_hand:
        found = _of_itself(ticket)
    if ticket.plan_due_at is not None:
        found.append(TicketErrand(ERRAND_BY_CLOCK[ClockName.PLAN], ticket.plan_due_at))
    if ticket.next_due_at not in {one.due_at for one in found}:
        onward = [TicketErrand(ERRAND_BY_TASK[task.stage], ticket.next_due_at, task) for task in in_hand]
        found += onward or [TicketErrand(ERRAND_BY_STAGE[ticket.stage], ticket.next_due_at)]
    return found


def is_in_hand(task: Task) -> bool:
    """Something can be done about it now. One that waits for the task before it has no limit yet."""
    return task.stage in OPEN_TASKS and (task.stage is not TaskStage.WAITING or task.accept_due_at is not None)


def _of_task(ticket: Ticket, task: Task, *, nobody_works: bool) -> list[TicketErrand]:
    """Where nobody works who could report, the report's limit hastens whoever has to be sent or to take it."""
    onward = ERRAND_BY_TASK[task.stage]
    limits = {
        ClockName.ACCEPT: task.accept_due_at if task.stage in UNACCEPTED else None,
        ClockName.TASK: task.due_at,
        ClockName.PROMISE: ticket.promise_due_at,
    }
    found = _errands(limits, onward, task)
    if task.stage in AT_WORK:
        found += _errands({ClockName.PROGRESS: task.progress_due_at}, onward, task)
    elif nobody_works and ticket.progress_due_at is not None:
        found.append(TicketErrand(onward, ticket.progress_due_at, task))
    return found


def _of_itself(ticket: Ticket) -> list[TicketErrand]:
    limits = {
        ClockName.ACCEPT: ticket.accept_due_at,
        ClockName.TASK: ticket.task_due_at,
        ClockName.PROGRESS: ticket.progress_due_at,
        ClockName.PROMISE: ticket.promise_due_at,
    }
    return _errands(limits, ERRAND_BY_STAGE[ticket.stage], None)


def _errands(limits: Mapping[ClockName, datetime | None], onward: Errand, task: Task | None) -> list[TicketErrand]:
    due = [(ERRAND_BY_CLOCK.get(clock, onward), limit) for clock, limit in limits.items() if limit is not None]
    return [TicketErrand(errand, limit, task) for errand, limit in due]


def rests(asked: TicketErrand, attempts: Iterable[Attempt], now: datetime) -> bool:
    """Whether it was tried of late (`Attempt.next_at`). A reminder does not rest beyond the limit. `attempts`: about
    the ticket; one that names no task was about any of them."""
    is_late = asked.due_at is not None and asked.due_at <= now
    return any(
        one.next_at is not None
        and one.next_at > now
        and one.about_id is None
        and one.purpose in RESTED_BY[asked.errand]
        and (asked.task is None or one.task_id is None or one.task_id == asked.task.task_id)
        and (not is_late or (asked.due_at is not None and one.at >= asked.due_at))
        for one in attempts
    )


def on_list(
    which: WorkList, ticket: Ticket, tasks: Iterable[Task], attempts: Collection[Attempt], moment: Moment
) -> TicketErrand | None:
    """Which of its errands the ticket's row on this list is about. None: of what it asks for nothing stands there.
    Whose it is, and what else is asked of the ticket as a whole, is not looked at."""
    checks = {check for line in CONTENTS[which] if What.TICKET in line.whats for check in line.checks}
    tests = [_TESTS[check] for check in checks if check in _TESTS]
    found = [one for one in errands_of(ticket, tasks) if all(test(one, ticket, attempts, moment) for test in tests)]
    return min(found, key=lambda one: _place(one, ticket, moment, which), default=None)


def asked(
    which: WorkList, ticket: Ticket, tasks: Collection[Task], attempts: Collection[Attempt], moment: Moment
) -> TicketErrand:
    """The same for a row that is read in full, whether or not it still stands there: else what comes first."""
    return on_list(which, ticket, tasks, attempts, moment) or first(ticket, tasks)


def first(ticket: Ticket, tasks: Iterable[Task]) -> TicketErrand:
    """The one whose limit comes first."""
    return min(errands_of(ticket, tasks), key=_by_limit)


def place(asked: TicketErrand, ticket: Ticket, moment: Moment) -> int | None:
    """Its line in the queue; None: it can wait."""
    at = what_next.when(asked.due_at, moment.now, moment.at_hand, moment.soon)
    return what_next.place(asked.errand, at, ticket.priority)


_Test = Callable[[TicketErrand, Ticket, Collection[Attempt], Moment], bool]
_TESTS: Mapping[Check, _Test] = {
    Check.SOON: lambda one, _ticket, _attempts, m: one.due_at is not None and m.now < one.due_at <= m.soon,
    Check.UNACCEPTED: lambda one, _ticket, _attempts, _m: one.errand in NOT_TAKEN,
    Check.NO_REPORT: lambda one, _ticket, _attempts, m: (
        one.errand is Errand.GET_REPORT and one.due_at is not None and one.due_at <= m.now
    ),
    Check.IN_QUEUE: lambda one, ticket, _attempts, m: place(one, ticket, m) is not None,
    Check.RESTED: lambda one, _ticket, attempts, m: not rests(one, attempts, m.now),
}
OF_AN_ERRAND: frozenset[Check] = frozenset(_TESTS)  # the other checks are about the ticket, or about its first limit


def _place(one: TicketErrand, ticket: Ticket, moment: Moment, which: WorkList) -> tuple[int, Sequence[object]]:
    line = place(one, ticket, moment) if which is WorkList.NEXT else None
    return line or 0, _by_limit(one)


def _by_limit(one: TicketErrand) -> tuple[str, int, int, str]:
    """As the seat store puts them in order, too: without a limit last."""
    due = to_text(one.due_at) if one.due_at is not None else "~"
    task = one.task
    return (due, list(Errand).index(one.errand), task.place if task else 0, task.task_id if task else "")

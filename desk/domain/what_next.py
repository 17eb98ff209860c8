"""What is to be done next: what each open thing asks for, and in which order things are taken, as tables.

`ORDER` is the one queue. Its first line is what costs most when it is missed: a resident who sits by the telephone
because somebody promised a call, before a report that a handler owes. The first line that fits is a thing's place;
within a line the earliest limit comes first. What fits no line can wait.

Surprising choice: lines and no points. A sum of weights says that forty late reports outweigh one broken promise, and
nobody can say why this one is first; a line can be read out. Pure, any thread."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.attempts import Purpose
from desk.domain.clocks import ClockName
from desk.domain.tasks import TaskStage
from desk.domain.tickets import Priority, Stage


class What(Enum):
    """What may stand on a work list. The values are the entities' names in the change log."""

    TICKET = "ticket"
    PROMISE = "promise"
    FOLLOW_UP = "follow_up"
    WARNING = "warning"
    QUESTION = "question"


class Errand(Enum):
    """What somebody has to do about it."""

    CALL_BACK = "call_back"  # the resident was promised a call
    STEP_WARNING = "step_warning"  # whoever's turn it is
    DISPATCH = "dispatch"
    DISPATCH_AGAIN = "dispatch_again"  # it was returned
    GET_ACCEPTED = "get_accepted"  # the handler has not said yet that they take it
    TELL_PLAN = "tell_plan"  # the resident is told the plan and the date
    GET_FINISHED = "get_finished"
    GET_REPORT = "get_report"  # how far is it?
    FOLLOW_UP = "follow_up"
    CLOSE = "close"  # all is said and done
    TAKE_UP = "take_up"  # it was suspended until now
    ANSWER = "answer"  # a question that nobody could answer
    TELL_ANSWER = "tell_answer"  # the answer is there, the resident does not have it yet


class When(Enum):
    """How its limit stands to now."""

    LATE = "late"  # it has run out
    NOW = "now"  # within minutes
    SOON = "soon"  # within the time for reminders
    LATER = "later"


# What brings work on follows from the stage of a task; of a ticket that has none in hand, from the ticket's own.
ERRAND_BY_TASK: dict[TaskStage, Errand] = {
    TaskStage.WAITING: Errand.DISPATCH,
    TaskStage.RETURNED: Errand.DISPATCH_AGAIN,
    TaskStage.DISPATCHED: Errand.GET_ACCEPTED,
    TaskStage.ACCEPTED: Errand.GET_FINISHED,
    TaskStage.IN_PROGRESS: Errand.GET_FINISHED,
}
ERRAND_BY_STAGE: dict[Stage, Errand] = {
    Stage.REGISTERED: Errand.DISPATCH,
    Stage.RETURNED: Errand.DISPATCH_AGAIN,
    Stage.DISPATCHED: Errand.GET_ACCEPTED,
    Stage.ACCEPTED: Errand.GET_FINISHED,
    Stage.IN_PROGRESS: Errand.GET_FINISHED,
    Stage.SUSPENDED: Errand.TAKE_UP,
    Stage.DONE: Errand.FOLLOW_UP,
    Stage.FOLLOWED_UP: Errand.CLOSE,
}
# These clocks ask for something else than that, beside it; all others hasten what brings the work on.
ERRAND_BY_CLOCK: dict[ClockName, Errand] = {
    ClockName.PLAN: Errand.TELL_PLAN,
    ClockName.PROGRESS: Errand.GET_REPORT,
}
OTHERWISE = Errand.GET_FINISHED  # of a ticket that is over


class Whom(Enum):
    """Who is called about it."""

    NOBODY = "nobody"
    RESIDENT = "resident"
    HANDLER = "handler"  # whoever works on it; then their backup and their lead
    TURN = "turn"  # whoever's turn it is on the ladder
    ANSWERER = "answerer"  # who owes the answer


@dataclass(frozen=True, slots=True)
class CallFor:
    """Whom one calls, and what the attempt is then called while there is time, and once it is late."""

    whom: Whom
    before: Purpose = Purpose.REMIND
    late: Purpose = Purpose.CHASE


CALLS: dict[Errand, CallFor] = {
    Errand.CALL_BACK: CallFor(Whom.RESIDENT, Purpose.PROMISE, Purpose.PROMISE),
    Errand.STEP_WARNING: CallFor(Whom.TURN, Purpose.WARNING, Purpose.WARNING),
    Errand.DISPATCH: CallFor(Whom.NOBODY, Purpose.DISPATCH, Purpose.DISPATCH),
    Errand.DISPATCH_AGAIN: CallFor(Whom.NOBODY, Purpose.DISPATCH, Purpose.DISPATCH),
    Errand.GET_ACCEPTED: CallFor(Whom.HANDLER),
    Errand.TELL_PLAN: CallFor(Whom.RESIDENT, Purpose.PLAN, Purpose.PLAN),
    Errand.GET_FINISHED: CallFor(Whom.HANDLER),
    Errand.GET_REPORT: CallFor(Whom.HANDLER, Purpose.PROGRESS, Purpose.PROGRESS),
    Errand.FOLLOW_UP: CallFor(Whom.RESIDENT, Purpose.FOLLOW_UP, Purpose.FOLLOW_UP),
    Errand.CLOSE: CallFor(Whom.NOBODY),
    Errand.TAKE_UP: CallFor(Whom.HANDLER),
    Errand.ANSWER: CallFor(Whom.ANSWERER),
    Errand.TELL_ANSWER: CallFor(Whom.RESIDENT, Purpose.PROMISE, Purpose.PROMISE),
}

# Attempts for these purposes rest an errand, and no others do: whoever was asked to finish has not been told the plan.
# A call about the dispatch asked the handler to take it.
RESTED_BY: dict[Errand, frozenset[Purpose]] = {
    errand: frozenset({call.before, call.late} | ({Purpose.DISPATCH} if errand is Errand.GET_ACCEPTED else set()))
    for errand, call in CALLS.items()
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue: what is needed, how its limit stands, of which priorities (none = all)."""

    errands: frozenset[Errand]
    whens: frozenset[When]
    priorities: frozenset[Priority] = frozenset()


def _line(errands: Errand | tuple[Errand, ...], *whens: When, only: Priority | None = None) -> Line:
    of = errands if isinstance(errands, tuple) else (errands,)
    return Line(frozenset(of), frozenset(whens or When), frozenset({only} if only else ()))


_OUT = (Errand.DISPATCH_AGAIN, Errand.DISPATCH)
OF_A_HANDLER = (Errand.GET_ACCEPTED, Errand.GET_FINISHED, Errand.GET_REPORT)

# The dearest to miss first. What presses: it is late, it is urgent, a call was promised, or nobody is on the way.
_PRESSING: tuple[Line, ...] = (
    _line(Errand.CALL_BACK, When.LATE),  # a resident sits by the telephone, and our word is broken
    _line(Errand.STEP_WARNING, When.LATE),  # a complaint goes its way while nobody moves
    _line(_OUT, only=Priority.URGENT),  # water runs, a lift is stuck, and nobody is on the way
    _line(Errand.CALL_BACK, When.NOW),
    _line(OF_A_HANDLER, When.LATE, only=Priority.URGENT),
    _line(Errand.STEP_WARNING, When.NOW, When.SOON),
    _line(Errand.DISPATCH_AGAIN),  # it has lost time already
    _line(Errand.DISPATCH),
    _line(Errand.TELL_PLAN, When.LATE),  # the resident does not know that anything happens
    _line(Errand.GET_FINISHED, When.LATE, only=Priority.HIGH),
    _line(Errand.GET_FINISHED, When.LATE),  # what was promised to the resident has not come
    _line((Errand.ANSWER, Errand.TELL_ANSWER), When.LATE),
    _line(Errand.GET_ACCEPTED, When.LATE),
    _line(Errand.FOLLOW_UP, When.LATE),
    _line(Errand.TAKE_UP, When.LATE, When.NOW),
    _line(Errand.GET_REPORT, When.LATE),
)
_IN_TIME: tuple[Line, ...] = (  # the reminders, one day before
    _line(Errand.TELL_ANSWER),
    _line(Errand.TELL_PLAN, When.NOW, When.SOON),
    _line((Errand.GET_FINISHED, Errand.GET_ACCEPTED), When.NOW, When.SOON),
    _line(Errand.ANSWER, When.NOW, When.SOON),
    _line(Errand.FOLLOW_UP, When.NOW, When.SOON),
    _line(Errand.CLOSE),
)
ORDER = (*_PRESSING, *_IN_TIME)
PRESSING = len(_PRESSING)  # the lines before this one do not wait for a colleague who is away


def when(due_at: datetime | None, now: datetime, at_hand: datetime, soon: datetime) -> When:
    """`now` <= `at_hand` <= `soon`. What has no limit can wait."""
    if due_at is None:
        return When.LATER
    if due_at <= now:
        return When.LATE
    if due_at <= at_hand:
        return When.NOW
    return When.SOON if due_at <= soon else When.LATER


def place(errand: Errand, at: When, priority: Priority | None) -> int | None:
    """Its line in `ORDER`, 0 the dearest; None: it can wait. `priority` None: it has none (a promise)."""
    for index, line in enumerate(ORDER):
        if errand in line.errands and at in line.whens and (not line.priorities or priority in line.priorities):
            return index
    return None


def purpose(errand: Errand, at: When) -> Purpose:
    call = CALLS[errand]
    return call.late if at is When.LATE else call.before

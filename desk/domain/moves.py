"""The moves of a ticket (派单, 受理, 误派, 挂起 ...) as a table: from which stages each may be made, where it leads,
who may make it, what it needs, which clocks it starts and stops, and what becomes of the task it is about. A domain
expert can read it, and a test reads it too.

Work lies in the ticket's tasks, one handler's each; the stage of a ticket in work follows from theirs (`stage_of`).
What is not allowed is refused with a reason, which the button shows before anybody presses it. What a move does to the
values is in `desk.domain.move_effects`. Pure, any thread."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.clocks import ClockName
from desk.domain.corrections import Correction
from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.supervising import Accounts, is_supervisor
from desk.domain.tasks import OPEN_TASKS, Task, TaskStage
from desk.domain.tickets import OPEN_STAGES, Kind, Priority, Stage, Ticket


class MoveKind(Enum):
    DISPATCH = "dispatch"  # 派单, also again and to somebody else
    ACCEPT = "accept"  # 受理
    RETURN = "return"  # 误派/反单
    START = "start"  # 处理中
    REPORT = "report"  # 过程汇报
    FINISH = "finish"  # 完成
    ADD_TASK = "add_task"  # one more thing to do: after the plumber the painter
    DROP_TASK = "drop_task"
    TELL_PLAN = "tell_plan"  # 答复客户: the resident knows the plan and the date
    PROMISE = "promise"  # another promised date, with a reason
    FOLLOW_UP = "follow_up"  # 回访
    CLOSE = "close"  # 关闭/销单
    SUSPEND = "suspend"  # 挂起
    RESUME = "resume"
    CANCEL = "cancel"  # 取消
    REOPEN = "reopen"
    JOIN = "join"  # 并单
    SPLIT = "split"  # 拆单
    HAND_OVER = "hand_over"  # to another owner at the hotline
    GRADE = "grade"  # another priority
    CORRECT = "correct"  # 更正: what the ticket says was not so
    NOTE = "note"  # what somebody said about it, without a call
    REPEAT = "repeat"  # 催单 without a call: they came by, or it was passed on


class Need(Enum):
    """What has to be given with a move: a field of `Given`."""

    REASON = "reason"
    TEXT = "text"
    DATE = "date"  # `until`
    PERSON = "person"
    HANDLER = "handler"  # `handler_id`
    TICKET = "ticket"  # `ticket_id`
    TITLE = "title"
    ANSWER = "answer"  # `solved`, or a reason why nobody answered
    PRIORITY = "priority"
    CORRECTION = "correction"


class Refusal(Enum):
    """Why a move is refused. The words for it belong to the ui."""

    NOT_FOUND = "not_found"
    NOT_SENT = "not_sent"  # dispatch it first
    NOT_DONE = "not_done"  # the work is not finished
    NOT_ASKED = "not_asked"  # the resident has not been followed up
    AT_WORK = "at_work"  # a handler has taken it: it can no longer go into another ticket
    ENDED = "ended"  # closed or cancelled: reopen it
    JOINED = "joined"  # work on the ticket it was joined to
    IS_SUSPENDED = "is_suspended"  # take it up again first
    DONE_ALREADY = "done_already"
    NOT_SUSPENDED = "not_suspended"
    STILL_OPEN = "still_open"  # there is nothing to reopen
    WRONG_DUTY = "wrong_duty"  # somebody else may: `MoveRule.who`
    NO_TASK = "no_task"  # none of its tasks is where this could be done
    WHICH_TASK = "which_task"  # several are: say which
    NEEDS_REASON = "needs_reason"
    NEEDS_TEXT = "needs_text"
    NEEDS_DATE = "needs_date"
    NEEDS_PERSON = "needs_person"
    NEEDS_HANDLER = "needs_handler"
    NEEDS_TICKET = "needs_ticket"
    NEEDS_TITLE = "needs_title"
    NEEDS_ANSWER = "needs_answer"
    NEEDS_PRIORITY = "needs_priority"
    NEEDS_CORRECTION = "needs_correction"  # nothing was changed
    DATE_PAST = "date_past"
    TOO_FAR = "too_far"  # out of everybody's sight for longer than `LONGEST_SUSPENSION`
    AFTER_PROMISE = "after_promise"  # later than what was promised: a supervisor may promise another date
    UNKNOWN_PERSON = "unknown_person"
    PERSON_LEFT = "person_left"
    UNKNOWN_HANDLER = "unknown_handler"
    HANDLER_LEFT = "handler_left"
    TICKET_NOT_OPEN = "ticket_not_open"
    SAME_TICKET = "same_ticket"
    NOT_READ_BACK = "not_read_back"  # the place is in doubt: read it back to the caller first
    UNSOLVED = "unsolved"  # the resident says it is not solved: reopen it
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_YOUR_STEP = "not_your_step"
    WRITTEN_SINCE = "written_since"  # somebody went on from there


class MoveRefused(Exception):
    """Nothing was written."""

    def __init__(self, reason: Refusal, kind: MoveKind | None = None) -> None:
        super().__init__(f"{kind.value if kind else 'undo'}: {reason.value}")
        self.reason, self.kind = reason, kind


@dataclass(frozen=True, slots=True)
class Given:
    """What is given with a move; what its rule does not need may be given, too. `until`: the day of a suspension's end,
    of the promise, or (with DISPATCH) the task's own limit. `person`: a work number. `task_id`: which task, where a
    ticket has several; with DISPATCH and `title` a new one is made. `via`: how a handler answered ("call", "link",
    "keyword", "desk"). `category`: of the ticket that is split off, the same where empty. `correction`: with
    CORRECT, and with it the `priority` that follows, if it is another. `cause`: with PROMISE,
    why it is late, in the company's words."""

    reason: str = ""
    text: str = ""
    until: datetime | None = None
    person: str = ""
    handler_id: StaffId | None = None
    backup_id: StaffId | None = None
    lead_id: StaffId | None = None
    ticket_id: TicketId | None = None
    task_id: TaskId | None = None
    title: str = ""
    trade: str = ""
    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None
    priority: Priority | None = None
    category: str = ""
    correction: Correction | None = None
    cause: str = ""
    via: str = "desk"


class After(Enum):
    """Where a move leads when it is no single stage."""

    SAME = "same"
    FROM_TASKS = "from_tasks"  # `stage_of`
    AS_BEFORE = "as_before"  # the stage it was suspended in


@dataclass(frozen=True, slots=True)
class TaskMove:
    before: frozenset[TaskStage]
    after: TaskStage | None  # None: as it was


@dataclass(frozen=True, slots=True)
class MoveRule:
    """`starts`: these clocks run anew from now; `stops`: these run no longer. Finishing a task of several stops that
    task's; the others and the follow-up's follow with the last. Acceptance counts from registration (or from a return):
    dispatching does not start it again."""

    kind: MoveKind
    before: frozenset[Stage]
    after: Stage | After
    who: frozenset[Duty]
    needs: tuple[Need, ...] = ()
    starts: frozenset[ClockName] = frozenset()
    stops: frozenset[ClockName] = frozenset()
    task: TaskMove | None = None


S, T, C, N, M = Stage, TaskStage, ClockName, Need, MoveKind

ENDED = frozenset({S.CLOSED, S.CANCELLED, S.JOINED})
IN_WORK = frozenset({S.REGISTERED, S.DISPATCHED, S.RETURNED, S.ACCEPTED, S.IN_PROGRESS})
NOT_TAKEN = frozenset({S.REGISTERED, S.DISPATCHED, S.RETURNED})
SENT = IN_WORK - {S.REGISTERED}
SOLVED = frozenset({S.DONE, S.FOLLOWED_UP})
_REGISTERED, _DONE, _ASKED = frozenset({S.REGISTERED}), frozenset({S.DONE}), frozenset({S.FOLLOWED_UP})
_SUSPENDED = frozenset({S.SUSPENDED})

ANYBODY = frozenset(Duty)  # handlers by their call, their link or keyword
DESK = ANYBODY - {Duty.HANDLER}
LEADS = frozenset({Duty.SUPERVISOR})

OF_WORK = (C.ACCEPT, C.PLAN, C.TASK, C.PROGRESS, C.PROMISE)
FROM_TASKS, SAME, AS_BEFORE = After.FROM_TASKS, After.SAME, After.AS_BEFORE

_SEND = TaskMove(frozenset({T.WAITING, T.RETURNED, T.DISPATCHED}), T.DISPATCHED)
_TAKE = TaskMove(frozenset({T.DISPATCHED}), T.ACCEPTED)
_GIVE_BACK = TaskMove(frozenset({T.DISPATCHED, T.ACCEPTED, T.IN_PROGRESS}), T.RETURNED)
_BEGIN = TaskMove(frozenset({T.ACCEPTED}), T.IN_PROGRESS)
_TELL = TaskMove(frozenset({T.ACCEPTED, T.IN_PROGRESS}), None)
_END = TaskMove(frozenset({T.ACCEPTED, T.IN_PROGRESS}), T.DONE)
_DROP = TaskMove(frozenset({T.WAITING, T.RETURNED, T.DISPATCHED}), T.CANCELLED)


def _row(
    kind: MoveKind,
    before: frozenset[Stage],
    after: Stage | After,
    who: frozenset[Duty],
    *needs: Need,
    starts: Iterable[ClockName] = (),
    stops: Iterable[ClockName] = (),
    task: TaskMove | None = None,
) -> MoveRule:
    return MoveRule(kind, before, after, who, needs, frozenset(starts), frozenset(stops), task)


# What, from where, to where, who, what it needs; the clocks; what becomes of the task.
RULES: tuple[MoveRule, ...] = (
    _row(M.DISPATCH, IN_WORK, FROM_TASKS, DESK, N.HANDLER, starts=[C.TASK], task=_SEND),
    _row(M.ACCEPT, SENT, FROM_TASKS, ANYBODY, starts=[C.PROGRESS], stops=[C.ACCEPT], task=_TAKE),
    _row(M.RETURN, SENT, FROM_TASKS, ANYBODY, N.REASON, starts=[C.ACCEPT], stops=[C.TASK, C.PROGRESS], task=_GIVE_BACK),
    _row(M.START, SENT, FROM_TASKS, ANYBODY, task=_BEGIN),
    _row(M.REPORT, SENT, SAME, ANYBODY, N.TEXT, starts=[C.PROGRESS], task=_TELL),
    _row(M.FINISH, SENT, FROM_TASKS, ANYBODY, N.TEXT, starts=[C.FOLLOW_UP], stops=OF_WORK, task=_END),
    _row(M.ADD_TASK, IN_WORK, FROM_TASKS, DESK, N.TITLE, starts=[C.ACCEPT]),
    _row(M.DROP_TASK, IN_WORK, FROM_TASKS, DESK, N.REASON, stops=[C.TASK, C.PROGRESS], task=_DROP),
    _row(M.TELL_PLAN, IN_WORK, SAME, DESK, N.DATE, starts=[C.PROMISE], stops=[C.PLAN]),
    _row(M.PROMISE, IN_WORK, SAME, LEADS, N.REASON, N.DATE, starts=[C.PROMISE]),
    _row(M.FOLLOW_UP, _DONE, S.FOLLOWED_UP, DESK, N.ANSWER, starts=[C.CLOSE], stops=[C.FOLLOW_UP]),
    _row(M.CLOSE, _ASKED, S.CLOSED, DESK, stops=[C.CLOSE]),
    _row(M.CLOSE, _REGISTERED, S.CLOSED, DESK, N.TEXT, stops=OF_WORK),  # answered; nobody had to go
    _row(M.SUSPEND, IN_WORK, S.SUSPENDED, DESK, N.REASON, N.DATE, starts=[C.RESUME]),  # the others stand still,
    _row(M.RESUME, _SUSPENDED, AS_BEFORE, DESK, stops=[C.RESUME]),  # and run on
    _row(M.CANCEL, IN_WORK | _SUSPENDED, S.CANCELLED, DESK, N.REASON, stops=[*OF_WORK, C.RESUME]),
    _row(M.REOPEN, SOLVED, FROM_TASKS, DESK, N.REASON, starts=[C.ACCEPT, C.PLAN, C.PROMISE], stops=[C.FOLLOW_UP]),
    _row(M.REOPEN, ENDED - {S.JOINED}, S.REGISTERED, DESK, N.REASON, starts=[C.ACCEPT, C.PLAN, C.PROMISE]),
    _row(M.JOIN, NOT_TAKEN, S.JOINED, DESK, N.TICKET, stops=OF_WORK),
    _row(M.SPLIT, IN_WORK, SAME, DESK, N.TEXT),  # what is split off is a ticket of its own, with its own clocks
    _row(M.HAND_OVER, OPEN_STAGES, SAME, DESK, N.PERSON),
    _row(M.GRADE, IN_WORK | _SUSPENDED, SAME, DESK, N.PRIORITY, N.REASON),
    _row(M.CORRECT, OPEN_STAGES, SAME, DESK, N.CORRECTION, N.REASON),  # limits only become earlier by it
    _row(M.NOTE, frozenset(S) - {S.JOINED}, SAME, DESK, N.TEXT),
    _row(M.REPEAT, OPEN_STAGES, SAME, DESK, N.TEXT),  # the rules may raise its priority by it, as by a repeat call
)

GONE_FOR = frozenset({Kind.REPAIR, Kind.COMPLAINT})  # somebody has to go: no word on the telephone settles these
SAID = frozenset({M.NOTE, M.REPEAT})  # nothing of the ticket changes: their text is the reason of the change
LONGEST_SUSPENSION = timedelta(days=90)

ANSWERED = "answered"  # the reason of a move after a follow-up in which the resident was asked for no words
UNDO = "undo"  # how a step is named that undid another: "undo ID", with the id of that one

_NEEDED: Mapping[Need, Refusal] = {need: Refusal(f"needs_{need.value}") for need in Need}


def rule_of(kind: MoveKind, stage: Stage) -> MoveRule | None:
    """The row for this move from this stage; None: it may not be made from there."""
    return next((rule for rule in RULES if rule.kind is kind and stage in rule.before), None)


def undoes(step: object) -> bool:
    """Whether this `Ticket.step` undid another: it calls for none of the messages that a move would."""
    return isinstance(step, str) and step.startswith(f"{UNDO} ")


def is_made_by(kind: MoveKind, step: object) -> bool:
    """Whether this `Ticket.step` or `Task.step` is one of this kind."""
    return isinstance(step, str) and step.startswith(f"{kind.value} ")


def duties_of(number: str, staff: Sequence[Staff], accounts: Accounts | None = None) -> frozenset[Duty]:
    """What somebody may act as. Whoever has no entry is an agent; a handler is nothing else. Who is a supervisor:
    `desk.domain.supervising`."""
    entry = next((one for one in staff if one.number == number and one.active), None)
    duty = entry.duty if entry else Duty.AGENT
    if duty is Duty.HANDLER:
        return frozenset({duty})
    if is_supervisor(number, staff, accounts):
        return frozenset({duty, Duty.SUPERVISOR})
    return frozenset({Duty.AGENT if duty is Duty.SUPERVISOR else duty})


def stage_of(ticket: Ticket, tasks: Sequence[Task]) -> Stage:
    """The stage that a ticket in work has by its tasks. One that was returned comes first, because somebody has to send
    another; once a task is done, the rest is work in progress, whoever has still to be sent."""
    stages = {task.stage for task in tasks if task.stage in OPEN_TASKS}
    done = any(_is_done(task, ticket) for task in tasks)
    if not stages:
        return Stage.DONE if done else Stage.REGISTERED
    if TaskStage.RETURNED in stages:
        return Stage.RETURNED
    if TaskStage.IN_PROGRESS in stages or (done and stages):
        return Stage.IN_PROGRESS
    if TaskStage.ACCEPTED in stages:
        return Stage.ACCEPTED
    return Stage.DISPATCHED if TaskStage.DISPATCHED in stages else Stage.REGISTERED


def _is_done(task: Task, ticket: Ticket) -> bool:
    """What was done before it was reopened has not solved it."""
    return task.stage is TaskStage.DONE and task.round == ticket.reopened


def fitting(rule: MoveRule, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that this move could be about, in their turn."""
    return [task for task in tasks if rule.task and task.stage in rule.task.before]


def task_for(rule: MoveRule, tasks: Sequence[Task], given: Given) -> Task | Refusal | None:
    """Which task a move is about; None: a new one, or none at all. Of several that could be sent the first in its turn
    is; anything else said of one of several has to name it."""
    if rule.task is None or (rule.kind is MoveKind.DISPATCH and given.title.strip() and given.task_id is None):
        return None
    found = fitting(rule, tasks)
    if given.task_id is not None:
        return next((task for task in found if task.task_id == given.task_id), Refusal.NO_TASK)
    if rule.kind is MoveKind.DISPATCH:
        return _to_send(found, tasks)
    if not found:
        return Refusal.NO_TASK
    return found[0] if len(found) == 1 else Refusal.WHICH_TASK


def _to_send(found: Sequence[Task], tasks: Sequence[Task]) -> Task | Refusal | None:
    """Returned ones first, then those that wait, then one that can still be sent elsewhere."""
    order = (TaskStage.RETURNED, TaskStage.WAITING, TaskStage.DISPATCHED)
    first = sorted(found, key=lambda task: order.index(task.stage))[:1]
    if first:
        return first[0]
    return Refusal.NO_TASK if any(task.stage in OPEN_TASKS for task in tasks) else None


def refusal(kind: MoveKind, ticket: Ticket, tasks: Sequence[Task], duties: Collection[Duty]) -> Refusal | None:
    """Why this move cannot be made of this ticket at all, whatever is given with it; None: it can."""
    rule = rule_of(kind, ticket.stage)
    if rule is None:
        return _wrong_stage(kind, ticket.stage)
    if rule.who.isdisjoint(duties):
        return Refusal.WRONG_DUTY
    if kind is MoveKind.DISPATCH and ticket.read_back_asked and ticket.read_back_at is None:
        return Refusal.NOT_READ_BACK
    if kind is MoveKind.CLOSE and ticket.solved is False and ticket.stage is Stage.FOLLOWED_UP:
        return Refusal.UNSOLVED
    if kind is MoveKind.CLOSE and ticket.stage is Stage.REGISTERED and ticket.kind in GONE_FOR:
        return Refusal.NOT_SENT
    if kind is not MoveKind.DISPATCH and rule.task is not None and not fitting(rule, tasks):
        return Refusal.NO_TASK
    return None


def lacks(rule: MoveRule, ticket: Ticket, given: Given, now: datetime) -> Refusal | None:
    """What is missing from what was given, or cannot be so; None: all is there."""
    there = {
        Need.REASON: bool(given.reason.strip()),
        Need.TEXT: bool(given.text.strip()),
        Need.DATE: given.until is not None,
        Need.PERSON: bool(given.person.strip()),
        Need.HANDLER: given.handler_id is not None,
        Need.TICKET: given.ticket_id is not None,
        Need.TITLE: bool(given.title.strip()),
        Need.ANSWER: given.solved is not None or bool(given.reason.strip()),
        Need.PRIORITY: given.priority is not None,
        Need.CORRECTION: given.correction is not None and bool(given.correction.touched),
    }
    missing = next((need for need in rule.needs if not there[need]), None)
    if missing is not None:
        return _NEEDED[missing]
    if given.until is not None and given.until <= now:
        return Refusal.DATE_PAST
    if rule.kind is MoveKind.SUSPEND and given.until and given.until > now + LONGEST_SUSPENSION:
        return Refusal.TOO_FAR
    promise = ticket.promise_due_at
    if promise is None or given.until is None or given.until <= promise:
        return None
    held = rule.kind is MoveKind.TELL_PLAN or (rule.kind is MoveKind.DISPATCH and promise > now)
    return Refusal.AFTER_PROMISE if held else None


def _wrong_stage(kind: MoveKind, stage: Stage) -> Refusal:
    if stage is Stage.JOINED:
        return Refusal.JOINED
    if stage in ENDED:
        return Refusal.ENDED
    if stage is Stage.SUSPENDED:
        return Refusal.IS_SUSPENDED
    if kind is MoveKind.RESUME:
        return Refusal.NOT_SUSPENDED
    if kind is MoveKind.REOPEN:
        return Refusal.STILL_OPEN
    if kind is MoveKind.CLOSE or kind is MoveKind.FOLLOW_UP:
        if stage in SOLVED:
            return Refusal.NOT_ASKED if kind is MoveKind.CLOSE else Refusal.DONE_ALREADY
        return Refusal.NOT_DONE
    if stage in SOLVED:
        return Refusal.DONE_ALREADY
    return Refusal.AT_WORK if kind is MoveKind.JOIN else Refusal.NOT_SENT

"""Names of what happens after the call, in the agent's language: tasks, attempts, promises, follow-ups, early warnings.
As in `desk.ui.words`, every table is closed: a new value without words fails `tests/ui/after/test_after_words.py`.

No Qt. The tables are built when asked for, because the language is chosen at run time."""

from desk.domain.attempts import Outcome, Purpose
from desk.domain.clocks import ClockName
from desk.domain.early_warnings import WarningStep
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.promises import PromiseState
from desk.domain.tasks import TaskStage
from desk.i18n import _


def task_stage(value: TaskStage) -> str:
    return {
        TaskStage.WAITING: _("Waiting its turn"),
        TaskStage.DISPATCHED: _("Dispatched"),
        TaskStage.ACCEPTED: _("Accepted"),
        TaskStage.IN_PROGRESS: _("In progress"),
        TaskStage.DONE: _("Done"),
        TaskStage.RETURNED: _("Returned"),
        TaskStage.CANCELLED: _("Cancelled"),
    }[value]


def purpose(value: Purpose) -> str:
    """What a call or a message was for."""
    return {
        Purpose.DISPATCH: _("Dispatch"),
        Purpose.REMIND: _("Reminder"),
        Purpose.CHASE: _("Chasing"),
        Purpose.PROGRESS: _("Progress report"),
        Purpose.PLAN: _("Telling the plan"),
        Purpose.FOLLOW_UP: _("Follow-up"),
        Purpose.PROMISE: _("Promised call"),
        Purpose.WARNING: _("Early warning"),
        Purpose.SURVEY: _("Survey"),
    }[value]


def outcome(value: Outcome) -> str:
    """Of an attempt."""
    return {
        Outcome.REACHED: _("reached"),
        Outcome.NO_ANSWER: _("no answer"),
        Outcome.BUSY: _("busy"),
        Outcome.OFF: _("switched off or out of reach"),
        Outcome.WRONG_NUMBER: _("wrong number"),
        Outcome.REFUSED: _("would not talk"),
        Outcome.LATER: _("asked to be called later"),
        Outcome.SENT: _("message sent"),
    }[value]


def promise_state(value: PromiseState) -> str:
    return {
        PromiseState.OPEN: _("Not kept yet"),
        PromiseState.KEPT: _("Promise kept"),
        PromiseState.RELEASED: _("No longer needed"),
    }[value]


def follow_up_kind(value: FollowUpKind) -> str:
    return {
        FollowUpKind.IN_PROCESS: _("In-process follow-up"),
        FollowUpKind.CLOSING: _("Closing follow-up"),
        FollowUpKind.SPOT_CHECK: _("Spot check of a follow-up"),
        FollowUpKind.SURVEY: _("Satisfaction survey"),
    }[value]


def follow_up_state(value: FollowUpState) -> str:
    return {
        FollowUpState.DUE: _("due"),
        FollowUpState.DONE: _("done"),
        FollowUpState.GIVEN_UP: _("given up"),
    }[value]


def warning_step(value: WarningStep) -> str:
    """Where on the ladder it stands, as what was done last."""
    return {
        WarningStep.RAISED: _("Warning raised"),
        WarningStep.RETURNED: _("Warning returned to be written better"),
        WarningStep.REVIEWED: _("Warning reviewed"),
        WarningStep.ACTED: _("The site office has acted"),
        WarningStep.GUIDED: _("The site head has given guidance"),
        WarningStep.FED_BACK: _("The guidance was fed back"),
        WarningStep.ESCALATED: _("Passed up to the general manager"),
        WarningStep.UNSATISFIED: _("The resident is not satisfied"),
        WarningStep.CLOSED: _("Warning closed"),
        WarningStep.WITHDRAWN: _("Warning withdrawn"),
    }[value]


def clock(value: ClockName) -> str:
    """What has to be done in time."""
    return {
        ClockName.ACCEPT: _("Accept"),
        ClockName.PLAN: _("Tell the plan"),
        ClockName.TASK: _("Internal limit"),
        ClockName.PROGRESS: _("Progress report"),
        ClockName.PROMISE: _("Promised completion"),
        ClockName.FOLLOW_UP: _("Follow-up"),
        ClockName.CLOSE: _("Close"),
        ClockName.RESUME: _("Take up again"),
    }[value]

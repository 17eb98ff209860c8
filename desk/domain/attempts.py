"""Attempts: each try to reach somebody about a ticket, with its outcome. What was tried is on record, whether they were
reached or not."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId, StaffId, TaskId, TicketId


class Purpose(Enum):
    """What the call or message was for."""

    DISPATCH = "dispatch"
    REMIND = "remind"  # one day before a limit
    CHASE = "chase"  # overdue
    PROGRESS = "progress"  # a report is due
    PLAN = "plan"  # the resident is told the plan and the date
    FOLLOW_UP = "follow_up"
    PROMISE = "promise"  # "I call you back"
    WARNING = "warning"  # a step of a complaint early warning
    SURVEY = "survey"


class Outcome(Enum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    OFF = "off"  # switched off, out of reach
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"  # would not talk
    LATER = "later"  # asked to be called at another time
    SENT = "sent"  # a message went out, nobody was spoken to


UNREACHED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.OFF, Outcome.WRONG_NUMBER})


@dataclass(frozen=True, slots=True)
class Attempt:
    """`about_id`: the promise, warning, follow-up or survey it was for, where it was for one. `staff_id` None: a
    resident was called."""

    attempt_id: str
    purpose: Purpose
    at: datetime
    by: str
    outcome: Outcome
    ticket_id: TicketId | None = None
    task_id: TaskId | None = None
    about_id: str | None = None
    staff_id: StaffId | None = None
    number: str = ""
    call_id: CallId | None = None
    message_id: str | None = None
    note: str = ""
    next_at: datetime | None = None

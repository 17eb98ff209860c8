"""A follow-up in hand as a value: what is asked, what was answered, what came of it; and why one is refused. Values
only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from desk.domain.attempts import Attempt
from desk.domain.follow_up_rules import Consequence
from desk.domain.follow_ups import FollowUp
from desk.domain.questionnaires import Ask, Questionnaire, Result
from desk.domain.tickets import Ticket


class WhyNot(Enum):
    """Why it is not done. The words for it belong to the ui."""

    GONE = "gone"  # there is no such follow-up (here, yet)
    OVER = "over"  # it is done or given up already
    NOT_NOW = "not_now"  # the ticket is in no stage for one
    NO_QUESTIONNAIRE = "no_questionnaire"
    NOT_COMPLETE = "not_complete"  # a question is still open
    OWN_FOLLOW_UP = "own_follow_up"  # nobody checks their own
    IN_THE_PAST = "in_the_past"  # a time to call again that has passed
    REASON_MISSING = "reason_missing"
    TOO_LONG = "too_long"


class FollowUpRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Paper:
    """A follow-up as it lies before whoever makes it. `asks`: the questions so far in their order, `open` the one to be
    asked now (None: all are answered). `checked`: the follow-up that a spot check is of. `tries`: those that count."""

    follow_up: FollowUp
    questionnaire: Questionnaire
    answers: Mapping[str, str]
    asks: tuple[Ask, ...]
    open: Ask | None
    said: Result
    ticket: Ticket | None = None
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    most_tries: int = 0
    checked: FollowUp | None = None
    fresh: bool = False  # there is nothing of it in the store yet
    number: str = ""  # whom to call: what was given for it, else what the household has; "" nobody knows one


@dataclass(frozen=True, slots=True)
class Finished:
    """`ticket` as it stands now, None for a survey without one."""

    follow_up: FollowUp
    follows: Consequence
    ticket: Ticket | None = None

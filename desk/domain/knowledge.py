"""Knowledge: articles and step lists by category, and the questions that nobody could answer yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId, EstateId, TicketId


@dataclass(frozen=True, slots=True)
class Article:
    """`categories`: codes of the tree; none = of all. `steps`: a step list, in order. `estate_id` None: everywhere."""

    article_id: str
    title: str
    text: str
    updated_at: datetime
    updated_by: str
    categories: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    estate_id: EstateId | None = None
    retired: bool = False


class QuestionState(Enum):
    OPEN = "open"
    ANSWERED = "answered"
    TOLD = "told"  # the resident has the answer
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Question:
    """`owner`: who finds the answer, by work number. `article_id`: what the answer became."""

    question_id: str
    text: str
    asked_at: datetime
    asked_by: str
    owner: str
    due_at: datetime
    state: QuestionState = QuestionState.OPEN
    category: str = ""
    number: str = ""
    caller_name: str = ""
    call_id: CallId | None = None
    ticket_id: TicketId | None = None
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    told_at: datetime | None = None
    article_id: str | None = None
    reason: str = ""

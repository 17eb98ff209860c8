"""Handing over a shift: what of somebody's work is open, how it stands in a note, and what keeps them from leaving. A
promise that nobody has taken over keeps them; all else goes into the note and may wait. Pure functions, any thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from desk.domain.early_warnings import EarlyWarning
from desk.domain.follow_ups import FollowUp, FollowUpKind
from desk.domain.knowledge import Question
from desk.domain.promises import Promise
from desk.domain.tickets import Ticket


class What(Enum):
    """What is handed over; the value is how `HandOver.items` names it."""

    PROMISE = "promise"
    WARNING = "warning"
    ANSWER = "answer"  # there, and the resident has not been told
    TICKET = "ticket"
    FOLLOW_UP = "follow_up"  # one that does not go along with a ticket: a spot check, a survey's call
    QUESTION = "question"


# In this order they stand in a note: what costs most to forget comes first. Entity, and field that says whose it is.
OWNED: dict[What, tuple[str, str]] = {
    What.PROMISE: ("promise", "owner"),
    What.WARNING: ("warning", "turn"),
    What.ANSWER: ("question", "asked_by"),
    What.TICKET: ("ticket", "owner"),
    What.FOLLOW_UP: ("follow_up", "owner"),
    What.QUESTION: ("question", "owner"),
}
ALONE = (FollowUpKind.SPOT_CHECK, FollowUpKind.SURVEY)  # the others go with their ticket
KEEPS = frozenset({What.PROMISE})  # nobody leaves while one of these is theirs and nobody has taken it over


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that is open. `owner`: whose it is now, by work number. `number`: a ticket's, or whom to call."""

    what: What
    item_id: str
    owner: str
    text: str
    due_at: datetime | None = None
    number: str = ""
    who: str = ""  # the resident's name

    @property
    def ref(self) -> str:
        """As `HandOver.items` names it."""
        return f"{self.what.value} {self.item_id}"


def of_promise(promise: Promise) -> OpenItem:
    return OpenItem(
        What.PROMISE,
        promise.promise_id,
        promise.owner,
        promise.text,
        promise.due_at,
        promise.number,
        promise.caller_name,
    )


def of_warning(warning: EarlyWarning) -> OpenItem:
    return OpenItem(
        What.WARNING, warning.warning_id, warning.turn, warning.issue, warning.due_at, warning.caller_number
    )


def of_ticket(ticket: Ticket) -> OpenItem:
    text = " ".join(part for part in (ticket.place_text, " ".join(ticket.description.split())) if part)
    return OpenItem(
        What.TICKET, ticket.ticket_id, ticket.owner, text, ticket.next_due_at, ticket.number, ticket.caller_name
    )


def of_question(question: Question) -> OpenItem:
    return OpenItem(
        What.QUESTION,
        question.question_id,
        question.owner,
        question.text,
        question.due_at,
        question.number,
        question.caller_name,
    )


def of_answer(question: Question) -> OpenItem:
    """To be told by whoever asked."""
    return replace(of_question(question), what=What.ANSWER, owner=question.asked_by, text=question.answer)


def of_follow_up(follow_up: FollowUp) -> OpenItem:
    return OpenItem(What.FOLLOW_UP, follow_up.follow_up_id, follow_up.owner, "", follow_up.due_at, follow_up.number)


def read_ref(ref: str) -> tuple[What, str] | None:
    """What stands in a note; None for what only a newer version knows."""
    word, _space, item_id = ref.partition(" ")
    what = next((one for one in What if one.value == word), None)
    return (what, item_id) if what is not None and item_id else None


def in_order(items: Iterable[OpenItem]) -> list[OpenItem]:
    """What is urgent first within its kind; what has no date last."""
    kinds = list(What)
    return sorted(
        items, key=lambda i: (kinds.index(i.what), i.due_at is None, i.due_at.timestamp() if i.due_at else 0, i.item_id)
    )


def keeping(items: Sequence[OpenItem], who: str) -> list[OpenItem]:
    """What keeps this person from leaving."""
    return [item for item in items if item.owner == who and item.what in KEEPS]

"""Handing over a shift: what of somebody's work is open, how it stands in a note, and what keeps them from leaving. A
promise that nobody has taken over keeps them; tickets, warnings and questions go into the note and may wait. Pure
functions, any thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.early_warnings import EarlyWarning
from desk.domain.knowledge import Question
from desk.domain.promises import Promise
from desk.domain.tickets import Ticket


class What(Enum):
    """What is handed over; the value is how `HandOver.items` names it, and the name of its entity."""

    PROMISE = "promise"
    WARNING = "warning"
    TICKET = "ticket"
    QUESTION = "question"


# In this order they stand in a note: what costs most to forget comes first. The field that says whose it is.
OWNER_FIELDS: dict[What, str] = {
    What.PROMISE: "owner",
    What.WARNING: "turn",
    What.TICKET: "owner",
    What.QUESTION: "owner",
}
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

"""What is open in somebody's name, read from the seat store by its owner. See `desk.usecases.shift_ports.OpenWork`. Any
thread; an indexed read for each kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.hand_over import (
    ALONE,
    OWNED,
    OpenItem,
    What,
    of_answer,
    of_follow_up,
    of_promise,
    of_question,
    of_ticket,
    of_warning,
)
from desk.domain.knowledge import Question, QuestionState
from desk.domain.promises import Promise
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.store.promises import IS_OPEN
from desk.store.queries import AMONG, Reader, among, listed, quoted
from desk.store.store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class _Kind(Generic[T]):
    """`is_open`: in SQL."""

    reader: Reader[T]
    as_item: Callable[[T], OpenItem]
    id_field: str
    is_open: str

    def where(self, condition: str, given: str) -> list[OpenItem]:
        return [self.as_item(one) for one in self.reader.where(f"{condition} AND {self.is_open}", given)]


class SqlOpenWork:
    def __init__(self, store: Store) -> None:
        due = f"state = {quoted(FollowUpState.DUE)} AND kind IN {among(ALONE)}"
        answered, asked = (f"state = {quoted(one)}" for one in (QuestionState.ANSWERED, QuestionState.OPEN))
        warns, in_work = f"step IN {among(OPEN_WARNINGS)}", f"stage IN {among(OPEN_STAGES)}"
        self._kinds: dict[What, _Kind[Any]] = {
            What.PROMISE: _Kind(Reader(store, Promise), of_promise, "promise_id", IS_OPEN),
            What.WARNING: _Kind(Reader(store, EarlyWarning), of_warning, "warning_id", warns),
            What.ANSWER: _Kind(Reader(store, Question), of_answer, "question_id", answered),
            What.TICKET: _Kind(Reader(store, Ticket), of_ticket, "ticket_id", in_work),
            What.FOLLOW_UP: _Kind(Reader(store, FollowUp), of_follow_up, "follow_up_id", due),
            What.QUESTION: _Kind(Reader(store, Question), of_question, "question_id", asked),
        }

    def of(self, who: str) -> list[OpenItem]:
        return [item for what, kind in self._kinds.items() for item in kind.where(f"{OWNED[what][1]} = ?", who)]

    def items(self, refs: Sequence[tuple[What, str]]) -> list[OpenItem]:
        found: list[OpenItem] = []
        for what, kind in self._kinds.items():
            ids = [item_id for one, item_id in refs if one is what]
            if ids:
                found += kind.where(f"{kind.id_field} {AMONG}", listed(ids))
        return found

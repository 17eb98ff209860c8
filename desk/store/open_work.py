"""What is open in somebody's name, read from the seat store by its owner: promises, warnings, tickets, questions. See
`desk.usecases.shift_ports.OpenWork`. Any thread; four indexed reads."""

from collections.abc import Sequence

from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.hand_over import OpenItem, What, of_promise, of_question, of_ticket, of_warning
from desk.domain.knowledge import Question, QuestionState
from desk.domain.promises import Promise
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.store.promises import IS_OPEN
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store

_STAGES = listed(sorted(stage.value for stage in OPEN_STAGES))
_STEPS = listed(sorted(step.value for step in OPEN_WARNINGS))


class SqlOpenWork:
    def __init__(self, store: Store) -> None:
        self._promises = Reader(store, Promise)
        self._warnings = Reader(store, EarlyWarning)
        self._tickets = Reader(store, Ticket)
        self._questions = Reader(store, Question)

    def of(self, who: str) -> list[OpenItem]:
        return self._open("owner = ?", "turn = ?", who)

    def items(self, refs: Sequence[tuple[What, str]]) -> list[OpenItem]:
        found: list[OpenItem] = []
        for what in What:
            ids = [item_id for kind, item_id in refs if kind is what]
            if ids:
                found += self._of_kind(what, f"{_ID_FIELDS[what]} {AMONG}", listed(ids))
        return found

    def _open(self, owned: str, turn: str, who: str) -> list[OpenItem]:
        found: list[OpenItem] = []
        for what in What:
            found += self._of_kind(what, turn if what is What.WARNING else owned, who)
        return found

    def _of_kind(self, what: What, condition: str, given: str) -> list[OpenItem]:
        if what is What.PROMISE:
            return [of_promise(p) for p in self._promises.where(f"{condition} AND {IS_OPEN}", given)]
        if what is What.WARNING:
            return [of_warning(w) for w in self._warnings.where(f"{condition} AND step {AMONG}", given, _STEPS)]
        if what is What.TICKET:
            return [of_ticket(t) for t in self._tickets.where(f"{condition} AND stage {AMONG}", given, _STAGES)]
        state = QuestionState.OPEN.value
        return [of_question(q) for q in self._questions.where(f"{condition} AND state = ?", given, state)]


_ID_FIELDS = {
    What.PROMISE: "promise_id",
    What.WARNING: "warning_id",
    What.TICKET: "ticket_id",
    What.QUESTION: "question_id",
}

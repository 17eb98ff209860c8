"""The shift's and the knowledge's ports in memory, over `FakeStore`. Not for many threads, nothing is durable."""

from collections.abc import Sequence
from datetime import datetime

from desk.domain.articles import FAR, distance
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning
from desk.domain.follow_ups import FollowUp, FollowUpState
from desk.domain.hand_over import (
    ALONE,
    OpenItem,
    What,
    of_answer,
    of_follow_up,
    of_promise,
    of_question,
    of_ticket,
    of_warning,
)
from desk.domain.knowledge import Article, Question, QuestionState
from desk.domain.pinyin import match, query_form, read
from desk.domain.promises import Promise, PromiseState
from desk.domain.shifts import DutyTurn, HandOver, StateSpan, Stay
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.usecases.fakes import FakeStore


class FakeShifts:
    """`shift_ports.Shifts`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def turns(self, since: datetime, until: datetime, who: str = "") -> list[DutyTurn]:
        found = [t for t in self._store.all_of(DutyTurn) if t.start < until and t.until > since and who in ("", t.who)]
        return sorted(found, key=lambda turn: (turn.start, turn.who, turn.duty_turn_id))

    def turn(self, duty_turn_id: str) -> DutyTurn | None:
        return next((t for t in self._store.all_of(DutyTurn) if t.duty_turn_id == duty_turn_id), None)

    def stays(self, since: datetime, until: datetime, who: str = "") -> list[Stay]:
        found = [s for s in self._store.all_of(Stay) if s.since < until and who in ("", s.who)]
        return sorted((s for s in found if s.until is None or s.until > since), key=lambda s: (s.since, s.stay_id))

    def open_stay(self, seat: str) -> Stay | None:
        found = [stay for stay in self._store.all_of(Stay) if stay.seat == seat and stay.until is None]
        return max(found, key=lambda stay: (stay.since, stay.stay_id), default=None)

    def spans(self, since: datetime, until: datetime, who: str = "") -> list[StateSpan]:
        ordered = sorted(self._store.all_of(StateSpan), key=lambda span: (span.since, span.state_span_id))
        found = [span for span in ordered if span.since < until and who in ("", span.who)]
        on_before = {span.who: span for span in found if span.since < since}
        return [span for span in found if span.since >= since or on_before.get(span.who) is span]

    def last_span(self, who: str) -> StateSpan | None:
        found = [span for span in self._store.all_of(StateSpan) if span.who == who]
        return max(found, key=lambda span: (span.since, span.state_span_id), default=None)

    def hand_over(self, hand_over_id: str) -> HandOver | None:
        return next((n for n in self._store.all_of(HandOver) if n.hand_over_id == hand_over_id), None)

    def hand_overs(self, since: datetime) -> list[HandOver]:
        found = [note for note in self._store.all_of(HandOver) if note.made_at >= since]
        return sorted(found, key=lambda note: (note.made_at, note.hand_over_id), reverse=True)

    def waiting(self, who: str) -> list[HandOver]:
        found = [n for n in self._store.all_of(HandOver) if n.accepted_at is None and n.to in ("", who)]
        return sorted(found, key=lambda note: (note.made_at, note.hand_over_id))

    def unaccepted_of(self, who: str) -> HandOver | None:
        found = [n for n in self._store.all_of(HandOver) if n.accepted_at is None and n.who == who]
        return max(found, key=lambda note: (note.made_at, note.hand_over_id), default=None)


class FakeOpenWork:
    """`shift_ports.OpenWork`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of(self, who: str) -> list[OpenItem]:
        return [item for item in self._all() if item.owner == who]

    def items(self, refs: Sequence[tuple[What, str]]) -> list[OpenItem]:
        return [item for item in self._all() if (item.what, item.item_id) in refs]

    def _all(self) -> list[OpenItem]:
        promises = [p for p in self._store.all_of(Promise) if p.state is PromiseState.OPEN]
        warnings = [w for w in self._store.all_of(EarlyWarning) if w.step in OPEN_WARNINGS]
        tickets = [t for t in self._store.all_of(Ticket) if t.stage in OPEN_STAGES]
        questions = [q for q in self._store.all_of(Question) if q.state is QuestionState.OPEN]
        answers = [q for q in self._store.all_of(Question) if q.state is QuestionState.ANSWERED]
        due = [f for f in self._store.all_of(FollowUp) if f.state is FollowUpState.DUE and f.kind in ALONE]
        return [
            *map(of_promise, promises),
            *map(of_warning, warnings),
            *map(of_ticket, tickets),
            *map(of_question, questions),
            *map(of_answer, answers),
            *map(of_follow_up, due),
        ]


class FakeArticles:
    """`knowledge_ports.Articles`, without an index: each is looked at."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, article_id: str) -> Article | None:
        return next((a for a in self._store.all_of(Article) if a.article_id == article_id), None)

    def find(self, text: str, limit: int) -> list[Article]:
        words = [form for word in text.split() if (form := query_form(word))]
        return [a for a in self.recent(1_000) if words and all(_holds(a, word) for word in words)][:limit]

    def fitting(self, category: str, text: str, limit: int) -> list[Article]:
        pairs = {text[place : place + 2] for place in range(len(text) - 1)}
        named = [(a, any(pair in " ".join((a.title, *a.words)) for pair in pairs)) for a in self.recent(1_000)]
        found = [a for a, has_words in named if has_words or distance(a, category) < FAR]
        return sorted(found, key=lambda a: distance(a, category))[:limit]

    def recent(self, limit: int, *, retired: bool = False) -> list[Article]:
        found = [article for article in self._store.all_of(Article) if article.retired is retired]
        return sorted(found, key=lambda a: (-a.updated_at.timestamp(), a.article_id))[:limit]


def _holds(article: Article, word: str) -> bool:
    texts = (article.title, *article.words)
    said = query_form(" ".join((article.text, *article.steps)))
    return any(match(word, read(text)) for text in texts) or word in said


class FakeQuestions:
    """`knowledge_ports.Questions`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, question_id: str) -> Question | None:
        return next((q for q in self._store.all_of(Question) if q.question_id == question_id), None)

    def open(self, owner: str = "") -> list[Question]:
        found = [q for q in self._in(QuestionState.OPEN) if owner in ("", q.owner)]
        return sorted(found, key=lambda q: (q.due_at, q.question_id))

    def to_tell(self, asked_by: str = "") -> list[Question]:
        found = [q for q in self._in(QuestionState.ANSWERED) if asked_by in ("", q.asked_by)]
        return sorted(found, key=lambda q: (q.answered_at or q.asked_at, q.question_id))

    def closed(self, since: datetime, limit: int) -> list[Question]:
        found = [q for q in self._in(QuestionState.TOLD, QuestionState.DROPPED) if q.asked_at >= since]
        return sorted(found, key=lambda q: (q.asked_at, q.question_id), reverse=True)[:limit]

    def _in(self, *states: QuestionState) -> list[Question]:
        return [question for question in self._store.all_of(Question) if question.state in states]

"""Articles and questions read from the seat store. See `desk.usecases.knowledge_ports`. Any thread."""

from datetime import datetime

from sqlalchemy import text

from desk.domain.knowledge import Article, Question, QuestionState
from desk.domain.times import to_text
from desk.store.article_search import WEIGHTS, fitting_query, queries_for
from desk.store.queries import Reader
from desk.store.schema import ROWS
from desk.store.store import Store

_ARTICLE = ROWS["article"]
_WEIGHED = ", ".join(map(str, WEIGHTS))
_FOUND = text(
    "SELECT a.* FROM article_search s CROSS JOIN article a ON a.search_id = s.rowid"  # noqa: S608 - figures of our own
    f" WHERE s.article_search MATCH :query ORDER BY bm25(s.article_search, {_WEIGHED}) LIMIT :limit"
).columns(*_ARTICLE.c)


class SqlArticles:
    def __init__(self, store: Store) -> None:
        self._articles = Reader(store, Article)

    def get(self, article_id: str) -> Article | None:
        return next(iter(self._articles.where("article_id = ?", article_id)), None)

    def find(self, text: str, limit: int) -> list[Article]:
        for query in queries_for(text):
            found = self._articles.many(_FOUND, {"query": query, "limit": limit})
            if found:
                return found
        return []

    def fitting(self, category: str, text: str, limit: int) -> list[Article]:
        query = fitting_query(category, text)
        return self._articles.many(_FOUND, {"query": query, "limit": limit}) if query else []

    def recent(self, limit: int, *, retired: bool = False) -> list[Article]:
        which = "retired = 1" if retired else "COALESCE(retired, 0) = 0"
        return self._articles.where(f"{which} ORDER BY updated_at DESC, article_id LIMIT ?", limit)


class SqlQuestions:
    def __init__(self, store: Store) -> None:
        self._questions = Reader(store, Question)

    def get(self, question_id: str) -> Question | None:
        return next(iter(self._questions.where("question_id = ?", question_id)), None)

    def open(self, owner: str = "") -> list[Question]:
        own, given = ("AND owner = ?", (owner,)) if owner else ("", ())
        condition = f"state = ? {own} ORDER BY due_at, question_id"
        return self._questions.where(condition, QuestionState.OPEN.value, *given)

    def to_tell(self, asked_by: str = "") -> list[Question]:
        own, given = ("AND asked_by = ?", (asked_by,)) if asked_by else ("", ())
        condition = f"state = ? {own} ORDER BY answered_at, question_id"
        return self._questions.where(condition, QuestionState.ANSWERED.value, *given)

    def closed(self, since: datetime, limit: int) -> list[Question]:
        condition = "state IN (?, ?) AND asked_at >= ? ORDER BY asked_at DESC, question_id DESC LIMIT ?"
        told, dropped = QuestionState.TOLD.value, QuestionState.DROPPED.value
        return self._questions.where(condition, told, dropped, to_text(since), limit)

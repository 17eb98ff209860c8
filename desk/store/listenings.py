"""The listening log and the remarks of the seat store. Any thread."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import false, or_, select, tuple_

from desk.domain.identity import CallId
from desk.domain.listening import Comment, Listening
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.schema import ROWS
from desk.store.store import Store

_LISTENING, _COMMENT = ROWS["listening"], ROWS["comment"]
PAGE = 1_000


class SqlListenings:
    """Implements `recording_ports.Listenings`."""

    def __init__(self, store: Store) -> None:
        self._listenings = Reader(store, Listening)

    def of_call(self, call_id: CallId) -> list[Listening]:
        return self._listenings.many(
            select(_LISTENING)
            .where(_LISTENING.c.call_id == call_id)
            .order_by(_LISTENING.c.at, _LISTENING.c.listening_id)
        )

    def between(self, since: datetime, until: datetime) -> Iterator[Listening]:
        """All of the time from `since` on and before `until`, oldest first, `PAGE` in memory at a time. Over the index
        of the time."""
        at, entry = _LISTENING.c.at, _LISTENING.c.listening_id
        query = select(_LISTENING).where(at >= to_text(since), at < to_text(until)).order_by(at, entry).limit(PAGE)
        page = self._listenings.many(query)
        while page:
            yield from page
            place = (to_text(page[-1].at), page[-1].listening_id)
            page = self._listenings.many(query.where(at >= place[0], tuple_(at, entry) > place))


class SqlComments:
    """Implements `recording_ports.Comments`."""

    def __init__(self, store: Store) -> None:
        self._comments = Reader(store, Comment)

    def of_call(self, call_id: CallId) -> list[Comment]:
        return self._comments.many(
            select(_COMMENT)
            .where(_COMMENT.c.call_id == call_id, or_(_COMMENT.c.removed.is_(None), _COMMENT.c.removed == false()))
            .order_by(_COMMENT.c.at_ms, _COMMENT.c.comment_id)
        )

"""Drafts of this seat: local, no changes, never sent. See `desk.usecases.ports.Drafts`."""

import logging

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from desk.domain.drafts import Draft
from desk.domain.times import to_text
from desk.store.schema import DRAFT
from desk.store.store import Store

_log = logging.getLogger(__name__)
_decoder = msgspec.json.Decoder(Draft)


class SqlDrafts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, draft: Draft) -> None:
        values = {
            "draft_id": draft.draft_id,
            "author": draft.author,
            "started_at": to_text(draft.started_at),
            "content": msgspec.json.encode(draft).decode(),
        }
        statement = insert(DRAFT).values(values)
        statement = statement.on_conflict_do_update(index_elements=[DRAFT.c.draft_id], set_=values)
        with self._store.write() as connection:
            connection.execute(statement)

    def drop(self, draft_id: str) -> None:
        with self._store.write() as connection:
            connection.execute(delete(DRAFT).where(DRAFT.c.draft_id == draft_id))

    def of_author(self, author: str) -> list[Draft]:
        query = select(DRAFT).where(DRAFT.c.author == author).order_by(DRAFT.c.started_at, DRAFT.c.draft_id)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        drafts = []
        for row in rows:
            try:
                drafts.append(_decoder.decode(row.content))
            except msgspec.DecodeError as error:  # a newer version's: kept, for when that version is back
                _log.warning("a draft cannot be read: %s", error, extra={"draft_id": row.draft_id})
        return drafts

"""Looking for calls in the seat store, see `desk.usecases.recording_ports.CallSearch`. How it finds stands in
`call_walk`, how the index lies in `call_blocks`; `call_index` keeps it up. Any thread but the ui's; each page has a
connection of its own."""

import threading
from collections.abc import Collection, Sequence

import numpy as np
from sqlalchemy import Connection

from desk.domain.call_fits import SearchedCall
from desk.domain.call_log import CallPlace
from desk.domain.call_search import CallHit, CallQuery, Whose
from desk.domain.call_words import Node
from desk.domain.times import to_text
from desk.store import call_walk
from desk.store.call_blocks import Bits, answer, lay_out
from desk.store.call_index import FILL, WORD_SHIFT, calls_of, filled_until
from desk.store.call_shelf import EVER, NEVER, Keyed, Spans, Stamp
from desk.store.search_tables import is_current, touched
from desk.store.searched_calls import ids_text, load
from desk.store.store import Store

KEYED_LIMIT = 1_500  # calls of somebody that are looked at one by one; of more the index is asked
TOUCHED_LIMIT = 200  # rows of an entity that are waiting for the index, and the calls of theirs
_ONE_BY_ONE = 4  # one of so many blocks of a span: their pieces are read singly

_PIECES_BETWEEN = "SELECT place & 0xffffff, piece FROM search_piece WHERE place BETWEEN ? AND ?"
_PIECES_AT = "SELECT place & 0xffffff, piece FROM search_piece WHERE place IN (SELECT value FROM json_each(?))"
_KEYED = """
SELECT c.offered_at, c.call_id FROM json_each(?) j CROSS JOIN "call" c ON c.{key} = j.value
WHERE c.offered_at >= ? AND c.offered_at < ? LIMIT ?
"""
_KEYS = ("lookup_key", "person_id", "household_id")
# By the index whatever the statistics say: where few tickets name anybody they would have all of them looked through.
_TICKETS = """
SELECT ticket_id, call_id FROM ticket INDEXED BY {index} WHERE {key} IN (SELECT value FROM json_each(?)) LIMIT ?
"""
_TICKETS_BY = {"person_id": "ticket_by_person_id", "household_id": "ticket_by_household_id_registered_at"}


class SqlCallSearch:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = _Kept()

    def page(self, query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
        with self._store.read() as connection:
            connection.exec_driver_sql("BEGIN")  # one state of the store for the whole page
            try:
                return call_walk.page(_SqlShelf(connection, self._kept), query, after, limit)
            finally:
                connection.exec_driver_sql("ROLLBACK")


class _Kept:
    """What never changes once it is there: the numbers of words, the spans of full chunks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.words: dict[str, int] = {}
        self.spans: list[tuple[int, int]] = []


class _SqlShelf:
    def __init__(self, connection: Connection, kept: _Kept) -> None:
        self._connection, self._kept = connection, kept

    def spans(self) -> Spans:
        kept = self._kept
        with kept.lock:
            query = "SELECT first_s, last_s FROM search_chunk WHERE chunk >= ? ORDER BY chunk"
            new = [tuple(row) for row in self._connection.exec_driver_sql(query, (len(kept.spans),))]
            spans = kept.spans + new
            kept.spans = spans[:-1]  # the last one may still grow
        table = np.array(spans, np.int64).reshape(-1, 2)
        return Spans(table[:, 0], table[:, 1])

    def scope(self) -> tuple[Node, ...]:
        return ()

    def answer(self, node: Node, blocks: Sequence[int]) -> Bits:
        return answer(node, blocks, self._load)

    def stamps(self, numbers: Sequence[int]) -> list[Stamp]:
        query = "SELECT offered_at, call_id FROM search_call WHERE number IN (SELECT value FROM json_each(?))"
        given = "[" + ",".join(map(str, numbers)) + "]"
        return [(at, call_id) for at, call_id in self._connection.exec_driver_sql(query, (given,)).fetchall()]

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        query = "SELECT call_id, number FROM search_call WHERE call_id IN (SELECT value FROM json_each(?))"
        return {row[0]: row[1] for row in self._connection.exec_driver_sql(query, (ids_text(ids),))}

    def stamps_between(self, first: int, last: int) -> dict[int, Stamp]:
        query = "SELECT number, offered_at, call_id FROM search_call WHERE number BETWEEN ? AND ?"
        rows = self._connection.exec_driver_sql(query, (first, last)).fetchall()
        return {number: (at, call_id) for number, at, call_id in rows}

    def keyed(self, whose: Whose, query: CallQuery, before: Stamp) -> Keyed:  # noqa: ARG002 - the port's
        found: set[Stamp] = set()
        for key, wanted in zip(_KEYS, (whose.lookup_keys, whose.person_ids, whose.household_ids), strict=True):
            found |= self._under(key, wanted, query)
            if len(found) > KEYED_LIMIT:
                return Keyed((), NEVER)
        tickets = self._tickets_of(whose)
        if len(tickets) > KEYED_LIMIT:
            return Keyed((), NEVER)
        found |= self._under("ticket_id", tickets, query)
        found |= self._under("call_id", [call_id for call_id in tickets.values() if call_id], query)
        return Keyed(tuple(found), EVER) if len(found) <= KEYED_LIMIT else Keyed((), NEVER)

    def _under(self, key: str, wanted: Collection[str], query: CallQuery) -> set[Stamp]:
        """Calls with one of these in the field `key`, as far as they are not too many."""
        if not wanted:
            return set()
        since = to_text(query.since) if query.since else ""
        until = to_text(query.until) if query.until else "9"
        given = (ids_text(wanted), since, until, KEYED_LIMIT + 1)
        rows = self._connection.exec_driver_sql(_KEYED.format(key=key), given).fetchall()
        return {(at, call_id) for at, call_id in rows}

    def _tickets_of(self, whose: Whose) -> dict[str, str | None]:
        """The tickets of these people and homes, as far as they are not too many, and the calls they were taken in."""
        found: dict[str, str | None] = {}
        for key, wanted in zip(_KEYS[1:], (whose.person_ids, whose.household_ids), strict=True):
            if wanted:
                given = (ids_text(wanted), KEYED_LIMIT + 1)
                query = _TICKETS.format(key=key, index=_TICKETS_BY[key])
                rows = self._connection.exec_driver_sql(query, given).fetchall()
                found.update((ticket_id, call_id) for ticket_id, call_id in rows)
        return found

    def unindexed(self) -> list[Stamp]:
        late = touched(self._connection, TOUCHED_LIMIT)
        if not late:
            return []
        query = 'SELECT offered_at, call_id FROM "call" WHERE offered_at IS NOT NULL AND call_id IN'
        query += " (SELECT value FROM json_each(?))"
        ids = ids_text(calls_of(self._connection, [(entity, i) for entity, i, _times in late], TOUCHED_LIMIT))
        return [(at, call_id) for at, call_id in self._connection.exec_driver_sql(query, (ids,))]

    def indexed_until(self) -> Stamp:
        if not is_current(self._connection):
            return NEVER
        return filled_until(self._connection) or EVER

    def before_the_index(self, before: Stamp, limit: int) -> list[Stamp]:
        mark = self.indexed_until()
        if mark == EVER:
            return []
        return [(at, i) for at, i in self._connection.exec_driver_sql(FILL, (*min(mark, before), limit))]

    def look_at(self, query: CallQuery, ids: Sequence[str]) -> list[SearchedCall]:
        return load(self._connection, ids, query)

    def _load(self, word: str, blocks: Sequence[int]) -> Bits:
        word_id = self._word_id(word)
        if word_id is None:
            return lay_out((), len(blocks))
        row_of = {block: row for row, block in enumerate(blocks)}
        base = word_id << WORD_SHIFT
        if (blocks[0] - blocks[-1]) // _ONE_BY_ONE < len(blocks):
            rows = self._connection.exec_driver_sql(_PIECES_BETWEEN, (base | blocks[-1], base | blocks[0]))
        else:
            places = "[" + ",".join(str(base | block) for block in blocks) + "]"
            rows = self._connection.exec_driver_sql(_PIECES_AT, (places,))
        pieces = [(row_of[block], piece) for block, piece in rows.fetchall() if block in row_of]
        return lay_out(pieces, len(blocks))

    def _word_id(self, word: str) -> int | None:
        known = self._kept.words.get(word)
        if known is None:
            query = "SELECT word_id FROM search_word WHERE word = ?"
            known = self._connection.exec_driver_sql(query, (word,)).scalar_one_or_none()
            if known is not None:
                self._kept.words[word] = known
        return known

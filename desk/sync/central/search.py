"""Looking for calls in the central database: the same walk as in the seat store (`desk.store.call_walk`), with the bits
put together by PostgreSQL, so that only what may fit crosses the network. A connection's one thread at a time."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import psycopg

from desk.domain.call_fits import SearchedCall, fits_call
from desk.domain.call_log import CallPlace
from desk.domain.call_search import CallHit, CallQuery, Whose
from desk.domain.call_words import Every, Has, Lacks, Node, Some
from desk.domain.times import to_text
from desk.store import call_walk
from desk.store.call_blocks import BLOCK_BYTES, Bits
from desk.store.call_shelf import EVER, NEVER, Keyed, Spans, Stamp
from desk.store.entities import ENTITIES
from desk.store.searched_calls import compose
from desk.sync.central.search_statement import OwnStatement, Statement

# So many calls under each key are looked at one by one, the newest; for older ones the index is asked. Of people's and
# homes' tickets there may be so many altogether, else it is asked at once.
KEYED_LIMIT = 250
INDEXED_FIRST = 300  # changes that are brought into the index before it is asked
_KEYS = ("lookup_key", "person_id", "household_id")
_MANY_WORDS = 16
_LAST = "\uffff"  # behind all ids

# And the words of the estates to which whoever asks is limited, NULL where they see all.
_BEGIN = """
SELECT desk.index_calls(%s), CASE WHEN NOT desk.sees_all() THEN
    ARRAY(SELECT 'y:' || md5(estate) FROM unnest(desk.my_estates()) AS estate) END
"""
# Packed: at ten million calls they are ten thousand rows.
_SPANS = b"SELECT string_agg(int8send(first_s) || int8send(last_s), '' ORDER BY chunk) FROM desk.search_chunk"
# One key after the other: its newest lie side by side in its index.
_KEYED = """
SELECT k.key, c.offered_at, c.call_id FROM unnest(%(keys)s::text[]) AS k (key) CROSS JOIN LATERAL (
    SELECT offered_at, call_id FROM desk."call" WHERE {key} = k.key
    AND offered_at >= coalesce(%(since)s::timestamptz, '-infinity')
    AND offered_at <= coalesce(%(until)s::timestamptz, 'infinity') ORDER BY offered_at DESC LIMIT %(limit)s) c
"""
# The same by the tickets of people and homes; a row of nothing where those are too many.
_KEYED_BY_TICKETS = """
WITH t AS MATERIALIZED (SELECT ticket_id, call_id FROM desk.ticket
    WHERE person_id = ANY (%(people)s) OR household_id = ANY (%(homes)s) LIMIT %(limit)s + 1)
(SELECT offered_at, call_id FROM desk."call"
    WHERE (call_id = ANY (ARRAY(SELECT call_id FROM t)) OR ticket_id = ANY (ARRAY(SELECT ticket_id FROM t)))
    AND offered_at >= coalesce(%(since)s::timestamptz, '-infinity')
    AND offered_at <= coalesce(%(until)s::timestamptz, 'infinity'))
UNION ALL SELECT NULL, NULL WHERE (SELECT count(*) FROM t) > %(limit)s
"""
# A row as JSON without what is not there, so that the domain's dataclass is read from it at once.
_LOOK_AT = """
WITH c AS MATERIALIZED (SELECT * FROM desk."call" WHERE call_id = ANY (%(ids)s)),
t AS MATERIALIZED (SELECT * FROM desk.ticket WHERE call_id = ANY (%(ids)s)
    UNION SELECT * FROM desk.ticket WHERE ticket_id IN (SELECT ticket_id FROM c))
SELECT 'call', jsonb_strip_nulls(to_jsonb(c))::text FROM c
UNION ALL SELECT 'ticket', jsonb_strip_nulls(to_jsonb(t))::text FROM t
UNION ALL SELECT 'recording', jsonb_strip_nulls(to_jsonb(r))::text FROM desk.recording r WHERE call_id = ANY (%(ids)s)
UNION ALL SELECT 'score', jsonb_strip_nulls(to_jsonb(s))::text FROM desk.score s WHERE call_id = ANY (%(ids)s)
UNION ALL SELECT 'household', jsonb_strip_nulls(to_jsonb(h))::text FROM desk.household h
    WHERE household_id IN (SELECT household_id FROM c UNION SELECT household_id FROM t)
"""
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(ENTITIES[name].cls) for name in ("call", "recording", "ticket", "score", "household")
}


def page(connection: psycopg.Connection[Any], query: CallQuery, after: CallPlace | None, limit: int) -> list[CallHit]:
    """See `desk.usecases.recording_ports.CallSearch`. `connection` in autocommit. Raises `psycopg.Error`."""
    row = connection.execute(_BEGIN, (INDEXED_FIRST,)).fetchone()
    return call_walk.page(_CentralShelf(connection, row[1] if row else []), query, after, limit)


class CentralIndexer:
    """Brings the central index up, in turn with all other seats: whoever comes first does it."""

    def __init__(self, most: int = 500) -> None:
        self._most = most

    def work_once(self, connection: psycopg.Connection[Any]) -> int:
        """How many changes it took: 0 = none are left, -1 = another seat is at it. Raises `psycopg.Error`."""
        row = connection.execute("SELECT desk.index_calls(%s)", (self._most,)).fetchone()
        return int(row[0]) if row else 0


class _CentralShelf:
    """`estates`: words of those whose calls alone are found, None: all are. To such a role only its own bits are
    shown, and by a function, which costs too much where it is not needed."""

    def __init__(self, connection: psycopg.Connection[Any], estates: Sequence[str] | None) -> None:
        self._connection = connection
        self._own = None if estates is None else Some(tuple(map(Has, estates)))

    def spans(self) -> Spans:
        with self._connection.cursor(binary=True) as cursor:
            row = cursor.execute(_SPANS).fetchone()
        table = np.frombuffer(row[0] if row and row[0] else b"", ">i8").astype(np.int64).reshape(-1, 2)
        return Spans(table[:, 0], table[:, 1])

    def scope(self) -> tuple[Node, ...]:
        return () if self._own is None else (self._own,)

    def answer(self, node: Node, blocks: Sequence[int]) -> Bits:
        """What costs many words is asked of those blocks only in which the rest has left something."""
        parts = node.parts if isinstance(node, Every) else (node,)
        if any(part is not self._own and not isinstance(part, Lacks) for part in parts):
            parts = tuple(part for part in parts if part is not self._own)  # what is shown is one's own anyway
        dear = [part for part in parts if _words(part) > _MANY_WORDS]
        cheap = [part for part in parts if _words(part) <= _MANY_WORDS]
        if not dear or not cheap:
            return self._ask(Every(parts), blocks)
        bits = self._ask(Every(tuple(cheap)), blocks)
        rows = np.flatnonzero(bits.any(axis=1)).tolist()
        if rows:
            bits[rows] &= self._ask(Every(tuple(dear)), [blocks[row] for row in rows])
        return bits

    def _ask(self, node: Node, blocks: Sequence[int]) -> Bits:
        bits = np.zeros((len(blocks), BLOCK_BYTES), np.uint8)
        row_of = {block: row for row, block in enumerate(blocks)}
        asked = (Statement if self._own is None else OwnStatement)(list(blocks))
        statement = asked.whole(node)
        with self._connection.cursor(binary=True) as cursor:
            for block, found in cursor.execute(statement.encode(), asked.given):
                bits[row_of[block]] = np.frombuffer(found, np.uint8, BLOCK_BYTES, 4)  # after the number of bits
        return bits

    def stamps(self, numbers: Sequence[int]) -> list[Stamp]:
        query = b"SELECT offered_at, call_id FROM desk.search_call WHERE number = ANY (%s)"
        with self._connection.cursor(binary=True) as cursor:
            # Planned anew each time: a plan made for any numbers may read the whole table.
            rows = cursor.execute(query, (list(numbers),), prepare=False)
            return [(to_text(at), call_id) for at, call_id in rows]

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        query = "SELECT call_id, number FROM desk.search_call WHERE call_id = ANY (%s)"
        return {row[0]: row[1] for row in self._connection.execute(query, (list(ids),))}

    def stamps_between(self, first: int, last: int) -> dict[int, Stamp]:
        query = "SELECT number, offered_at, call_id FROM desk.search_call WHERE number BETWEEN %s AND %s"
        with self._connection.cursor(binary=True) as cursor:
            rows = cursor.execute(query, (first, last)).fetchall()
        return {number: (to_text(at), call_id) for number, at, call_id in rows}

    def keyed(self, whose: Whose, query: CallQuery, before: Stamp) -> Keyed:
        span = {"since": query.since, "until": None if before == NEVER else before[0], "limit": KEYED_LIMIT}
        found = self._of_tickets(whose, span) if whose.person_ids or whose.household_ids else set()
        if found is None:
            return Keyed((), NEVER)
        since = EVER
        for key, wanted in zip(_KEYS, (whose.lookup_keys, whose.person_ids, whose.household_ids), strict=True):
            if wanted:
                of_each = self._of_each(key, wanted, span)
                found.update(stamp for stamps in of_each for stamp in stamps)
                since = max(since, *map(_told_since, of_each))
        return Keyed(tuple(stamp for stamp in found if stamp >= since), since)

    def _of_each(self, key: str, wanted: Sequence[str], span: Mapping[str, Any]) -> list[list[Stamp]]:
        """The newest calls under each of these."""
        found: dict[str, list[Stamp]] = {one: [] for one in wanted}
        with self._connection.cursor(binary=True) as cursor:
            # Planned anew each time: a plan made for any keys may read the whole table.
            query = _KEYED.format(key=key).encode()
            for one, at, call_id in cursor.execute(query, {"keys": list(found), **span}, prepare=False):
                found[one].append((to_text(at), call_id))
        return list(found.values())

    def _of_tickets(self, whose: Whose, span: Mapping[str, Any]) -> set[Stamp] | None:
        """Calls by the tickets of these people and homes; None: there are too many tickets to tell."""
        given = {"people": list(whose.person_ids), "homes": list(whose.household_ids), **span}
        with self._connection.cursor(binary=True) as cursor:
            rows = cursor.execute(_KEYED_BY_TICKETS.encode(), given, prepare=False).fetchall()
        if any(at is None for at, _call_id in rows):
            return None
        return {(to_text(at), call_id) for at, call_id in rows}

    def unindexed(self) -> list[Stamp]:
        return []

    def indexed_until(self) -> Stamp:
        return EVER

    def before_the_index(self, before: Stamp, limit: int) -> list[Stamp]:  # noqa: ARG002 - the port's
        return []

    def look_at(self, query: CallQuery, ids: Sequence[str]) -> list[SearchedCall]:
        """All in one statement: what costs here is the way to the centre and back."""
        found: dict[str, list[Any]] = {name: [] for name in _DECODERS}
        given = {"ids": list(ids)}
        with self._connection.cursor(binary=True) as cursor:
            for name, row in cursor.execute(_LOOK_AT, given):
                # One that is partial yet, or that only a newer version can read, is left out.
                with contextlib.suppress(msgspec.ValidationError):
                    found[name].append(_DECODERS[name].decode(row))
        calls = [call for call in found["call"] if fits_call(query, call)]
        return compose(calls, found["recording"], found["ticket"], found["score"], found["household"])


def _words(node: Node) -> int:
    return sum(map(_words, node.parts)) if isinstance(node, Every | Some) else 1


def _told_since(newest: Sequence[Stamp]) -> Stamp:
    """From which place on these are all of one key: behind the last moment of as many as were asked for."""
    if len(newest) < KEYED_LIMIT:
        return EVER
    return (min(newest)[0], _LAST) if newest else NEVER

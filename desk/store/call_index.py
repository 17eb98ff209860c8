"""Keeps the index of calls up: what was touched since (a list that every save adds to, one line a row), and, in a store
that is older than its index, what was there before, newest first.

Saving never waits for it: rows are read and words made outside the write transaction, which then takes some
milliseconds for a hundred calls. A process killed anywhere loses nothing: what was touched leaves the list in the
transaction that indexes it, and only if it was not touched again meanwhile. A worker of the sync process."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from desk.domain.call_fits import SearchedCall
from desk.domain.call_words import STATE_WORDS, words_of
from desk.domain.times import to_text
from desk.store.call_blocks import BLOCK, CHUNK, changed
from desk.store.search_tables import FILLED, begin_anew, is_current, touched
from desk.store.searched_calls import ids_text, load
from desk.store.store import Store

BATCH = 100  # calls of one transaction
WORD_SHIFT = 24  # a piece's place: the word's number above, the block's below
TOLD_EACH = 10_000  # calls, in the log, while a store from before is indexed
_WORDS_KEPT = 200_000

# Of what was touched, the calls that it belongs to.
_CALLS_OF = {
    "call": "SELECT value FROM json_each(:ids)",
    "recording": "SELECT value FROM json_each(:ids)",
    "ticket": (
        'SELECT call_id FROM "call" WHERE ticket_id IN (SELECT value FROM json_each(:ids))'
        " UNION SELECT call_id FROM ticket WHERE ticket_id IN (SELECT value FROM json_each(:ids))"
        " AND call_id IS NOT NULL"
    ),
    "score": "SELECT DISTINCT call_id FROM score WHERE score_id IN (SELECT value FROM json_each(:ids))"
    " AND call_id IS NOT NULL",
    "household": 'SELECT call_id FROM "call" WHERE household_id IN (SELECT value FROM json_each(:ids))'
    " UNION SELECT call_id FROM ticket WHERE household_id IN (SELECT value FROM json_each(:ids))"
    " AND call_id IS NOT NULL"
    ' UNION SELECT c.call_id FROM ticket t JOIN "call" c ON c.ticket_id = t.ticket_id'
    " WHERE t.household_id IN (SELECT value FROM json_each(:ids))",
}
FILL = (
    'SELECT offered_at, call_id FROM "call" WHERE offered_at <= ?1 AND (offered_at, call_id) < (?1, ?2)'
    " ORDER BY offered_at DESC, call_id DESC LIMIT ?3"
)

_log = logging.getLogger(__name__)


def calls_of(connection: Connection, touched: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """The ids of the calls that these rows (entity, id) belong to, so many at most of each entity."""
    by_entity: dict[str, list[str]] = defaultdict(list)
    for entity, entity_id in touched:
        by_entity[entity].append(entity_id)
    found: dict[str, None] = {}
    for entity, ids in by_entity.items():
        query = f"{_CALLS_OF[entity]} LIMIT :limit"
        given = {"ids": ids_text(ids), "limit": limit}
        found.update(dict.fromkeys(row[0] for row in connection.exec_driver_sql(query, given)))
    return list(found)


def filled_until(connection: Connection) -> tuple[str, str] | None:
    """Where the indexing of a store from before has come to: older calls are not in the index. None: it is done."""
    query = "SELECT value FROM meta WHERE name = ?"
    value = connection.exec_driver_sql(query, (FILLED,)).scalar_one_or_none()
    if value is None:
        return None
    at, _space, call_id = value.partition(" ")
    return at, call_id


class CallIndexer:
    """One for a store, in one process. One thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._words: dict[str, int] = {}
        self._filled = 0
        self._current = False

    def work_once(self) -> bool:
        """Index some calls; whether there were any. Raises `StoreFull`, `StoreBroken`."""
        if not self._current:
            self._renew()
        return self._touched() or self._fill()

    def _renew(self) -> None:
        with self._store.read() as connection:
            self._current = is_current(connection)
        if not self._current:
            with self._store.write() as connection:
                begin_anew(connection)
            self._current = True
            _log.info("calls are indexed anew, for the words of this version")

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A transaction; the words that are numbered in it are forgotten when it is undone, as their numbers are."""
        try:
            with self._store.write() as connection:
                yield connection
        except BaseException:
            self._words.clear()
            raise
        if len(self._words) > _WORDS_KEPT:
            self._words.clear()

    def _touched(self) -> bool:
        with self._store.read() as connection:
            late = touched(connection, BATCH)[:BATCH]
            if not late:
                return False
            ids = calls_of(connection, [(entity, i) for entity, i, _times in late], -1)
            found = load(connection, ids)
        with self._write() as connection:
            write(connection, found, self._words)
            connection.exec_driver_sql(
                "DELETE FROM search_touched WHERE entity = ? AND entity_id = ? AND times = ?", late
            )
        return True

    def _fill(self) -> bool:
        with self._store.read() as connection:
            mark = filled_until(connection)
            if mark is None:
                return False
            places = [tuple(row) for row in connection.exec_driver_sql(FILL, (*mark, BATCH))]
            found = load(connection, [call_id for _at, call_id in places])
        with self._write() as connection:
            write(connection, found, self._words)
            if places:
                value = f"{places[-1][0]} {places[-1][1]}"
                connection.exec_driver_sql("UPDATE meta SET value = ? WHERE name = ?", (value, FILLED))
            else:
                connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (FILLED,))
        self._tell(len(places), places[-1][0] if places else "")
        return bool(places)

    def _tell(self, indexed: int, until: str) -> None:
        before, self._filled = self._filled, self._filled + indexed
        if not until:
            _log.info("all calls are indexed", extra={"calls": self._filled})
        elif before // TOLD_EACH < self._filled // TOLD_EACH:
            _log.info("calls are being indexed, newest first", extra={"calls": self._filled, "until": until})


@dataclass
class _Numbered:
    number: int
    words: frozenset[str]
    known: bool  # the index has seen this call before


def write(connection: Connection, calls: Collection[SearchedCall], words: dict[str, int]) -> None:
    """Bring these calls into the index, in the caller's transaction. `words`: the numbers of words known so far, added
    to; to be forgotten when the transaction is undone."""
    numbered = _numbered(connection, sorted(calls, key=lambda one: (one.call.offered_at, one.call.call_id)))
    added: dict[tuple[str, int], list[int]] = defaultdict(list)
    taken: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in numbered:
        block, place = divmod(one.number, BLOCK)
        for word in one.words:
            added[word, block].append(place)
        if one.known:
            for word in STATE_WORDS:
                if word not in one.words:
                    taken[word, block].append(place)
    _know_words(connection, {word for word, _block in (*added, *taken)}, words)
    _write_pieces(connection, added, taken, words)


def _numbered(connection: Connection, calls: Sequence[SearchedCall]) -> list[_Numbered]:
    query = "SELECT call_id, number, offered_at FROM search_call WHERE call_id IN (SELECT value FROM json_each(?))"
    ids = ids_text(one.call.call_id for one in calls)
    known = {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(query, (ids,))}
    last = connection.exec_driver_sql("SELECT coalesce(max(number), -1) FROM search_call").scalar_one()
    numbered: list[_Numbered] = []
    new: list[tuple[int, str, str]] = []
    spans: list[tuple[int, int, int]] = []
    for one in calls:
        call = one.call
        number, at = known.get(call.call_id, (None, None))
        offered_at = to_text(call.offered_at)
        if number is None or at != offered_at:  # at another time than it was thought: its old number leads nowhere
            last += 1
            second = int(call.offered_at.timestamp() // 1)
            new.append((last, call.call_id, offered_at))
            spans.append((last // CHUNK, second, second))
        numbered.append(
            _Numbered(last if number is None or at != offered_at else number, words_of(one), at is not None)
        )
    if new:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO search_call (number, call_id, offered_at) VALUES (?, ?, ?)", new
        )
        connection.exec_driver_sql(
            "INSERT INTO search_chunk (chunk, first_s, last_s) VALUES (?, ?, ?) ON CONFLICT (chunk) DO UPDATE"
            " SET first_s = min(first_s, excluded.first_s), last_s = max(last_s, excluded.last_s)",
            spans,
        )
    return numbered


def _know_words(connection: Connection, wanted: set[str], words: dict[str, int]) -> None:
    missing = [word for word in wanted if word not in words]
    if not missing:
        return
    given = ids_text(sorted(missing))
    connection.exec_driver_sql("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(?)", (given,))
    query = "SELECT word, word_id FROM search_word WHERE word IN (SELECT value FROM json_each(?))"
    words.update((row[0], row[1]) for row in connection.exec_driver_sql(query, (given,)))


def _write_pieces(
    connection: Connection,
    added: dict[tuple[str, int], list[int]],
    taken: dict[tuple[str, int], list[int]],
    words: dict[str, int],
) -> None:
    changes: dict[int, tuple[list[int], list[int]]] = {}
    for key in (*added, *taken):
        word, block = key
        changes[words[word] << WORD_SHIFT | block] = (added.get(key, []), taken.get(key, []))
    query = "SELECT place, piece FROM search_piece WHERE place IN (SELECT value FROM json_each(?))"
    given = "[" + ",".join(map(str, sorted(changes))) + "]"
    there = {row[0]: row[1] for row in connection.exec_driver_sql(query, (given,))}
    written: list[tuple[int, bytes]] = []
    for place in sorted(changes):
        piece = there.get(place, b"")
        new = changed(piece, *changes[place])
        if new != piece:
            written.append((place, new))
    if written:
        connection.exec_driver_sql("INSERT OR REPLACE INTO search_piece (place, piece) VALUES (?, ?)", written)

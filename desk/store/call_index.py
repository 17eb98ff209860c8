"""Keeps the index of calls up: what was touched since (a list that every save adds to, one line a row), and, in a store
that is older than its index, what was there before, newest first.

Saving hardly waits for it: rows are read and words made outside of write transactions, the pieces go in by a few
milliseconds at a time, and between two such transactions the writer's lock is left alone for longer than a waiting save
takes to look again. A process killed anywhere loses nothing: a call counts as indexed, by leaving the list or by the
mark moving on, in a last transaction after all of its pieces, and only if it was not touched again meanwhile; until
then it is looked for by other means, and half of its pieces do no harm. A worker of the sync process."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from desk.domain.call_fits import SearchedCall
from desk.domain.call_words import STATE_WORDS, words_of
from desk.domain.times import to_text
from desk.store.call_blocks import BLOCK, CHUNK, changed
from desk.store.search_tables import FILLED, begin_anew, is_current, touched
from desk.store.searched_calls import ids_text, load
from desk.store.store import Store

LOT = 1_500  # rows of an entity that are indexed together: the more, the fewer pieces are written twice
HOMES = 200  # the same, of homes, with some calls each
_HOLD_S = 0.003  # of putting pieces in; with reading and making them last, some two or three times that
_NUMBERED_AT_ONCE = 100  # calls
_AT_ONCE = 16  # pieces between two looks at the clock
REST_S = 0.015  # SQLite looks again for the lock after 1, 3, 8, 18 ms
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
    """One for a store, in one process. One thread. `waits`: somebody is writing a great deal, and the index can wait
    until they are done: it would only be written many times."""

    def __init__(
        self, store: Store, rest: Callable[[float], object] = time.sleep, waits: Callable[[], bool] = lambda: False
    ) -> None:
        self._store, self._rest, self._waits = store, rest, waits
        self._words: dict[str, int] = {}
        self._filled = 0
        self._current = False

    def work_once(self) -> bool:
        """Index some calls; whether there were any. Raises `StoreFull`, `StoreBroken`."""
        if self._waits():
            return False
        if not self._current:
            self._renew()
        return self._touched() or self._fill()

    def _renew(self) -> None:
        with self._store.read() as connection:
            self._current = is_current(connection)
        if not self._current:
            while not self._current:
                with self._store.write() as connection:
                    self._current = begin_anew(connection)
                self._rest(REST_S)
            _log.info("calls are indexed anew, for the words of this version")

    def _touched(self) -> bool:
        with self._store.read() as connection:
            late = touched(connection, LOT, HOMES)
            if not late:
                return False
            ids = calls_of(connection, [(entity, i) for entity, i, _times in late], -1)
            found = load(connection, ids)
        self._write(found)
        with self._store.write() as connection:
            connection.exec_driver_sql(
                "DELETE FROM search_touched WHERE entity = ? AND entity_id = ? AND times = ?", late
            )
        return True

    def _fill(self) -> bool:
        with self._store.read() as connection:
            mark = filled_until(connection)
            if mark is None:
                return False
            places = [tuple(row) for row in connection.exec_driver_sql(FILL, (*mark, LOT))]
            found = load(connection, [call_id for _at, call_id in places])
        self._write(found)
        with self._store.write() as connection:
            if places:
                value = f"{places[-1][0]} {places[-1][1]}"
                connection.exec_driver_sql("UPDATE meta SET value = ? WHERE name = ?", (value, FILLED))
            else:
                connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (FILLED,))
        self._tell(len(places), places[-1][0] if places else "")
        return bool(places)

    def _write(self, calls: Collection[SearchedCall]) -> None:
        ordered = sorted(calls, key=lambda one: (one.call.offered_at, one.call.call_id))
        words = [words_of(one) for one in ordered]
        if len(self._words) > _WORDS_KEPT:
            self._words.clear()
        changes: dict[int, _Change] = {}
        for start in range(0, len(ordered), _NUMBERED_AT_ONCE):
            lot = slice(start, start + _NUMBERED_AT_ONCE)
            self._number(ordered[lot], words[lot], changes)
            self._rest(REST_S if len(changes) > _AT_ONCE else 0)
        waiting = sorted(changes)
        while waiting:
            with self._store.write() as connection:
                written = _write_pieces(connection, waiting, changes)
            waiting = waiting[written:]
            if waiting:
                self._rest(REST_S)

    def _number(
        self, calls: Sequence[SearchedCall], words: Sequence[frozenset[str]], changes: dict[int, "_Change"]
    ) -> None:
        try:
            with self._store.write() as connection:
                numbered = _numbered(connection, calls)
                _know_words(connection, frozenset(STATE_WORDS).union(*words), self._words)
        except BaseException:
            self._words.clear()  # those that were numbered just now have no number
            raise
        for (number, known), own in zip(numbered, words, strict=True):
            block, place = divmod(number, BLOCK)
            for word in own:
                changes.setdefault(self._words[word] << WORD_SHIFT | block, _Change()).plus.append(place)
            if known:
                for word in STATE_WORDS:
                    if word not in own:
                        changes.setdefault(self._words[word] << WORD_SHIFT | block, _Change()).minus.append(place)

    def _tell(self, indexed: int, until: str) -> None:
        before, self._filled = self._filled, self._filled + indexed
        if not until:
            _log.info("all calls are indexed", extra={"calls": self._filled})
        elif before // TOLD_EACH < self._filled // TOLD_EACH:
            _log.info("calls are being indexed, newest first", extra={"calls": self._filled, "until": until})


@dataclass(slots=True)
class _Change:
    """Of a piece: places put in and taken out."""

    plus: list[int] = field(default_factory=list)
    minus: list[int] = field(default_factory=list)


def _numbered(connection: Connection, calls: Sequence[SearchedCall]) -> list[tuple[int, bool]]:
    """The number of each, and whether the index has seen it before."""
    query = "SELECT call_id, number, offered_at FROM search_call WHERE call_id IN (SELECT value FROM json_each(?))"
    ids = ids_text(one.call.call_id for one in calls)
    known = {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(query, (ids,))}
    last = connection.exec_driver_sql("SELECT coalesce(max(number), -1) FROM search_call").scalar_one()
    numbered: list[tuple[int, bool]] = []
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
        numbered.append((last if number is None or at != offered_at else number, at is not None))
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


def _know_words(connection: Connection, wanted: frozenset[str], words: dict[str, int]) -> None:
    missing = [word for word in wanted if word not in words]
    if not missing:
        return
    given = ids_text(sorted(missing))
    connection.exec_driver_sql("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(?)", (given,))
    query = "SELECT word, word_id FROM search_word WHERE word IN (SELECT value FROM json_each(?))"
    words.update((row[0], row[1]) for row in connection.exec_driver_sql(query, (given,)))


def _write_pieces(connection: Connection, places: Sequence[int], changes: dict[int, _Change]) -> int:
    """The first of these pieces, as many as go in within a few milliseconds: how many."""
    until = time.monotonic() + _HOLD_S
    done = 0
    while done < len(places) and (not done or time.monotonic() < until):
        some = places[done : done + _AT_ONCE]
        query = "SELECT place, piece FROM search_piece WHERE place IN (SELECT value FROM json_each(?))"
        there = {row[0]: row[1] for row in connection.exec_driver_sql(query, (f"[{','.join(map(str, some))}]",))}
        written: list[tuple[int, bytes]] = []
        for place in some:
            piece = there.get(place, b"")
            new = changed(piece, changes[place].plus, changes[place].minus)
            if new != piece:
                written.append((place, new))
        if written:
            connection.exec_driver_sql("INSERT OR REPLACE INTO search_piece (place, piece) VALUES (?, ?)", written)
        done += len(some)
    return done

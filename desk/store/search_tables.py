"""The tables of the index of calls: see `call_blocks` for how it lies in them. They hold nothing that could not be made
anew from the rows.

`search_touched`: rows that changed since the index saw their calls; `times` tells one change from the next."""

from collections.abc import Iterable

from sqlalchemy import Connection

from desk.domain.call_words import WORDING

TOUCHING = frozenset({"call", "recording", "ticket", "score", "household"})
FILLED = "calls_indexed_until"  # in `meta`: calls older than this are not indexed yet; no such row = all are
_MADE_WITH = "calls_indexed_with"  # in `meta`: the wording of the index
_GONE_AT_ONCE = 500  # pieces
# Homes come last: an import touches all of them, and what they tell of calls can wait for what is said of calls.
_IN_TURN = ("call", "recording", "ticket", "score", "household")

_TABLES = (
    "CREATE TABLE IF NOT EXISTS search_word (word_id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS search_piece (place INTEGER PRIMARY KEY, piece BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS search_call (
        number INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE, offered_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS search_chunk (
        chunk INTEGER PRIMARY KEY, first_s INTEGER NOT NULL, last_s INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS search_touched (
        entity TEXT NOT NULL, entity_id TEXT NOT NULL, times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (entity, entity_id)) WITHOUT ROWID""",
)
_TOUCH = (
    "INSERT INTO search_touched (entity, entity_id) VALUES (?, ?)"
    " ON CONFLICT (entity, entity_id) DO UPDATE SET times = times + 1"
)


def create(connection: Connection) -> None:
    """Make them; what calls there are is to be indexed by and by."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    _begin(connection)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO meta (name, value) SELECT ?, '9 ' WHERE EXISTS (SELECT 1 FROM \"call\")", (FILLED,)
    )
    connection.exec_driver_sql("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_MADE_WITH, WORDING))


def is_current(connection: Connection) -> bool:
    """Whether the index is of the words that this version asks for."""
    query = "SELECT value FROM meta WHERE name = ?"
    return bool(connection.exec_driver_sql(query, (_MADE_WITH,)).scalar_one_or_none() == WORDING)


def begin_anew(connection: Connection) -> bool:
    """Take pieces away; whether all are gone, so that the calls are indexed once more. To be called until they are.
    Words and calls keep their numbers, which other processes remember."""
    query = "DELETE FROM search_piece WHERE place IN (SELECT place FROM search_piece LIMIT ?)"
    if connection.exec_driver_sql(query, (_GONE_AT_ONCE,)).rowcount == _GONE_AT_ONCE:
        return False
    _begin(connection)
    return True


def touch(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """These rows (entity, id) have changed: their calls are to be indexed anew."""
    touched = [key for key in keys if key[0] in TOUCHING]
    if touched:
        connection.exec_driver_sql(_TOUCH, touched)


def touched(connection: Connection, limit: int, homes: int | None = None) -> list[tuple[str, str, int]]:
    """What is to be indexed anew (entity, id, times), so many of each entity, the newest of each first; so many homes,
    which have many calls each."""
    query = "SELECT entity, entity_id, times FROM search_touched WHERE entity = ? ORDER BY entity_id DESC LIMIT ?"
    found: list[tuple[str, str, int]] = []
    for entity in _IN_TURN:
        most = homes if homes is not None and entity == "household" else limit
        found += [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query, (entity, most))]
    return found

"""The tables of the index of calls: see `call_blocks` for how it lies in them. They hold nothing that could not be made
anew from the rows.

`search_touched`: rows that changed since the index saw their calls; `times` tells one change from the next."""

from collections.abc import Iterable

from sqlalchemy import Connection

TOUCHING = frozenset({"call", "recording", "ticket", "score", "household"})
FILLED = "calls_indexed_until"  # in `meta`: calls older than this are not indexed yet; no such row = all are

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
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO meta (name, value) SELECT ?, '9 ' WHERE EXISTS (SELECT 1 FROM \"call\")", (FILLED,)
    )


def touch(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """These rows (entity, id) have changed: their calls are to be indexed anew."""
    touched = [key for key in keys if key[0] in TOUCHING]
    if touched:
        connection.exec_driver_sql(_TOUCH, touched)

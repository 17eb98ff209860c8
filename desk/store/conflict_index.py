"""Which things stand in conflict at this moment: a small table beside the rows, kept with them whenever changes are
written, so that a lamp and a list need no walk through the log. It holds nothing that could not be made anew from
the log (`desk.domain.conflicts`). In the caller's transaction, any thread.

What a single seat has written costs a comparison and no statement: imports and first fills do not feel it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from desk.domain.changes import Change
from desk.domain.conflicts import ASPECTS, Authored, find, may_differ
from desk.domain.identity import ChangeId
from desk.domain.times import from_text
from desk.store.entities import patch_from_text

Key = tuple[str, str]  # entity, entity id

# `stands`: the change that the row shows; `seat`: where it was made; `final`: all versions have their place in the
# centre's order.
_TABLE = """
CREATE TABLE IF NOT EXISTS conflict (
    entity TEXT NOT NULL, entity_id TEXT NOT NULL, aspect TEXT NOT NULL, stands TEXT NOT NULL, seat TEXT NOT NULL,
    final INTEGER NOT NULL, PRIMARY KEY (entity, entity_id, aspect)) WITHOUT ROWID
"""
_MANY_SEATS = (
    "SELECT entity, entity_id FROM change WHERE entity IN (SELECT value FROM json_each(?))"
    " GROUP BY entity, entity_id HAVING min(seat) <> max(seat)"
)
_CHANGES = (
    "SELECT change_id, at, author, seat, patch, reason, base_seq, central_seq FROM change"
    " WHERE entity_id = ? AND entity = ?"
)
_ANY = "SELECT 1 FROM conflict LIMIT 1"
_FORGET = "DELETE FROM conflict WHERE entity = ? AND entity_id = ?"
_NOTE = "INSERT INTO conflict (entity, entity_id, aspect, stands, seat, final) VALUES (?, ?, ?, ?, ?, ?)"


def create(connection: Connection) -> None:
    """Make it, and find what stands in conflict already."""
    connection.exec_driver_sql(_TABLE)
    names = "[" + ",".join(f'"{name}"' for name in ASPECTS) + "]"
    keys = connection.exec_driver_sql(_MANY_SEATS, (names,)).all()
    for entity, entity_id in keys:
        keep(connection, {(entity, entity_id): changes_of(connection, entity, entity_id)})


def keep(connection: Connection, written: Mapping[Key, Collection[Authored]]) -> None:
    """All changes of each of these things: what stands in conflict in them now. To be called whenever a change of
    theirs came, got its place or went."""
    forget: list[Key] = []
    note: list[tuple[Any, ...]] = []
    for key, changes in written.items():
        if key[0] not in ASPECTS or (changes and not may_differ(tuple(changes))):
            continue
        forget.append(key)
        note += [
            (*key, conflict.aspect, conflict.stands.change_id, conflict.stands.seat, int(conflict.is_final))
            for conflict in find(*key, changes).conflicts
        ]
    if forget and connection.exec_driver_sql(_ANY).one_or_none() is not None:
        connection.exec_driver_sql(_FORGET, forget)
    if note:
        connection.exec_driver_sql(_NOTE, note)


def changes_of(connection: Connection, entity: str, entity_id: str) -> list[Change]:
    """Everything that the log has of one thing, in no order."""
    return [
        Change(
            ChangeId(name), entity, entity_id, from_text(at), author, seat, patch_from_text(patch), reason, base, seq
        )
        for name, at, author, seat, patch, reason, base, seq in connection.exec_driver_sql(
            _CHANGES, (entity_id, entity)
        )
    ]

"""Writing to the change log and the rows it makes, in one transaction of the caller's. The only place that writes
either.

The row of a touched entity is the fold of all its changes, read back from the log each time: an entity has a handful,
so no short cut is worth its risk. A change that is already there is only brought up to date with what the centre says
(its place in the order). Driver-level SQL with executemany: an import brings millions."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from desk.domain.changes import Change, Patch, fold
from desk.domain.identity import ChangeId
from desk.domain.times import from_text, to_text
from desk.store import article_search, conflict_index
from desk.store.entities import ENTITIES, MENDED, Entity, columns_of, patch_from_text, patch_to_text, to_columns
from desk.store.person_search import words_of
from desk.store.search_tables import touch

_encode_list = msgspec.json.Encoder().encode

INSERT_CHANGE = (
    "INSERT INTO change (change_id, entity, entity_id, at, author, seat, patch, reason, base_seq, central_seq, role)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ORDER_CHANGE = "UPDATE change SET central_seq = ?, role = ?, refused = NULL WHERE change_id = ?"
_CHANGES_OF = (
    "SELECT c.entity, c.entity_id, c.change_id, c.central_seq, c.patch, c.author, c.seat, c.base_seq"
    " FROM json_each(?) j CROSS JOIN change c ON c.entity_id = j.value"
)
_INDEX_PERSON = (
    "INSERT OR REPLACE INTO person_search(rowid, start, inner) SELECT search_id, ?, ? FROM person WHERE person_id = ?"
)
_UNINDEX_PERSON = "DELETE FROM person_search WHERE rowid = (SELECT search_id FROM person WHERE person_id = ?)"
_INDEX_ARTICLE = (
    "INSERT OR REPLACE INTO article_search(rowid, title, words, body, scope)"
    " SELECT search_id, ?, ?, ?, ? FROM article WHERE article_id = ?"
)
_UNINDEX_ARTICLE = "DELETE FROM article_search WHERE rowid = (SELECT search_id FROM article WHERE article_id = ?)"


class Known(NamedTuple):
    """What the fold needs of a change, and the look for conflicts."""

    change_id: ChangeId
    patch: Patch
    central_seq: int | None
    author: str
    seat: str
    base_seq: int


def _upsert(entity: Entity) -> str:
    columns = tuple(f'"{column}"' for column in columns_of(entity))  # "to" is a word of SQL's own
    settings = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return (
        f"INSERT INTO {entity.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        f" ON CONFLICT ({entity.id_field}) DO UPDATE SET {settings}"
    )


_UPSERTS = {name: _upsert(entity) for name, entity in ENTITIES.items()}

Key = tuple[str, str]  # entity, entity id
_UNINDEX = {"person": _UNINDEX_PERSON, "article": _UNINDEX_ARTICLE}


def write_changes(
    connection: Connection, changes: Sequence[Change], roles: Sequence[str | None] | None = None
) -> set[str]:
    """Put these changes into the log and fold the rows they touch. Returns the entities (names) of which a row may
    have changed. Changes that are there already count only for the order they bring with them."""
    history = history_of(connection, {change.entity_id for change in changes})
    fresh: list[tuple[Any, ...]] = []
    ordered: list[tuple[Any, ...]] = []
    touched: dict[Key, None] = {}  # in the order they came, so that rows are written in it
    for index, change in enumerate(changes):
        key = (change.entity, change.entity_id)
        known = history.setdefault(key, {})
        before = known.get(change.change_id)
        role = roles[index] if roles else None
        patch = change.patch
        if before is None:
            patch_text = patch_to_text(patch)
            if MENDED in patch_text:
                patch = patch_from_text(patch_text)
            fresh.append(_change_row(change, patch_text, role))
        elif before.central_seq is None and change.central_seq is not None:
            ordered.append((change.central_seq, role, change.change_id))
        else:
            continue
        known[change.change_id] = Known(
            change.change_id, patch, change.central_seq, change.author, change.seat, change.base_seq
        )
        touched[key] = None
    if fresh:
        connection.exec_driver_sql(INSERT_CHANGE, fresh)
    if ordered:
        connection.exec_driver_sql(_ORDER_CHANGE, ordered)
    written = {key: history[key] for key in touched}
    write_rows(connection, written)
    conflict_index.keep(connection, {key: known.values() for key, known in written.items()})
    touch(connection, touched)
    return {entity for entity, _id in touched}


def refold(connection: Connection, keys: set[Key]) -> None:
    """Make the rows of these entities anew from the log, and what stands in conflict in them. One without any change
    is no row."""
    history = history_of(connection, {entity_id for _entity, entity_id in keys})
    write_rows(connection, {key: known for key, known in history.items() if key in keys})
    for name, entity_id in sorted(keys - history.keys()):
        if (entity := ENTITIES.get(name)) is not None:
            if name in _UNINDEX:
                connection.exec_driver_sql(_UNINDEX[name], (entity_id,))
            connection.exec_driver_sql(f'DELETE FROM "{name}" WHERE {entity.id_field} = ?', (entity_id,))  # noqa: S608
    conflict_index.keep(connection, {key: history.get(key, {}).values() for key in keys})


def refold_rows(connection: Connection, keys: set[Key]) -> None:
    """Only the rows: while the schema is being brought up to date."""
    history = history_of(connection, {entity_id for _entity, entity_id in keys})
    write_rows(connection, {key: known for key, known in history.items() if key in keys})


def present(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of these changes (ids) that are in the log."""
    query = "SELECT change_id FROM change WHERE change_id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in connection.exec_driver_sql(query, (_encode_list(list(ids)).decode(),))}


def change_of(row: Any) -> Change:
    """The change that a whole row of the log (`select(CHANGE)`) holds."""
    return Change(
        ChangeId(row.change_id),
        row.entity,
        row.entity_id,
        from_text(row.at),
        row.author,
        row.seat,
        patch_from_text(row.patch),
        row.reason,
        row.base_seq,
        row.central_seq,
    )


def _change_row(change: Change, patch_text: str, role: str | None) -> tuple[Any, ...]:
    return (
        change.change_id,
        change.entity,
        change.entity_id,
        to_text(change.at),
        change.author,
        change.seat,
        patch_text,
        change.reason,
        change.base_seq,
        change.central_seq,
        role,
    )


def history_of(connection: Connection, entity_ids: set[str]) -> dict[Key, dict[str, Known]]:
    """All changes of everything that has one of these ids."""
    found: dict[Key, dict[str, Known]] = {}
    for entity, entity_id, change_id, seq, patch, *made in connection.exec_driver_sql(
        _CHANGES_OF, (_encode_list(sorted(entity_ids)).decode(),)
    ):
        known = Known(change_id, patch_from_text(patch), seq, *made)
        found.setdefault((entity, entity_id), {})[change_id] = known
    return found


def write_rows(connection: Connection, history: dict[Key, dict[str, Known]]) -> None:
    """Fold these and write their rows."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for (name, entity_id), known in history.items():
        if (entity := ENTITIES.get(name)) is not None:  # else a newer seat's: kept in the log until we know it
            rows.setdefault(name, []).append(to_columns(entity, entity_id, fold(known.values())))
    for name, values in rows.items():
        upsert_rows(connection, name, values)


def upsert_rows(connection: Connection, name: str, values: list[tuple[Any, ...]]) -> None:
    """Folded rows of an entity, as `to_columns` makes them."""
    connection.exec_driver_sql(_UPSERTS[name], values)
    if name == "person":
        connection.exec_driver_sql(_INDEX_PERSON, [(*words_of(row[1] or ""), row[0]) for row in values])
    elif name == "article":
        connection.exec_driver_sql(_INDEX_ARTICLE, [_article_words(row) for row in values])


def _article_words(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Nothing is found of a retired one."""
    known = dict(zip(columns_of(ENTITIES["article"]), row, strict=True))
    if known["retired"]:
        return "", "", "", "", row[0]
    categories, steps, words = (msgspec.json.decode(known[name] or "[]") for name in ("categories", "steps", "words"))
    title, body = known["title"] or "", known["text"] or ""
    return (*article_search.words_of(title, body, " ".join(steps), " ".join(words), tuple(categories)), row[0])

"""The seat store's tables. One per entity with typed columns, all nullable but the id: the row is a fold, and partial
until all of its changes have come. Beside them the change log itself, drafts, and `meta` (single values by name).

Foreign keys are left out on purpose: changes arrive in any order. Tables have no rowid (ids are UUIDv7, so inserts
append), except `person` and `article`, whose `search_id` ties them to their full-text tables."""

import json
from collections.abc import Callable

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, and_, text
from sqlalchemy.schema import CreateIndex, CreateTable

from desk.store import (
    arrivals,
    article_search,
    care_tables,
    conflict_index,
    listed_index,
    outside_tables,
    search_tables,
    set_aside_tables,
    sign_in_tables,
)
from desk.store.entities import ENTITIES, Entity, Kind
from desk.store.rows import refold_rows

metadata = MetaData()
SEARCHED = frozenset({"person", "article"})


def _table(entity: Entity) -> Table:
    columns: list[Column[str] | Column[int]] = []
    keyed = entity.name in SEARCHED
    if keyed:
        columns.append(Column("search_id", Integer, primary_key=True))
    columns.append(Column(entity.id_field, Text, primary_key=not keyed, nullable=False, unique=keyed or None))
    columns += [
        Column(field, Integer) if kind in (Kind.NUMBER, Kind.FLAG) else Column(field, Text)
        for field, kind in entity.kinds.items()
    ]
    return Table(entity.name, metadata, *columns, sqlite_with_rowid=keyed)


ROWS: dict[str, Table] = {name: _table(entity) for name, entity in ENTITIES.items()}

CHANGE = Table(
    "change",
    metadata,
    Column("change_id", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),  # the work number, as the author's seat wrote it
    Column("seat", Text, nullable=False),
    Column("patch", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("base_seq", Integer, nullable=False),
    Column("central_seq", Integer),  # None until the centre has ordered it
    Column("role", Text),  # who the centre saw: the database role that wrote it
    Column("refused", Text),  # why the centre would not take it: set aside, visible, retried at the next start
    sqlite_with_rowid=False,
)
DRAFT = Table(
    "draft",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("author", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)
META = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

UNSENT = and_(CHANGE.c.central_seq.is_(None), CHANGE.c.refused.is_(None))


def _index(table: str, *columns: str) -> None:
    Index(f"{table}_by_{'_'.join(columns)}", *(ROWS[table].c[column] for column in columns))


Index("change_by_entity_id", CHANGE.c.entity_id)
Index("change_unsent", CHANGE.c.change_id, sqlite_where=UNSENT)
Index("change_refused", CHANGE.c.change_id, sqlite_where=text("refused IS NOT NULL"))
_index("household", "place_code")
_index("household", "building_id", "unit", "room")
_index("membership", "person_id")
_index("membership", "household_id")
_index("number", "lookup_key")
_index("number", "person_id")
_index("ticket", "household_id", "registered_at")
_index("ticket", "building_id", "registered_at")
_index("ticket", "registered_at")
_index("ticket", "number")
_index("ticket", "call_id")
_index("ticket", "person_id")
_index("call", "lookup_key", "offered_at")
_index("call", "household_id", "offered_at")
_index("call", "person_id", "offered_at")
_index("call", "offered_at")
_index("call", "ticket_id")
_index("recording", "chain", "chain_place")
_index("notice", "until")
_index("listening", "call_id")
_index("listening", "at")
_index("comment", "call_id")
_index("score", "call_id")
_index("score", "agent", "scored_at")
_index("sample", "period", "agent")
_index("sensitive_tag", "subject_id")
_index("message", "ticket_id")
_index("message", "delivery", "made_at")
_index("message", "dedupe_key")
_index("ticket", "next_due_at")
_index("ticket", "stage", "next_due_at")
_index("ticket", "owner", "next_due_at")
_index("ticket", "handler_id", "stage")
_index("ticket", "parent_id")
_index("ticket", "done_at")
_index("ticket", "closed_at")
_index("ticket", "public_area_id", "registered_at")
_index("ticket", "building_id", "stage")
_index("ticket", "category", "registered_at")
listed_index.define(ROWS["ticket"])
_index("task", "ticket_id")
_index("task", "handler_id", "stage", "due_at", "done_at")  # all that a workload asks of it
_index("task", "stage", "due_at")
_index("attempt", "ticket_id", "at")
_index("attempt", "about_id", "at")
_index("attempt", "at")
# Those after which a row rests for a while, which are few: the queue asks for each of its rows.
_AGAIN = ROWS["attempt"].c["next_at"]
Index("attempt_rests", ROWS["attempt"].c["ticket_id"], _AGAIN, sqlite_where=_AGAIN.is_not(None))
_index("promise", "state", "due_at")
_index("promise", "ticket_id")
_index("promise", "call_id")
_index("follow_up", "state", "due_at")
_index("follow_up", "ticket_id")
_index("follow_up", "survey_id")
_index("follow_up", "done_at")
_index("follow_up", "checks_id")
_index("warning", "step", "due_at")
_index("warning", "ticket_id")
_index("incident", "building_id", "first_at")
_index("incident", "state")
_index("question", "state", "due_at")
_index("question", "ticket_id")
_index("duty_turn", "start")
_index("duty_turn", "who", "start")
_index("stay", "who", "since")
_index("state_span", "who", "since")
_index("hand_over", "made_at")
_index("seat_check", "seat_record_id", "at")

AFTER_THE_CALL = (
    "task",
    "attempt",
    "promise",
    "follow_up",
    "survey",
    "warning",
    "incident",
    "article",
    "question",
    "duty_turn",
    "stay",
    "state_span",
    "hand_over",
)

# Names by characters, full pinyin and initials. `start`: from the name's first character; `inner`: from a later one.
# Contentless: the words of it are made from the name whenever the row is written.
_PERSON_SEARCH = """
CREATE VIRTUAL TABLE person_search USING fts5(
    start, inner, content='', contentless_delete=1, prefix='1 2', tokenize='unicode61 remove_diacritics 0')
"""


def _first(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    connection.execute(text(_PERSON_SEARCH))


def _second(connection: Connection) -> None:
    """What became of a call beside its telephone facts: where it was transferred to, how it was heard."""
    _add_columns(connection, "call")


def _third(connection: Connection) -> None:
    """Recordings that are sealed, kept in the vault, listened to, remarked upon and scored; and found."""
    _add_columns(connection, "recording")
    _add_columns(connection, "ticket")
    _add_tables(connection, ("listening", "comment", "score", "sample"))
    for name in ("call", "ticket", "recording"):
        _add_indexes(connection, name)
    search_tables.create(connection)


def _fourth(connection: Connection) -> None:
    """Many seats: tags that not everybody may read, and messages to people outside."""
    _add_columns(connection, "person")
    _add_tables(connection, ("sensitive_tag", "message"))
    conflict_index.create(connection)
    set_aside_tables.create(connection)
    sign_in_tables.create(connection)
    outside_tables.create(connection)
    care_tables.create(connection)


def _fifth(connection: Connection) -> None:
    """What happens after the call."""
    connection.exec_driver_sql(article_search.CREATE)
    _add_columns(connection, "ticket")
    _add_columns(connection, "notice")
    _add_tables(connection, AFTER_THE_CALL)
    _add_indexes(connection, "ticket")


def _sixth(connection: Connection) -> None:
    """The seat register."""
    _add_tables(connection, ("seat_record", "seat_check"))


def _seventh(connection: Connection) -> None:
    """What was promised in a call, asked for whenever the call is scored; and after which attempts a row rests."""
    for name in ("promise", "attempt"):
        _add_indexes(connection, name)


def _eighth(connection: Connection) -> None:
    """When changes arrived at the centre."""
    arrivals.create(connection)


def _ninth(connection: Connection) -> None:
    """Calls are found by the people of their tickets, too."""
    _add_indexes(connection, "ticket")


def _add_tables(connection: Connection, names: tuple[str, ...]) -> None:
    """New entities. What a newer seat has written of them is in the log already, and is folded in now."""
    for name in names:
        connection.execute(CreateTable(ROWS[name], if_not_exists=True))
        _add_indexes(connection, name)
    found = connection.execute(
        text("SELECT DISTINCT entity, entity_id FROM change WHERE entity IN (SELECT value FROM json_each(:names))"),
        {"names": json.dumps(names)},
    )
    refold_rows(connection, {(entity, entity_id) for entity, entity_id in found})


def _add_indexes(connection: Connection, name: str) -> None:
    for index in ROWS[name].indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _add_columns(connection: Connection, name: str) -> None:
    """Give an entity's table the columns of those fields that it was made without; the newest first step makes them
    all. What a newer seat has written of them is in the log already, and is folded in now."""
    present = {column[1] for column in connection.exec_driver_sql(f'PRAGMA table_info("{name}")')}
    missing = [column for column in ROWS[name].columns if column.name not in present]
    for column in missing:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ADD COLUMN "{column.name}" {column.type.compile()}')
    if missing:
        told_of = text(
            "SELECT DISTINCT c.entity_id FROM change c, json_each(c.patch) p"
            " WHERE c.entity = :entity AND p.key IN (SELECT value FROM json_each(:fields))"
        )
        fields = json.dumps([column.name for column in missing])
        found = connection.execute(told_of, {"entity": name, "fields": fields}).scalars()
        refold_rows(connection, {(name, entity_id) for entity_id in found})


# One step from each version to the next; `PRAGMA user_version` says how many were taken. Never edit a step that has
# been released: add one.
STEPS: tuple[Callable[[Connection], None], ...] = (
    _first,
    _second,
    _third,
    _fourth,
    _fifth,
    _sixth,
    _seventh,
    _eighth,
    _ninth,
)

"""A store that a newer Desk has brought further, opened by an older one: what makes it possible to go back.

Every store says from which schema on a Desk can go on with it (`GOES_ON_FROM`, kept as "goes_on_from"). Steps that only
add, tables, columns, indexes, leave it as it is. An older Desk then opens the store as it stands: what it does not know
of comes into the change log as ever, and into no row. It sets the schema's number back to its own and notes which
columns it did not know, so that the newer Desk, when it comes again, takes its steps once more and folds in what was
written meanwhile. Hence: a step can be taken a second time.

Where a step could not only add, the older Desk refuses the store (`StoreNewer`), and a repair makes a store of its own
kind out of it (`desk.store.repair`), with all that is unsent. In the opener's transaction."""

import json

from sqlalchemy import Connection, text

from desk.store import schema
from desk.store.meta import drop_value, keep_value, value_of
from desk.store.rows import refold_rows

GOES_ON_FROM = 5  # raised by a step that does not only add, to that step's number
_KEPT, _UNKNOWN = "goes_on_from", "unknown_columns"

_TOLD_OF = text(
    "SELECT DISTINCT c.entity_id FROM change c, json_each(c.patch) p"
    " WHERE c.entity = :entity AND p.key IN (SELECT value FROM json_each(:fields))"
)


def may_go_on(connection: Connection, schema_number: int) -> bool:
    """Whether this Desk, of that schema, can go on with a store that a newer one has brought further."""
    kept = value_of(connection, _KEPT)
    return kept is not None and kept.isdecimal() and int(kept) <= schema_number


def take_over(connection: Connection, schema_number: int) -> None:
    """From here on it is this older Desk's."""
    unknown = _unknown_columns(connection)
    if unknown:
        keep_value(connection, _UNKNOWN, json.dumps(unknown))
    connection.exec_driver_sql(f"PRAGMA user_version={schema_number}")


def caught_up(connection: Connection) -> None:
    """The steps were taken: fold in what an older Desk has left out, and say from where on one can go on."""
    keep_value(connection, _KEPT, str(GOES_ON_FROM))
    kept = value_of(connection, _UNKNOWN)
    if kept is None:
        return
    for entity, fields in json.loads(kept).items():
        if entity in schema.ROWS:
            found = connection.execute(_TOLD_OF, {"entity": entity, "fields": json.dumps(fields)}).scalars()
            refold_rows(connection, {(entity, entity_id) for entity_id in found})
    drop_value(connection, _UNKNOWN)


def _unknown_columns(connection: Connection) -> dict[str, list[str]]:
    """By entity, of those that this Desk knows."""
    unknown = {}
    for name, table in schema.ROWS.items():
        there = {column[1] for column in connection.exec_driver_sql(f'PRAGMA table_info("{name}")')}
        beyond = sorted(there - {column.name for column in table.columns})
        if beyond:
            unknown[name] = beyond
    return unknown

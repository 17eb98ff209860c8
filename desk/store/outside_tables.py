"""What residents coming in and tickets going out need of the seat store's schema.

`ticket_out`: a ticket is marked in it by whatever changes it (`touched` counts), in the same transaction, and the hook
remembers how far it has told (`told`). Triggers, so that no way of writing can forget it. Of tickets that nobody wants
to hear of, it is a row each and no more."""

from sqlalchemy import Connection

_STATEMENTS = (
    # An empty home's own number is looked for by its home, which nothing else does.
    "CREATE INDEX IF NOT EXISTS number_by_household_id ON number (household_id) WHERE household_id IS NOT NULL",
    """CREATE TABLE IF NOT EXISTS ticket_out (
        ticket_id TEXT PRIMARY KEY, touched INTEGER NOT NULL DEFAULT 1, told INTEGER NOT NULL DEFAULT 0,
        body_hash TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0, next_try_at TEXT NOT NULL DEFAULT '',
        why TEXT NOT NULL DEFAULT '') WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS ticket_out_waiting ON ticket_out (next_try_at, ticket_id) WHERE touched > told",
    """CREATE TRIGGER IF NOT EXISTS ticket_out_made AFTER INSERT ON change WHEN new.entity = 'ticket' BEGIN
        INSERT INTO ticket_out (ticket_id) VALUES (new.entity_id)
        ON CONFLICT (ticket_id) DO UPDATE SET touched = touched + 1; END""",
    """CREATE TRIGGER IF NOT EXISTS ticket_out_ordered AFTER UPDATE OF central_seq ON change
        WHEN new.entity = 'ticket' BEGIN
        INSERT INTO ticket_out (ticket_id) VALUES (new.entity_id)
        ON CONFLICT (ticket_id) DO UPDATE SET touched = touched + 1; END""",
)


def create(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)

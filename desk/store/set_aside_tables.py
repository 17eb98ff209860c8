"""The table of changes that somebody took out of the log because the centre would not have them. Local to this seat;
nothing is ever deleted from it but what is put back."""

from sqlalchemy import Connection

_TABLE = """
CREATE TABLE IF NOT EXISTS dropped_change (
    change_id TEXT PRIMARY KEY NOT NULL, entity TEXT NOT NULL, entity_id TEXT NOT NULL, at TEXT NOT NULL,
    author TEXT NOT NULL, seat TEXT NOT NULL, patch TEXT NOT NULL, reason TEXT NOT NULL, base_seq INTEGER NOT NULL,
    refused TEXT NOT NULL, dropped_by TEXT NOT NULL, dropped_at TEXT NOT NULL, dropped_why TEXT NOT NULL) WITHOUT ROWID
"""


def create(connection: Connection) -> None:
    connection.exec_driver_sql(_TABLE)

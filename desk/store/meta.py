"""The seat store's single values by name (table `meta`). Inside the caller's transaction."""

from sqlalchemy import Connection

_KEEP = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def value_of(connection: Connection, name: str) -> str | None:
    value: str | None = connection.exec_driver_sql(
        "SELECT value FROM meta WHERE name = ?", (name,)
    ).scalar_one_or_none()
    return value


def keep_value(connection: Connection, name: str, value: str) -> None:
    connection.exec_driver_sql(_KEEP, (name, value))


def drop_value(connection: Connection, name: str) -> None:
    connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (name,))

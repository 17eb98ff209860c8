"""When the centre received a change, where that is told apart from when its seat's clock says that it was made: the
seat was away, or its clock is wrong. Of all others nothing is kept. Written with the change, within the caller's
transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from desk.domain.arrival import is_told_apart
from desk.domain.identity import ChangeId
from desk.domain.times import to_text

_TABLE = "CREATE TABLE IF NOT EXISTS arrival (change_id TEXT PRIMARY KEY NOT NULL, at TEXT NOT NULL) WITHOUT ROWID"


def create(connection: Connection) -> None:
    connection.exec_driver_sql(_TABLE)


def keep(connection: Connection, arrived: Iterable[tuple[ChangeId, datetime, datetime | None]]) -> None:
    """(its id, when it was made, when it arrived) of each; None: an older centre does not say."""
    rows = [(one, to_text(at)) for one, made, at in arrived if at is not None and is_told_apart(made, at)]
    if rows:
        connection.exec_driver_sql("INSERT OR REPLACE INTO arrival (change_id, at) VALUES (?, ?)", rows)

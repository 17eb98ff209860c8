"""When the centre has lost its newest changes (a backup was restored): what this store still holds of them.

The central order is that of commits, so what a restored centre has is everything up to one place, the common head, and
nothing of what this store knows above it. All of that is unsent again, whoever wrote it; the cursor goes back to the
common head. Rows that this store was filled with (`desk.store.filling`) from beyond the common head may hold what the
centre does not know any more: they stay to be worked with, below everything else in the order, until it has been filled
again. The sync process's."""

from collections.abc import Iterator

from sqlalchemy import Connection

from desk.domain.identity import ChangeId
from desk.store.change_log import cursor_of
from desk.store.filling import AGED, FILL
from desk.store.meta import drop_value, keep_value
from desk.store.rows import Key, refold
from desk.store.store import Store
from desk.store.synthetic import NOT_SYNTHETIC

PAGE = 5_000
_HELD = f"""SELECT central_seq, change_id FROM change WHERE central_seq <= ? AND {NOT_SYNTHETIC}
    ORDER BY central_seq DESC LIMIT ?"""  # noqa: S608
_ABOVE = "SELECT DISTINCT entity, entity_id FROM change WHERE central_seq > ?"
_FORGET = f"UPDATE change SET central_seq = NULL, role = NULL WHERE central_seq > ? AND {NOT_SYNTHETIC}"  # noqa: S608
_AGE = "UPDATE change SET central_seq = 0 WHERE central_seq > ?"
_LOWER = "UPDATE meta SET value = ? WHERE name LIKE 'cursor:%' AND CAST(value AS INTEGER) > ?"


class SqlCommonHead:
    def __init__(self, store: Store) -> None:
        self._store = store

    def held(self, until_seq: int) -> Iterator[list[tuple[int, ChangeId]]]:
        """What this store knows of the central order, page by page, from `until_seq` downwards."""
        while True:
            with self._store.read() as connection:
                rows = connection.exec_driver_sql(_HELD, (until_seq, PAGE)).all()
            if not rows:
                return
            yield [(row[0], ChangeId(row[1])) for row in rows]
            until_seq = rows[-1][0] - 1

    def go_back_to(self, common: int, common_id: ChangeId | None) -> int:
        """Offer everything above the common head again, and pull from there. Returns how many changes are unsent
        again. One transaction."""
        with self._store.write() as connection:
            keys: set[Key] = {(row[0], row[1]) for row in connection.exec_driver_sql(_ABOVE, (common,))}
            forgotten = connection.exec_driver_sql(_FORGET, (common,)).rowcount
            aged = connection.exec_driver_sql(_AGE, (common,)).rowcount
            _lower_cursors(connection, 0 if aged else common)
            if aged:
                drop_value(connection, FILL)
                keep_value(connection, AGED, "1")
            keep_value(connection, "top", str(common))
            keep_value(connection, "top_id", common_id or "")
            refold(connection, keys)
        return forgotten


def _lower_cursors(connection: Connection, common: int) -> None:
    keep_value(connection, "cursor", str(min(common, cursor_of(connection))))
    connection.exec_driver_sql(_LOWER, (str(common), common))

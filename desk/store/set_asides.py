"""Changes that the centre would not take, as somebody looks after them. See `desk.usecases.conflict_ports.SetAsides`.
Any thread; each call is one transaction.

A change that is dropped leaves the log, for else it would stand in this seat's row and nowhere else for ever; it goes
whole into `dropped_change`, from where it can be put back."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from desk.domain.changes import Change
from desk.domain.identity import ChangeId
from desk.domain.set_aside import Dropped, SetAside
from desk.domain.times import from_text, to_text
from desk.store.entities import patch_from_text
from desk.store.rows import Key, refold
from desk.store.search_tables import touch
from desk.store.store import Store

_MADE = "change_id, entity, entity_id, at, author, seat, patch, reason, base_seq"
_DROP = (
    f"INSERT INTO dropped_change ({_MADE}, refused, dropped_by, dropped_at, dropped_why)"  # noqa: S608
    f" SELECT {_MADE}, refused, ?, ?, ? FROM change WHERE change_id = ? AND refused IS NOT NULL"
)
_PUT_BACK = (
    f"INSERT INTO change ({_MADE}) SELECT {_MADE} FROM dropped_change WHERE change_id = ?"  # noqa: S608
    " ON CONFLICT (change_id) DO NOTHING"
)


class SqlSetAsides:
    def __init__(self, store: Store) -> None:
        self._store = store

    def refused(self, limit: int) -> list[SetAside]:
        query = f"SELECT {_MADE}, refused FROM change WHERE refused IS NOT NULL ORDER BY change_id DESC LIMIT ?"  # noqa: S608
        with self._store.read() as connection:
            rows = connection.exec_driver_sql(query, (limit,)).all()
        return [SetAside(_change(row[:9]), row[9]) for row in rows]

    def dropped(self, limit: int) -> list[SetAside]:
        query = (
            f"SELECT {_MADE}, refused, dropped_by, dropped_at, dropped_why FROM dropped_change"  # noqa: S608
            " ORDER BY dropped_at DESC, change_id DESC LIMIT ?"
        )
        with self._store.read() as connection:
            rows = connection.exec_driver_sql(query, (limit,)).all()
        return [SetAside(_change(row[:9]), row[9], Dropped(row[10], from_text(row[11]), row[12])) for row in rows]

    def retry(self, change_ids: Sequence[ChangeId]) -> None:
        with self._store.write() as connection:
            query = "UPDATE change SET refused = NULL WHERE change_id = ? AND refused IS NOT NULL"
            connection.exec_driver_sql(query, [(change_id,) for change_id in change_ids])

    def drop(self, change_id: ChangeId, by: str, at: datetime, why: str) -> bool:
        with self._store.write() as connection:
            return drop_refused(connection, change_id, by, at, why)

    def put_back(self, change_id: ChangeId) -> bool:
        with self._store.write() as connection:
            key = _key_of(connection, "dropped_change", change_id)
            if key is None:
                return False
            connection.exec_driver_sql(_PUT_BACK, (change_id,))
            connection.exec_driver_sql("DELETE FROM dropped_change WHERE change_id = ?", (change_id,))
            refold(connection, {key})
            touch(connection, [key])
        return True


def drop_refused(connection: Connection, change_id: ChangeId, by: str, at: datetime, why: str) -> bool:
    """Within the caller's transaction; False where it was taken by the centre meanwhile, or dropped in another
    window."""
    key = _key_of(connection, "change", change_id)
    moved = connection.exec_driver_sql(_DROP, (by, to_text(at), why, change_id)).rowcount
    if not moved or key is None:
        return False
    connection.exec_driver_sql("DELETE FROM change WHERE change_id = ?", (change_id,))
    refold(connection, {key})
    touch(connection, [key])
    return True


def _key_of(connection: Connection, table: str, change_id: ChangeId) -> Key | None:
    query = f"SELECT entity, entity_id FROM {table} WHERE change_id = ?"  # noqa: S608
    row = connection.exec_driver_sql(query, (change_id,)).one_or_none()
    return (row[0], row[1]) if row else None


def _change(row: Sequence[object]) -> Change:
    change_id, entity, entity_id, at, author, seat, patch, reason, base_seq = row
    return Change(
        ChangeId(str(change_id)),
        str(entity),
        str(entity_id),
        from_text(str(at)),
        str(author),
        str(seat),
        patch_from_text(str(patch)),
        str(reason),
        msgspec.convert(base_seq, int),
    )

"""Conflicts read from the seat store. See `desk.usecases.conflict_ports.Conflicts`. Any thread."""

from desk.domain.conflicts import STAGE
from desk.store.store import Store

COUNT_LIMIT = 1_000


class SqlConflicts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def things(self, limit: int) -> list[tuple[str, str]]:
        query = (
            "SELECT entity, entity_id, max(stands) AS latest FROM conflict GROUP BY entity, entity_id"
            " ORDER BY latest DESC LIMIT ?"
        )
        with self._store.read() as connection:
            return [(row[0], row[1]) for row in connection.exec_driver_sql(query, (limit,))]

    def count(self) -> int:
        with self._store.read() as connection:
            query = "SELECT count(*) FROM (SELECT 1 FROM conflict LIMIT ?)"
            return int(connection.exec_driver_sql(query, (COUNT_LIMIT,)).scalar_one())

    def stages_to_settle(self, seat: str, limit: int) -> list[str]:
        return self._to_settle("ticket", seat, limit)

    def task_stages_to_settle(self, seat: str, limit: int) -> list[str]:
        return self._to_settle("task", seat, limit)

    def _to_settle(self, entity: str, seat: str, limit: int) -> list[str]:
        query = "SELECT entity_id FROM conflict WHERE entity = ? AND aspect = ? AND seat = ? AND final LIMIT ?"
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(query, (entity, STAGE, seat, limit))]

"""The change log by ticket: see `desk.usecases.read_timeline.Trails`. Any thread."""

from desk.domain.arrival import Arrival
from desk.domain.changes import Change
from desk.domain.identity import ChangeId, TicketId
from desk.domain.times import from_text
from desk.store.rows import change_of
from desk.store.store import Store

# What points to a ticket by its `ticket_id`, each with an index on it.
POINTING = {
    "call": "call_id",
    "task": "task_id",
    "attempt": "attempt_id",
    "promise": "promise_id",
    "follow_up": "follow_up_id",
    "warning": "warning_id",
    "message": "message_id",
    "question": "question_id",
}
_POINTED = " UNION ALL ".join(
    f"SELECT '{entity}' AS entity, {field} AS entity_id FROM \"{entity}\" WHERE ticket_id = :ticket"  # noqa: S608
    for entity, field in POINTING.items()
)
_TRAIL = (
    f"SELECT c.* FROM (SELECT 'ticket' AS entity, :ticket AS entity_id UNION ALL {_POINTED}) t"  # noqa: S608
    " CROSS JOIN change c ON c.entity_id = t.entity_id AND c.entity = t.entity"
    " ORDER BY c.central_seq IS NULL, c.central_seq, c.change_id"
)


_ARRIVED = (
    f"SELECT c.change_id, c.role, a.at FROM ({_TRAIL}) c LEFT JOIN arrival a ON a.change_id = c.change_id"  # noqa: S608
    " WHERE c.role IS NOT NULL"
)


class SqlTrails:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_ticket(self, ticket_id: TicketId) -> list[Change]:
        with self._store.read() as connection:
            return [change_of(row) for row in connection.exec_driver_sql(_TRAIL, {"ticket": ticket_id})]

    def arrivals(self, ticket_id: TicketId) -> dict[ChangeId, Arrival]:
        with self._store.read() as connection:
            found = connection.exec_driver_sql(_ARRIVED, {"ticket": ticket_id})
            return {ChangeId(one): Arrival(role, from_text(at) if at else None) for one, role, at in found}

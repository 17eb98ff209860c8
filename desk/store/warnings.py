"""Early warnings read from the seat store. Implements `desk.usecases.warning_ports.Warnings`. Any thread."""

from sqlalchemy import func, select

from desk.domain.conflicts import STEP
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning, WarningStep
from desk.domain.identity import TicketId
from desk.store.queries import AMONG, Reader, listed
from desk.store.schema import CHANGE
from desk.store.store import Store

_OPEN = listed(sorted(step.value for step in OPEN_WARNINGS))
_ENDED = listed(sorted(step.value for step in frozenset(WarningStep) - OPEN_WARNINGS))
_TO_SETTLE = "SELECT entity_id FROM conflict WHERE entity = 'warning' AND aspect = ? AND seat = ? AND final LIMIT ?"


class SqlWarnings:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._warnings = Reader(store, EarlyWarning)

    def get(self, warning_id: str) -> EarlyWarning | None:
        found = self._warnings.where("warning_id = ?", warning_id)
        return found[0] if found else None

    def of_ticket(self, ticket_id: TicketId) -> list[EarlyWarning]:
        return self._warnings.where("ticket_id = ? ORDER BY raised_at DESC, warning_id DESC", ticket_id)

    def open(self, limit: int) -> list[EarlyWarning]:
        return self._warnings.where(f"step {AMONG} ORDER BY due_at, warning_id LIMIT ?", _OPEN, limit)

    def ended(self, limit: int) -> list[EarlyWarning]:
        return self._warnings.where(f"step {AMONG} ORDER BY closed_at DESC, warning_id DESC LIMIT ?", _ENDED, limit)

    def times_at(self, warning_id: str, step: WarningStep) -> int:
        came = select(func.count()).where(
            CHANGE.c.entity == "warning",
            CHANGE.c.entity_id == warning_id,
            func.json_extract(CHANGE.c.patch, "$.step") == step.value,
        )
        with self._store.read() as connection:
            return int(connection.execute(came).scalar_one())

    def steps_to_settle(self, seat: str, limit: int) -> list[str]:
        with self._store.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(_TO_SETTLE, (STEP, seat, limit))]

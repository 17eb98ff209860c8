"""Early warnings over the store in memory: see `desk.usecases.fakes`."""

from desk.domain.conflicts import STEP, find
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning, WarningStep
from desk.domain.identity import TicketId
from desk.usecases.fakes import FakeStore


class FakeWarnings:
    """`warning_ports.Warnings`."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def get(self, warning_id: str) -> EarlyWarning | None:
        return next((one for one in self._store.all_of(EarlyWarning) if one.warning_id == warning_id), None)

    def of_ticket(self, ticket_id: TicketId) -> list[EarlyWarning]:
        found = [one for one in self._store.all_of(EarlyWarning) if one.ticket_id == ticket_id]
        return sorted(found, key=lambda one: (one.raised_at, one.warning_id), reverse=True)

    def open(self, limit: int) -> list[EarlyWarning]:
        found = [one for one in self._store.all_of(EarlyWarning) if one.step in OPEN_WARNINGS]
        return sorted(found, key=lambda one: (one.due_at, one.warning_id))[:limit]

    def ended(self, limit: int) -> list[EarlyWarning]:
        found = [one for one in self._store.all_of(EarlyWarning) if one.step not in OPEN_WARNINGS]
        return sorted(found, key=lambda one: (one.closed_at or one.raised_at, one.warning_id), reverse=True)[:limit]

    def times_at(self, warning_id: str, step: WarningStep) -> int:
        return sum(
            (change.entity, change.entity_id) == ("warning", warning_id) and change.patch.get("step") == step.value
            for change in self._store.changes
        )

    def steps_to_settle(self, seat: str, limit: int) -> list[str]:
        ids = sorted({change.entity_id for change in self._store.changes if change.entity == "warning"})
        found = []
        for warning_id in ids:
            changes = [c for c in self._store.changes if (c.entity, c.entity_id) == ("warning", warning_id)]
            conflicts = find("warning", warning_id, changes).conflicts
            if any(one.aspect == STEP and one.is_final and one.stands.seat == seat for one in conflicts):
                found.append(warning_id)
        return found[:limit]

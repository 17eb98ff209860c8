"""Conflicts and refused changes over the store in memory: see `desk.usecases.fakes`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from desk.domain.conflicts import STAGE, Conflict, find
from desk.domain.identity import ChangeId
from desk.domain.set_aside import Dropped, SetAside
from desk.usecases.fakes import FakeStore


class FakeConflicts:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def things(self, limit: int) -> list[tuple[str, str]]:
        latest = sorted(self._all(), key=lambda one: one.stands.change_id, reverse=True)
        return list(dict.fromkeys((one.entity, one.entity_id) for one in latest))[:limit]

    def count(self) -> int:
        return len(self._all())

    def stages_to_settle(self, seat: str, limit: int) -> list[str]:
        return self._to_settle("ticket", seat)[:limit]

    def task_stages_to_settle(self, seat: str, limit: int) -> list[str]:
        return self._to_settle("task", seat)[:limit]

    def _to_settle(self, entity: str, seat: str) -> list[str]:
        return [
            one.entity_id
            for one in self._all()
            if one.entity == entity and one.aspect == STAGE and one.stands.seat == seat and one.is_final
        ]

    def _all(self) -> list[Conflict]:
        keys = dict.fromkeys((c.entity, c.entity_id) for c in self._store.changes)
        return [
            conflict
            for key in keys
            for conflict in find(*key, [c for c in self._store.changes if (c.entity, c.entity_id) == key]).conflicts
        ]


class FakeSetAsides:
    """Knows what it was given; rows are left as they are."""

    def __init__(self, refused: Sequence[SetAside] = ()) -> None:
        self._refused = {one.change.change_id: one for one in refused}
        self._dropped: dict[ChangeId, SetAside] = {}
        self.retried: list[ChangeId] = []

    def refused(self, limit: int) -> list[SetAside]:
        return sorted(self._refused.values(), key=lambda one: one.change.change_id, reverse=True)[:limit]

    def dropped(self, limit: int) -> list[SetAside]:
        return list(reversed(self._dropped.values()))[:limit]

    def retry(self, change_ids: Sequence[ChangeId]) -> None:
        self.retried += [one for one in change_ids if self._refused.pop(one, None)]

    def drop(self, change_id: ChangeId, by: str, at: datetime, why: str) -> bool:
        one = self._refused.pop(change_id, None)
        if one is not None:
            self._dropped[change_id] = replace(one, dropped=Dropped(by, at, why))
        return one is not None

    def put_back(self, change_id: ChangeId) -> bool:
        if self._dropped.pop(change_id, None) is None:
            return False
        self.retried.append(change_id)
        return True

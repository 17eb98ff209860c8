"""The change log read back, over the store in memory: see `desk.usecases.fakes`."""

from desk.domain.call_log import RecordingEntry
from desk.domain.changes import Change
from desk.usecases.fakes import FakeStore


class FakeHistories:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of(self, entity: str, entity_id: str) -> list[Change]:
        found = [c for c in self._store.changes if (c.entity, c.entity_id) == (entity, entity_id)]
        return sorted(found, key=lambda c: (c.central_seq is None, c.central_seq or 0, c.change_id))


class FakeSealedLog:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def hash_at(self, chain: str, place: int) -> str:
        entries = self._store.all_of(RecordingEntry)
        return next((e.seal_hash for e in entries if (e.chain, e.chain_place) == (chain, place)), "")

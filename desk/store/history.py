"""The change log read back: what became of one thing, and what it says of sealed recordings. See
`desk.usecases.recording_ports.Histories` and `SealedLog`. Any thread."""

from collections.abc import Iterator

from sqlalchemy import func, select

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.changes import Change
from desk.domain.listening import Access
from desk.store.queries import Reader
from desk.store.rows import change_of
from desk.store.schema import CHANGE, ROWS
from desk.store.store import Store

_RECORDING, _LISTENING = ROWS["recording"], ROWS["listening"]
_PAGE = 1_000


class SqlHistories:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, entity: str, entity_id: str) -> list[Change]:
        query = select(CHANGE).where(CHANGE.c.entity_id == entity_id, CHANGE.c.entity == entity)
        with self._store.read() as connection:
            changes = [change_of(row) for row in connection.execute(query)]
        return sorted(changes, key=lambda c: (c.central_seq is None, c.central_seq or 0, c.change_id))


class SqlSealedLog:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._recordings = Reader(store, RecordingEntry)

    def hash_at(self, chain: str, place: int) -> str:
        query = select(_RECORDING.c.seal_hash).where(_RECORDING.c.chain == chain, _RECORDING.c.chain_place == place)
        with self._store.read() as connection:
            return connection.execute(query.limit(1)).scalar_one_or_none() or ""

    def all_recordings(self) -> Iterator[RecordingEntry]:
        """Every recording in the log, by call; a thousand in memory at once."""
        after = ""
        while True:
            query = select(_RECORDING).where(_RECORDING.c.call_id > after, _RECORDING.c.kept.is_not(None))
            page = self._recordings.many(query.order_by(_RECORDING.c.call_id).limit(_PAGE))
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].call_id

    def count(self) -> int:
        """Of recordings that were kept."""
        query = select(func.count()).select_from(_RECORDING).where(_RECORDING.c.kept == RecordingKept.KEPT.value)
        with self._store.read() as connection:
            return int(connection.execute(query).scalar_one())

    def details(self, access: Access, call_id: str) -> frozenset[str]:
        """What the listening log says in `detail` of each time this was done with this call."""
        query = select(_LISTENING.c.detail).where(
            _LISTENING.c.call_id == call_id, _LISTENING.c.access == access.value, _LISTENING.c.detail.is_not(None)
        )
        with self._store.read() as connection:
            return frozenset(connection.execute(query).scalars())

"""Changes of a recording that depend on how it stands: read and written in one transaction of the seat store, so that
nothing another process of the seat does comes in between. See `desk.usecases.recording_ports.RecordingChanges`. Any
thread."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from desk.domain.call_log import RecordingEntry
from desk.domain.changes import Change
from desk.domain.identity import CallId
from desk.store.entities import ENTITIES, check_patch, read
from desk.store.rows import write_changes
from desk.store.schema import ROWS
from desk.store.store import Store

_RECORDING = ROWS["recording"]


class SqlRecordingChanges:
    def __init__(self, store: Store) -> None:
        self._store = store

    def append_if(
        self, call_id: CallId, fits: Callable[[RecordingEntry | None], bool], changes: Sequence[Change]
    ) -> bool:
        for change in changes:
            check_patch(change.entity, change.entity_id, change.patch)
        with self._store.write() as connection:
            row = connection.execute(select(_RECORDING).where(_RECORDING.c.call_id == call_id)).one_or_none()
            entry = None if row is None else read(ENTITIES["recording"], row._asdict())
            fitting = fits(entry)
            if fitting:
                write_changes(connection, changes)
        return fitting

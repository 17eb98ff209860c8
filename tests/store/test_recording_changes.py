"""What depends on how a recording stands is read and written in one go."""

import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.domain.changes import Patch
from desk.domain.identity import CallId
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.entities import BadPatch
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.store import Store
from desk.usecases.fakes import FakeAuthor

CALL = CallId("0193a000-0000-7000-8000-000000000001")
KEPT: Patch = {"kept": "kept", "file": "a.age"}
HELD: Patch = {"legal_hold": True}
DELETED: Patch = {"deleted_by": "1001"}


@pytest.fixture
def author() -> FakeAuthor:
    ids = count(1)
    clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)  # noqa: E731
    return FakeAuthor("1001", "S01", clock, lambda: f"0193b000-0000-7000-8000-{next(ids):012d}")


def test_it_writes_where_it_fits_and_nothing_where_it_does_not(tmp_path: Path, author: FakeAuthor) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    changes, calls = SqlRecordingChanges(store), SqlCallLog(store)
    seen: list[RecordingEntry | None] = []

    def fits(entry: RecordingEntry | None) -> bool:
        seen.append(entry)
        return True

    assert changes.append_if(CALL, fits, [author.change("recording", CALL, KEPT)])
    assert not changes.append_if(
        CALL, lambda entry: entry is None or entry.legal_hold, [author.change("recording", CALL, HELD)]
    )
    entry = calls.recording(CALL)
    assert seen == [None]
    assert entry is not None
    assert entry.legal_hold is False
    with pytest.raises(BadPatch):
        changes.append_if(CALL, lambda _entry: True, [author.change("recording", CALL, {"nonsense": 1})])
    store.close()


def test_no_other_process_writes_between_the_look_and_the_writing(tmp_path: Path, author: FakeAuthor) -> None:
    secrets = FakeSecrets()
    store, other = Store.open(tmp_path / "seat.db", secrets), Store.open(tmp_path / "seat.db", secrets)
    SqlChangeLog(store).append([author.change("recording", CALL, KEPT)])
    late = [author.change("recording", CALL, HELD)]
    writer = threading.Thread(target=SqlChangeLog(other).append, args=(late,))
    waited: list[bool] = []

    def fits(entry: RecordingEntry | None) -> bool:
        writer.start()
        writer.join(0.3)  # it would be done by then, if it were let
        waited.append(writer.is_alive())
        return entry is not None and not entry.legal_hold

    assert SqlRecordingChanges(store).append_if(CALL, fits, [author.change("recording", CALL, DELETED)])
    writer.join(30)
    entry = SqlCallLog(store).recording(CALL)
    assert waited == [True]
    assert entry is not None
    assert (entry.deleted_by, entry.legal_hold) == ("1001", True)
    other.close()
    store.close()

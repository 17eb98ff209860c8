"""What recording tells of a seat's health: the vault, and what still waits at the seat."""

from pathlib import Path

import pytest

from desk.domain.health import Level
from desk.recording.health import vault, waiting
from desk.recording.vault.fake import FakeVault
from desk.settings import RecordingSettings, Settings
from desk.usecases.recording_ports import VaultAway, VaultRefused

HOUR_S = 3600.0
FIRST, SECOND = "0193a000-0000-7000-8000-000000000001", "0193a000-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("trouble", "level"), [(None, Level.OK), (VaultAway("gone"), Level.WRONG), (VaultRefused("no"), Level.WRONG)]
)
def test_a_vault_is_tried_by_writing(trouble: Exception | None, level: Level) -> None:
    store = FakeVault()
    store.trouble = trouble
    (found,) = vault(store)
    assert found.level is level
    assert bool(found.remedy) == (level is Level.WRONG)
    assert store.puts == []


def test_what_waits_is_counted_by_calls_wherever_it_lies(tmp_path: Path) -> None:
    seat = Settings(data_dir=tmp_path, recording=RecordingSettings(overflow_folder=str(tmp_path / "second")))
    (found,) = waiting(seat)
    assert (found.level, found.figures["unsealed"], found.figures["unvaulted"]) == (Level.OK, 0, 0)
    for folder in (*seat.spool_dirs, seat.sealed_dir / "2026"):
        folder.mkdir(parents=True)
    (seat.spool_dirs[0] / f"{FIRST}.jsonl").touch()
    (seat.spool_dirs[1] / f"{FIRST}.960.jsonl").touch()  # another piece of the same call
    (seat.spool_dirs[0] / f"{SECOND}.jsonl").touch()
    newest = seat.sealed_dir / "2026" / f"{SECOND}.age"
    newest.touch()
    (found,) = waiting(seat, newest.stat().st_mtime + HOUR_S)
    assert (found.level, found.figures["unsealed"], found.figures["unvaulted"]) == (Level.OK, 1, 1)
    (found,) = waiting(seat, newest.stat().st_mtime + 30 * HOUR_S)
    assert found.level is Level.WARNING
    assert found.remedy

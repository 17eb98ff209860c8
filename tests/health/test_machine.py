"""What is under the seat: folders, disk, crashes, versions."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from desk.domain.health import Level, worst
from desk.health import machine
from desk.settings import RecordingSettings, Settings

DAY_S = 24 * 3600


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data, run = tmp_path / "数据 data", tmp_path / "run"
    data.mkdir(mode=0o700)
    run.mkdir(mode=0o700)
    return Settings(data_dir=data, runtime_dir=run, recording=RecordingSettings(warn_free_mb=0))


def test_a_seat_of_ones_own_is_well(settings: Settings) -> None:
    assert [found.level for found in machine.folders(settings)] == [Level.OK]
    assert list(settings.data_dir.iterdir()) == []  # nothing is left of having tried


def test_what_is_not_there_yet_is_made_at_the_first_start(tmp_path: Path) -> None:
    new = Settings(data_dir=tmp_path / "a" / "b", runtime_dir=tmp_path / "c")
    assert worst(machine.folders(new)) is Level.OK
    assert worst(machine.disk(replace(new, recording=RecordingSettings(warn_free_mb=0)))) is Level.OK
    assert worst(machine.crashes(new)) is Level.OK
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(("mode", "level"), [(0o700, Level.OK), (0o750, Level.WARNING), (0o702, Level.WRONG)])
def test_who_else_gets_in_is_told(settings: Settings, mode: int, level: Level) -> None:
    settings.data_dir.chmod(mode)
    assert worst(machine.folders(settings)) is level


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(settings: Settings) -> None:
    settings.data_dir.chmod(0o500)
    assert worst(machine.folders(settings)) is Level.WRONG
    settings.data_dir.chmod(0o700)


def test_little_space_is_a_warning_before_it_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for free_mb, level in ((100, Level.WRONG), (500, Level.WARNING), (5_000, Level.OK)):
        usage = (10**12, 0, free_mb * 1_000_000)
        monkeypatch.setattr("desk.health.machine.shutil.disk_usage", lambda _folder, usage=usage: _Usage(*usage))
        told = replace(settings, recording=RecordingSettings(warn_free_mb=1_000))
        found = machine.disk(told)
        assert [(one.level, one.figures["free_mb"]) for one in found] == [(level, free_mb)]


class _Usage:
    def __init__(self, total: int, used: int, free: int) -> None:
        self.total, self.used, self.free = total, used, free


def test_a_crash_counts_for_a_day_and_a_running_process_is_none(settings: Settings) -> None:
    settings.crash_dir.mkdir()
    (settings.crash_dir / "phone-1.txt").write_text("Aborted")
    (settings.crash_dir / "ui-2.txt").write_text("")  # of a process that runs
    now_s = (settings.crash_dir / "phone-1.txt").stat().st_mtime
    found = machine.crashes(settings, now_s + DAY_S / 2)
    assert [(one.level, one.figures["crashes_24h"]) for one in found] == [(Level.WARNING, 1)]
    assert worst(machine.crashes(settings, now_s + 2 * DAY_S)) is Level.OK


def test_the_versions_that_matter_are_named() -> None:
    (found,) = machine.versions()
    assert {"desk", "python", "system", "pjsip", "qt"} <= set(found.figures)


def test_a_bundles_list_of_parts_tells_the_versions(tmp_path: Path) -> None:
    file = tmp_path / machine.PARTS
    file.write_text('{"components": [{"name": "PySide6_Essentials", "version": "6.11"}, {"name": "none"}]}')
    assert machine.parts_in(file) == {"pyside6-essentials": "6.11"}
    for garbage in ("", "[]", '{"components": 7}', '{"components": [7]}'):
        file.write_text(garbage)
        assert machine.parts_in(file) == {}
    assert machine.parts_in(tmp_path / "missing") == {}

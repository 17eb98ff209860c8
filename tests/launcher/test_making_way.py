"""Seats make way for an installer, while it asks."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk import exit_codes, explain, settings
from desk.cli import main
from desk.compose import seat
from desk.launcher import making_way

INSTALLER = Path(__file__).parents[2] / "installer" / "windows" / "desk.nsi"


def test_a_fresh_file_asks_and_none_does_not(tmp_path: Path) -> None:
    mark = tmp_path / "making-way"
    assert not making_way.is_wanted(mark)
    mark.touch()
    assert making_way.is_wanted(mark)


@pytest.mark.parametrize("age_s", [making_way.FRESH_S + 1, -making_way.FRESH_S - 1])
def test_what_a_killed_installer_left_asks_nobody_whichever_way_the_clock_was_set(tmp_path: Path, age_s: float) -> None:
    mark = tmp_path / "making-way"
    mark.touch()
    os.utime(mark, (time.time() - age_s,) * 2)
    assert not making_way.is_wanted(mark)


def test_the_installer_writes_the_file_that_is_looked_for() -> None:
    assert rf'"${{DATA}}\{making_way.NAME}"' in INSTALLER.read_text("utf-8")


def test_no_seat_starts_while_its_program_is_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "making-way"
    mark.touch()
    monkeypatch.setattr(making_way, "mark_file", lambda: mark)
    told = settings.load(tmp_path / "settings.toml")
    with pytest.raises(seat.BeingInstalled) as refused:
        seat.run(told, tmp_path / "settings.toml")
    assert "is being installed" in (explain.explain(refused.value) or "")


def test_a_start_that_was_refused_for_an_installation_is_made_again_by_whoever_looks_after_the_seat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark, file = tmp_path / "making-way", tmp_path / "settings.toml"
    mark.touch()
    folders = f'data_dir = "{tmp_path / "data"}"\nruntime_dir = "{tmp_path / "run"}"\n'
    file.write_text(f'{folders}[seat]\nlanguage = "en"\n', encoding="utf-8")
    monkeypatch.setattr(making_way, "mark_file", lambda: mark)
    for words in ([], ["dial", "tel:10086"]):
        assert main(["--settings", str(file), *words]) == exit_codes.MADE_WAY
        assert "is being installed" in capsys.readouterr().err
    assert not (tmp_path / "data" / "seat.db").exists()


def test_the_launcher_still_loads_nothing_heavy() -> None:
    heavy = "sorted(m for m in sys.modules if m.split('.')[0] in ('PySide6', 'sqlalchemy', 'pjsua2', 'msgspec'))"
    code = f"import sys, desk.compose.seat; print({heavy})"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "PySide6" not in shown.stdout
    assert "sqlalchemy" not in shown.stdout

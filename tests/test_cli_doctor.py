"""`desk doctor` on the command line: lines for people, one object for machines, the exit code by the worst."""

import json
from pathlib import Path

import pytest

from desk import exit_codes
from desk.cli.command import main


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    file = tmp_path / "settings.toml"
    file.write_text(
        f'data_dir = "{tmp_path}/data"\nruntime_dir = "{tmp_path}/run"\n'
        '[seat]\nname = "D7"\nlanguage = "en"\n[recording]\nwarn_free_mb = 0\n'
    )
    return file


def doctor(file: Path, *words: str) -> int:
    return main(["--settings", str(file), "doctor", *words])


def test_all_well_is_said_in_lines(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(settings, "--only", "folders", "--only", "crashes") == exit_codes.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == ["✓", "✓", "A"]
    assert lines[-1] == "All is well: 2 checks."


def test_a_machine_gets_one_object_and_nothing_else(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(settings, "--json", "--only", "folders") == exit_codes.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["doctor"], told["seat"], told["worst"]) == (1, "D7", "ok")
    assert [finding["check"] for finding in told["findings"]] == ["folders"]


@pytest.mark.parametrize(("mode", "code"), [(0o755, exit_codes.HEALTH_WARNING), (0o777, exit_codes.HEALTH_WRONG)])
def test_the_exit_code_is_that_of_the_worst(
    settings: Path, capsys: pytest.CaptureFixture[str], mode: int, code: int
) -> None:
    (settings.parent / "data").chmod(mode)
    assert doctor(settings, "--only", "folders", "--only", "crashes") == code
    said = capsys.readouterr().out
    assert f'    → chmod 700 "{settings.parent}/data"' in said


def test_what_cannot_be_checked_is_unknown(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.health.clock.kept_by_system", lambda: None)
    assert doctor(settings, "--only", "clock") == exit_codes.HEALTH_UNKNOWN


def test_settings_that_cannot_be_read_are_the_finding(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text("[line]\nregistra = 1\n")
    assert doctor(settings, "--json") == exit_codes.HEALTH_WRONG
    told = json.loads(capsys.readouterr().out)
    assert [(finding["check"], finding["level"]) for finding in told["findings"]] == [("settings", "wrong")]
    assert "registra" in told["findings"][0]["why"]


def test_a_check_that_there_is_not_is_refused(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(settings, "--only", "nonsense") == exit_codes.USAGE
    assert "nonsense" in capsys.readouterr().err

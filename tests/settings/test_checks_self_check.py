"""[self_check]: what may stand in it."""

from pathlib import Path

import pytest

from desk.settings import SettingsError, load


def write(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(f'[[line]]\nlabel = "热线"\n[self_check]\n{text}\n', "utf-8")
    return file


def test_by_default_no_seat_calls_itself(tmp_path: Path) -> None:
    check = load(write(tmp_path, "")).self_check
    assert (check.at, check.number, check.line, check.idle_minutes) == ("", "", "", 30)


def test_a_time_a_number_and_a_line(tmp_path: Path) -> None:
    check = load(write(tmp_path, 'at = "03:30"\nnumber = "*43"\nline = "热线"\nidle_minutes = 60')).self_check
    assert (check.at, check.number, check.line, check.idle_minutes) == ("03:30", "*43", "热线", 60)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('at = "25:00"', "self_check.at"),
        ('at = "03:30+08:00"', "self_check.at"),
        ('at = "night"', "self_check.at"),
        ('number = "call me"', "self_check.number"),
        ('line = "none"', "self_check.line"),
        ("idle_minutes = 1", "self_check.idle_minutes"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(write(tmp_path, text))
    assert key in str(refused.value)

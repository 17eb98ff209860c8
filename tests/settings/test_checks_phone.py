"""[phone]: a place for the night's calls that the dial plan knows."""

from pathlib import Path

import pytest

from desk.settings import SettingsError, load


def written(folder: Path, target: str, more: str = "") -> Path:
    file = folder / "settings.toml"
    file.write_text(f'[phone]\nnight_target = "{target}"\n{more}')
    return file


@pytest.mark.parametrize("target", ["80012", "+", "123456789"])
def test_a_night_target_that_the_dial_plan_cannot_map_is_told_with_its_line(tmp_path: Path, target: str) -> None:
    with pytest.raises(SettingsError, match="dial plan") as raised:
        load(written(tmp_path, target))
    assert (raised.value.line, "phone.night_target" in str(raised.value)) == (2, True)


@pytest.mark.parametrize("target", ["8009", "13800138000", "sip:monitor@guard.example", "*72"])
def test_one_that_it_maps_is_taken(tmp_path: Path, target: str) -> None:
    assert load(written(tmp_path, target)).phone.night_target == target


def test_the_offices_own_rules_count(tmp_path: Path) -> None:
    assert load(written(tmp_path, "80012", "[dial]\nextension_digits = [5]\n")).phone.night_target == "80012"

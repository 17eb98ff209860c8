"""The first start of a PC: a window offers to set it up, where there is a screen and nobody has set anything."""

import argparse
import sys
from pathlib import Path

import pytest

from desk import exit_codes
from desk.cli import main, seat
from desk.settings import Settings, layers
from desk.settings.layers import Places


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(layers, "default_places", lambda: Places(tmp_path / "etc"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "share"))
    return tmp_path / "settings.toml"


def test_a_pc_that_nobody_has_set_up_is_offered_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Path] = []
    monkeypatch.setenv("DISPLAY", ":7")

    def given_up(settings: Path) -> bool:
        offered.append(settings)
        return False

    monkeypatch.setattr(seat, "set_up", given_up)
    assert seat.start(argparse.Namespace(), file) == exit_codes.OK
    assert seat.dial(argparse.Namespace(target="tel:10086"), file) == exit_codes.OK
    assert offered == [file, file]


def test_the_window_can_be_asked_for_later(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("")
    started: list[Path] = []

    def start(_arguments: argparse.Namespace, settings: Path) -> int:
        started.append(settings)
        return exit_codes.OK

    monkeypatch.setattr(seat, "start", start)
    monkeypatch.setattr(seat, "set_up", lambda _settings: True)
    assert main(["--settings", str(file), "setup"]) == exit_codes.OK
    assert started == [file], "its last key says so"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert main(["--settings", str(file), "setup"]) == exit_codes.AGAIN, "the starter's to start"
    assert started == [file]
    monkeypatch.setattr(seat, "set_up", lambda _settings: False)
    assert main(["--settings", str(file), "setup"]) == exit_codes.FAULT


def test_settings_of_the_user_are_enough(file: Path) -> None:
    assert not seat._is_set_up(file)
    file.write_text("")
    assert seat._is_set_up(file)


def test_a_line_from_it_is_enough_and_where_the_company_is_alone_is_not(file: Path, tmp_path: Path) -> None:
    (tmp_path / "etc" / "seat.toml").write_text('[company]\nsource = "//share/desk"')
    assert not seat._is_set_up(file)
    (tmp_path / "etc" / "policy.toml").write_text("[line]\nport = 5070")
    assert seat._is_set_up(file)


def test_a_seat_that_has_run_without_settings_is_left_as_it_is(file: Path) -> None:
    store = Settings().store_file
    assert file.parent in store.parents
    store.parent.mkdir(parents=True)
    store.write_bytes(b"")
    assert seat._is_set_up(file)


def test_an_enrolled_seat_is_set_up(file: Path) -> None:
    (file.parent / "company").mkdir()
    (file.parent / "company" / "state.json").write_text("damaged")
    assert seat._is_set_up(file)

"""The settings of signing in and of the lock."""

from pathlib import Path

import pytest

from desk.settings import SeatSettings, SettingsError, load

CENTRAL = '[central]\nurl = "postgresql://db.example/desk"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_a_work_number_is_enough_unless_said_otherwise(file: Path) -> None:
    seat = load(file).seat
    assert (seat.sign_in, seat.sits, seat.machine) == ("list", "1001", "1001")


@pytest.mark.parametrize("way", ["password", "ticket"])
def test_where_the_centre_checks_nobody_sits_there_yet_and_the_seat_needs_no_role_of_its_own(
    file: Path, way: str
) -> None:
    file.write_text(f'[seat]\nname = "S07"\nsign_in = "{way}"\n{CENTRAL}')
    settings = load(file)
    assert (settings.seat.sits, settings.seat.machine, settings.central.user) == ("", "S07", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[seat]\nsign_in = "password"\n', 2),
        ('[seat]\nsign_in = "fingerprint"\n', 2),
        (f"[seat]\nlock_minutes = -1\n{CENTRAL}user = 'x'\n", 2),
        ("[seat]\nlock_minutes = 481\n", 2),
        ("[seat]\noffline_days = 91\n", 2),
        ("[seat]\nkeep_passwords = true\n", 2),
        (CENTRAL, 2),
    ],
)
def test_what_cannot_be_is_named_with_its_line(file: Path, text: str, line: int) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as told:
        load(file)
    assert told.value.line in (line, line - 1)


def test_the_seat_asks_for_a_password_by_itself_after_some_minutes() -> None:
    assert SeatSettings(sign_in="password").lock_minutes == 10

"""One account of a computer tells the others which seat it is; what anybody may write there is believed in nothing."""

import argparse
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk import exit_codes
from desk.provisioning import accounts
from desk.provisioning.accounts import OtherSeat
from desk.settings import layers
from tests.provisioning.company import Company, Pc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners of files are Linux' own")
OTHER = "nobody"


@pytest.fixture
def seats(tmp_path: Path) -> Path:
    """As the package makes it."""
    folder = tmp_path / "seats"
    folder.mkdir()
    folder.chmod(0o1777)
    for above in (tmp_path, *tmp_path.parents[:3]):
        if above.stat().st_uid == os.geteuid() and above != Path("/tmp"):  # noqa: S108 - where the tests' folders are
            above.chmod(above.stat().st_mode | 0o011)
    return folder


def test_an_account_tells_the_others_and_not_itself(seats: Path) -> None:
    accounts.note(seats, "S01")
    assert accounts.others(seats) == []
    (own,) = seats.iterdir()
    assert (own.name, own.stat().st_mode & 0o777) == (f"{os.getuid()}.seat", 0o644)
    accounts.note(seats, "S02")
    assert own.read_text() == "S02"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else")
def test_another_account_is_told_and_can_take_nobodys_name(seats: Path) -> None:
    accounts.note(seats, "S01")
    own = pwd.getpwuid(os.getuid()).pw_name
    script = (
        "import sys; from pathlib import Path; from desk.provisioning import accounts; folder = Path(sys.argv[1]);"
        "print([(o.account, o.seat) for o in accounts.others(folder)]); accounts.note(folder, 'S09');"
        "(folder / '0.seat').unlink()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(seats)], user=OTHER, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == f"[('{own}', 'S01')]", done.stderr
    assert "PermissionError" in done.stderr or "Operation not permitted" in done.stderr
    assert accounts.others(seats) == [OtherSeat(OTHER, "S09")]


@pytest.mark.parametrize("text", ["", "s01", "S01 and more than a seat", "S1\n<b>x"])
def test_what_is_no_note_is_passed_over(text: str, seats: Path) -> None:
    other = pwd.getpwnam(OTHER).pw_uid
    (seats / f"{other}.seat").write_text(text)
    (seats / f"{other + 1}.seat").symlink_to("/etc/hostname")
    (seats / f"{other + 2}.seat").mkdir()
    (seats / "readme").write_text("S01")
    assert accounts.others(seats) == []


def test_an_account_says_which_versions_its_seat_may_need(seats: Path) -> None:
    assert accounts.versions_needed(seats) == set()
    accounts.note(seats, "S01")
    accounts.note_versions(seats, {"0.2.0", "0.10.1"})
    assert accounts.versions_needed(seats) == {"0.2.0", "0.10.1"}
    assert accounts.others(seats) == []
    accounts.note_versions(seats, {"0.3.0"})
    assert accounts.versions_needed(seats) == {"0.3.0"}
    own = seats / f"{os.getuid()}.versions"
    assert own.stat().st_mode & 0o777 == 0o644
    os.utime(own, (time.time() - 200 * 86_400,) * 2)
    assert accounts.versions_needed(seats) == set(), "nobody has started that seat for half a year"


@pytest.mark.parametrize("text", ["", "../../etc\n0.2", "\0" * 20, "0.2.0\n" * 100, "版本"])
def test_what_is_no_note_of_versions_is_passed_over(text: str, seats: Path) -> None:
    own = seats / f"{os.getuid()}.versions"
    own.write_text(text)
    (seats / "others.versions").write_text("9.1")
    (seats / f"{os.getuid() + 1}.versions").write_text("9.2")
    (seats / f"{os.getuid() + 2}.versions").symlink_to(own)
    os.mkfifo(seats / f"{os.getuid() + 3}.versions")
    assert accounts.versions_needed(seats) <= {"0.2"}


def test_where_there_is_no_folder_nobody_is_told(tmp_path: Path) -> None:
    accounts.note(tmp_path / "none", "S01")
    assert accounts.others(tmp_path / "none") == []
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_somebody_has_laid_there_is_not_followed(seats: Path) -> None:
    (seats / "target").write_text("untouched")
    (seats / f"{os.getuid()}.seat").symlink_to(seats / "target")
    accounts.note(seats, "S01")
    assert (seats / "target").read_text() == "untouched"


def test_whoever_is_enrolled_leaves_the_note(
    company: Company, pc: Pc, seats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk.compose import provisioning

    monkeypatch.setattr(accounts, "notes_folder", lambda: seats)
    monkeypatch.setattr(provisioning, "now", lambda: pc.now)
    place = str(company.folder)
    provisioning.enrol_seat(
        pc.file, company.code("S02"), place, lambda _step: None, secrets=lambda: pc.keyring, places=pc.places
    )
    (own,) = seats.iterdir()
    assert own.read_text() == "S02"


def test_an_enrolled_seat_leaves_the_note_at_every_start_and_one_that_stands_alone_takes_it_away(
    company: Company, pc: Pc, seats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people of a small office share a PC, and IT has tried Desk there: nobody is kept from a seat of their own."""
    from desk import compose
    from desk.cli import seat
    from desk.compose import provisioning

    monkeypatch.setattr(accounts, "notes_folder", lambda: seats)
    monkeypatch.setattr(provisioning, "now", lambda: pc.now)
    monkeypatch.setattr(layers, "default_places", lambda: pc.places)
    monkeypatch.setattr(compose, "run_launcher", lambda *_seat: exit_codes.OK)
    place = str(company.folder)
    provisioning.enrol_seat(
        pc.file, company.code("S02"), place, lambda _step: None, secrets=lambda: pc.keyring, places=pc.places
    )
    (own,) = seats.iterdir()
    own.unlink()
    assert seat.start(argparse.Namespace(), pc.file) == exit_codes.OK
    assert own.read_text() == "S02"
    alone = pc.file.parent / "alone" / "settings.toml"
    alone.parent.mkdir()
    alone.write_text('[seat]\nagent = "1001"\n', encoding="utf-8")
    assert seat.start(argparse.Namespace(), alone) == exit_codes.OK
    assert list(seats.iterdir()) == []
    assert seat.start(argparse.Namespace(), alone) == exit_codes.OK, "nothing to take away is no fault"

"""The Windows installer with stub programs in it, run under wine: what it leaves in files and registry."""

import os
import shutil
import signal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.installer.windows.wine import HERE, SCRIPT, Wine, compiled, wait_for

ARP = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Desk"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
FOLDER = r"C:\Program Files\Desk"
SEAT_IN_USE, NO_SPACE, NO_RIGHT, NOT_WRITTEN, OTHER_RUNS, UNFIT_SYSTEM, FOREIGN_FOLDER = range(10, 17)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645"
    "400000000049454e44ae426082"
)
ICON = struct.pack("<HHHBBBBHHII", 0, 1, 1, 1, 1, 0, 0, 1, 32, len(PNG), 22) + PNG
pytestmark = pytest.mark.timeout(300)
LEAN = ("/NOFIREWALL", "/NOUPDATES", "/NOLINKS")  # where it is not asked what these do: each program costs time
SETUP_ENTRIES = ("Desk 设置本机", "Desk set up this PC")
STARTED_AGAIN = r'schtasks.exe /Run /TN "\Desk\Seat"'
PLACES = ("unpacked", "between", "exchanged")


@dataclass(frozen=True)
class Made:
    """Compiled once: the stub program, and installers of it by their version and where they stop."""

    folder: Path
    program: Path

    def installer(self, version: str, stop: str = "") -> str:
        out = self.folder / f"desk-{version}{stop}.exe"
        if not out.exists():
            payload = self.folder / version
            (payload / "_internal" / "资源 一").mkdir(parents=True)
            for name in ("desk.exe", "deskw.exe"):
                shutil.copy(self.program, payload / name)
            (payload / "_internal" / "资源 一" / "版本.txt").write_text(version)
            (payload / "_internal" / f"only-{version}.pyd").write_bytes(b"0" * 20_000)
            (self.folder / "desk.ico").write_bytes(ICON)
            defines = {"PAYLOAD": payload, "VERSION": version, "COMMIT": "0" * 40, "ICON": self.folder / "desk.ico"}
            compiled(SCRIPT, out, defines | ({"TESTED": stop} if stop else {}))
            shutil.rmtree(payload)
        return str(out)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    return Made(folder, compiled(HERE / "program.nsi", folder / "program.exe", {}))


@pytest.fixture(scope="module")
def only_wine(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    wine = Wine(tmp_path_factory.mktemp("wine") / "prefix")
    try:
        wine.begin(made.program)
        yield wine
    finally:
        wine.close()


@pytest.fixture
def wine(only_wine: Wine) -> Wine:
    only_wine.reset()
    return only_wine


def _version(wine: Wine, folder: str = "Desk") -> str:
    """Of the programs that lie there, whole: with each file of that version and none of another."""
    root = wine.program_files / folder
    if not (root / "desk.exe").exists():
        return ""
    version = (root / "_internal" / "资源 一" / "版本.txt").read_text()
    assert sorted(file.name for file in (root / "_internal").iterdir()) == [f"only-{version}.pyd", "资源 一"]
    assert (root / "deskw.exe").exists()
    assert (root / "uninstall.exe").exists()
    return version


def _is_clean(wine: Wine) -> bool:
    """Nothing half is left beside the programs, and seats may start."""
    return [file.name for file in wine.program_files.glob("Desk*")] in ([], ["Desk"]) and not (
        wine.data / "making-way"
    ).exists()


def test_a_silent_installation_is_whole(wine: Wine, made: Made) -> None:
    wine.run("reg", "add", r"HKLM\Software\Classes\callto\shell\open\command", "/ve", "/d", "other.exe", "/f")
    assert wine.run(made.installer("0.1.0"), "/S") == 0
    assert _version(wine) == "0.1.0"
    assert _is_clean(wine)
    assert "Desk 0.1.0 is installed" in wine.log()
    assert wine.values(r"Software\Desk") == {"InstallDir": FOLDER, "Version": "0.1.0", "Commit": "0" * 40}
    _is_listed(wine.values(ARP))
    assert wine.values(RUN)["Desk"] == rf'"{FOLDER}\deskw.exe"'
    assert (wine.start_menu / "Desk.lnk").exists()
    setup = next(entry for entry in _entries(wine) if entry.stem in SETUP_ENTRIES)
    assert "setup".encode("utf-16-le") in setup.read_bytes()
    assert len(_entries(wine)) == 2
    _takes_links_to_numbers(wine)
    _lets_calls_in_and_keeps_updates_from_others(wine.calls())
    _has_tasks(wine)


def _entries(wine: Wine) -> list[Path]:
    return sorted(wine.start_menu.glob("Desk*.lnk"))


def _is_listed(entry: dict[str, str]) -> None:
    assert entry["DisplayVersion"] == "0.1.0"
    assert entry["InstallLocation"] == FOLDER
    assert entry["QuietUninstallString"] == rf'"{FOLDER}\uninstall.exe" /S'
    assert int(entry["EstimatedSize"], 16) > 100


def _takes_links_to_numbers(wine: Wine) -> None:
    for scheme in ("tel", "sip", "sips"):  # the number is one argument, whatever is in it
        assert wine.values(rf"Software\Classes\{scheme}\shell\open\command") == {"": rf'"{FOLDER}\deskw.exe" dial "%1"'}
        assert "URL Protocol" in wine.values(rf"Software\Classes\{scheme}")
    assert wine.values(r"Software\Classes\callto\shell\open\command") == {"": "other.exe"}, "another program's stays"
    assert wine.values(r"Software\Desk\Capabilities\UrlAssociations")["callto"] == "Desk.Number"
    assert wine.values(r"Software\RegisteredApplications")["Desk"] == r"Software\Desk\Capabilities"


def _lets_calls_in_and_keeps_updates_from_others(calls: list[str]) -> None:
    rules = [call for call in calls if "add rule" in call]
    assert [rule.split("profile=")[1] for rule in rules] == [
        rf'domain,private program="{FOLDER}\deskw.exe"',
        rf'domain,private program="{FOLDER}\desk.exe"',
    ]
    rights = [call for call in calls if call.startswith("icacls.exe")]
    assert "/setowner *S-1-5-32-544" in rights[0]
    assert "/inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX" in rights[1]
    assert all(r'"C:\ProgramData\Desk' in call for call in rights)


def _has_tasks(wine: Wine) -> None:
    """One that fetches updates as the system, one that starts seats as their people and by itself never."""
    assert [call.split('"')[1] for call in wine.calls() if "/Create" in call] == [r"\Desk\Seat", r"\Desk\Update"]
    update, seat = wine.task("update"), wine.task("seat")
    assert update.findtext(".//{*}UserId") == "S-1-5-18"
    assert update.findtext(".//{*}Command") == rf'"{FOLDER}\desk.exe"'
    assert update.findtext(".//{*}Arguments") == "update fetch"
    assert update.find(".//{*}CalendarTrigger") is not None
    assert seat.findtext(".//{*}GroupId") == "S-1-5-32-545"
    assert seat.findtext(".//{*}RunLevel") == "LeastPrivilege"
    assert seat.findtext(".//{*}Command") == rf'"{FOLDER}\deskw.exe"'
    assert seat.find("{*}Triggers") is None


def test_an_upgrade_leaves_nothing_of_the_version_before_and_a_downgrade_neither(wine: Wine, made: Made) -> None:
    for version, words in (("0.1.0", ()), ("0.2.0", ("/NOAUTOSTART", "/NOFIREWALL", "/NOUPDATES")), ("0.1.0", ())):
        assert wine.run(made.installer(version), "/S", *words) == 0
        assert _version(wine) == version
        assert _is_clean(wine)
        assert wine.values(ARP)["DisplayVersion"] == version
        assert ("Desk" in wine.values(RUN)) is (not words), "what is not wanted is taken away"
        ends = [call for call in wine.calls()[-2:] if "delete rule" in call or r'/Delete /TN "\Desk\Update"' in call]
        assert len(ends) == (2 if words else 0)


@contextmanager
def _called(wine: Wine, call: str) -> Iterator[None]:
    wait_for(lambda: call in wine.calls())
    yield


def test_all_seats_make_way_one_that_an_update_brought_too(wine: Wine, made: Made) -> None:
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    brought = wine.data / "versions" / "0.1.5"
    brought.mkdir(parents=True)
    shutil.copy(made.program, brought / "desk.exe")
    with (
        wine.running(rf"{FOLDER}\deskw.exe", "seat") as seat,
        _called(wine, "deskw.exe seat"),  # one after the other: both write into one file
        wine.running(r"C:\ProgramData\Desk\versions\0.1.5\desk.exe", "seat") as other,
        _called(wine, "desk.exe seat"),
    ):
        assert wine.run(made.installer("0.2.0"), "/S", *LEAN) == 0
        seat.communicate(timeout=60)
        other.communicate(timeout=60)
    assert _version(wine) == "0.2.0"
    assert _is_clean(wine)
    assert "a seat runs and is asked to end" in wine.log()
    assert wine.calls()[-1] == STARTED_AGAIN
    assert (brought / "desk.exe").exists()


def test_a_call_is_not_cut_off_and_nothing_changes(wine: Wine, made: Made) -> None:
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    before = wine.values(ARP)
    with wine.running(rf"{FOLDER}\deskw.exe", "call") as seat:
        wait_for(lambda: "deskw.exe call" in wine.calls())
        assert wine.run(made.installer("0.2.0"), "/S", "/WAIT=1") == SEAT_IN_USE
        assert seat.poll() is None
        assert _version(wine) == "0.1.0"
        assert _is_clean(wine)
        assert wine.calls()[-1] == STARTED_AGAIN, "others' seats have ended for it"
        assert wine.values(ARP) == before
        assert wine.run(rf"{FOLDER}\uninstall.exe", "/S", "/WAIT=1", *wine.last(rf"_?={FOLDER}")) == SEAT_IN_USE
        assert _version(wine) == "0.1.0"
        assert wine.run(made.installer("0.2.0"), "/S", "/WAIT=1", "/FORCE", *LEAN) == 0
        seat.communicate(timeout=60)
    assert _version(wine) == "0.2.0"


def _is_at(wine: Wine, place: str) -> bool:
    """The installer says that it has come there."""
    return any((wine.drive / "users").rglob(f"Temp/desk-{place}"))  # elsewhere folders come and go


def test_killed_in_the_middle_one_whole_version_is_there_after_the_next_start(wine: Wine, made: Made) -> None:
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    for place in PLACES:
        with wine.running(made.installer("0.2.0", place), "/S") as installer:
            wait_for(partial(_is_at, wine, place))
            installer.send_signal(signal.SIGKILL)
        wine.kill()  # the power goes
        wine.forget_places()
        wine.run("wineboot")  # and Windows starts
        assert _version(wine) == ("0.2.0" if place == "exchanged" else "0.1.0")

    with wine.running(str(made.program), "call"):  # somebody goes on working: Windows does not start anew
        with wine.running(made.installer("0.1.0", "between"), "/S") as installer:
            wait_for(partial(_is_at, wine, "between"))
            installer.send_signal(signal.SIGKILL)
        assert _version(wine) == ""
        assert wine.run(made.installer("0.2.0"), "/S", *LEAN) == 0, "the next installer puts it right"
        assert "the Desk before it is back" in wine.log()
        assert _version(wine) == "0.2.0"
        assert _is_clean(wine)


def test_another_folder_may_have_spaces_and_chinese_in_its_name(wine: Wine, made: Made) -> None:
    folder = r"C:\Desk 热线 & 坐席\程序"
    assert wine.run(made.installer("0.1.0"), "/S", *wine.last(rf"/D={folder}")) == 0
    assert (wine.drive / "Desk 热线 & 坐席" / "程序" / "desk.exe").exists()
    assert wine.values(RUN)["Desk"] == rf'"{folder}\deskw.exe"'
    assert wine.task("update").findtext(".//{*}Command") == rf'"{folder}\desk.exe"'
    assert wine.run(made.installer("0.2.0"), "/S", *LEAN) == 0, "upgraded where it is"
    assert wine.values(ARP)["InstallLocation"] == folder
    assert not (wine.program_files / "Desk").exists()
    policy, store = _with_data(wine)
    assert wine.run(rf"{folder}\uninstall.exe", "/S") == 0
    wait_for(lambda: not (wine.drive / "Desk 热线 & 坐席" / "程序").exists() and not wine.has_key(r"Software\Desk"))
    assert policy.exists()
    assert store.exists()


def test_a_folder_with_somebody_elses_files_is_not_taken(wine: Wine, made: Made) -> None:
    theirs = wine.drive / "Desk theirs" / "accounts.xlsx"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    assert wine.run(made.installer("0.1.0"), "/S", *wine.last(r"/D=C:\Desk theirs")) == FOREIGN_FOLDER
    assert theirs.read_text() == "theirs"
    assert not wine.has_key(ARP)


def test_a_second_installer_gives_way_to_the_one_that_runs(wine: Wine, made: Made) -> None:
    with wine.running(made.installer("0.1.0", "unpacked"), "/S") as first:
        wait_for(partial(_is_at, wine, "unpacked"))
        assert wine.run(made.installer("0.2.0"), "/S", *LEAN) == OTHER_RUNS
        assert _version(wine) == ""
        first.send_signal(signal.SIGKILL)
    wine.kill()
    assert wine.run(made.installer("0.2.0"), "/S", *LEAN) == 0
    assert _version(wine) == "0.2.0"


def test_a_windows_that_is_too_old_is_left_alone(wine: Wine, made: Made) -> None:
    wine.run("winecfg", "-v", "win7")
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == UNFIT_SYSTEM
    assert not wine.has_key(ARP)
    assert not (wine.program_files / "Desk").exists()


def test_whoever_is_no_administrator_is_refused_before_anything_is_changed(wine: Wine, made: Made) -> None:
    assert wine.run(made.installer("0.2.0", "user"), "/S", *LEAN) == NO_RIGHT
    assert not wine.data.exists()
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    with wine.running(rf"{FOLDER}\deskw.exe", "seat") as seat, _called(wine, "deskw.exe seat"):
        before, calls = wine.values(ARP), wine.calls()
        assert wine.run(made.installer("0.2.0", "user"), "/S", *LEAN) == NO_RIGHT
        assert seat.poll() is None, "no seat is asked to make way for it"
        assert (wine.values(ARP), wine.calls()) == (before, calls)
        assert _version(wine) == "0.1.0"
        assert _is_clean(wine)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_without_room_for_both_versions_is_told_and_left_as_it_was(
    wine: Wine, made: Made, tmp_path: Path
) -> None:
    (tmp_path / "small").mkdir()
    drive = wine.folder / "dosdevices" / "d:"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "desk-test", str(tmp_path / "small")], check=True)
    try:
        drive.symlink_to(tmp_path / "small")
        assert wine.run(made.installer("0.1.0"), "/S", *LEAN, *wine.last(r"/D=D:\Desk")) == NO_SPACE
        assert "given up (11)" in wine.log()
        assert not any(file.is_file() for file in (tmp_path / "small").rglob("*"))
        assert not wine.has_key(ARP)
    finally:
        drive.unlink(missing_ok=True)
        subprocess.run(["umount", "-l", str(tmp_path / "small")], check=True)


def test_an_installer_that_is_not_whole_does_nothing(wine: Wine, made: Made, tmp_path: Path) -> None:
    whole = Path(made.installer("0.1.0")).read_bytes()
    half = tmp_path / "half.exe"
    half.write_bytes(whole[: len(whole) * 3 // 4])
    assert wine.run(str(half), "/S") != 0
    spoilt = tmp_path / "spoilt.exe"
    spoilt.write_bytes(whole[:-3000] + bytes([whole[-3000] ^ 1]) + whole[-2999:])
    assert wine.run(str(spoilt), "/S") != 0
    assert not wine.has_key(ARP)
    assert not (wine.program_files / "Desk").exists()


def test_a_file_that_cannot_be_written_leaves_the_version_before(wine: Wine, made: Made) -> None:
    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    assert wine.run(made.installer("0.2.0"), "/S", locale="C") == NOT_WRITTEN
    assert _version(wine) == "0.1.0"
    assert _is_clean(wine)
    assert wine.values(ARP)["DisplayVersion"] == "0.1.0"
    assert "given up (13)" in wine.log()


def _with_data(wine: Wine) -> tuple[Path, Path]:
    """What the machine has been told, and what somebody has made."""
    policy = wine.data / "policy.toml"
    policy.write_text("[seat]")
    profile = next(folder for folder in (wine.drive / "users").iterdir() if folder.name != "Public")
    store = profile / "AppData" / "Local" / "desk" / "seat.db"
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_text("store")
    profiles = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1"
    wine.run("reg", "add", profiles, "/v", "ProfileImagePath", "/d", rf"C:\users\{profile.name}", "/f")
    return policy, store


def test_the_uninstaller_takes_all_of_desk_and_of_people_only_what_it_is_told_to(wine: Wine, made: Made) -> None:
    wine.run("reg", "add", r"HKLM\Software\Classes\callto\shell\open\command", "/ve", "/d", "other.exe", "/f")
    assert wine.run(made.installer("0.1.0"), "/S") == 0
    policy, store = _with_data(wine)
    (wine.data / "versions" / "0.1.5").mkdir(parents=True)
    _uninstall(wine, "/PURGE")
    assert _is_clean(wine)
    for key in (r"Software\Desk", ARP, r"Software\Classes\tel", r"Software\Classes\Desk.Number"):
        assert not wine.has_key(key), key
    assert "Desk" not in wine.values(RUN) | wine.values(r"Software\RegisteredApplications")
    assert wine.values(r"Software\Classes\callto\shell\open\command") == {"": "other.exe"}
    assert not _entries(wine)
    assert [call.partition(" ")[2] for call in wine.calls()[-3:]] == [
        'advfirewall firewall delete rule name="Desk"',
        r'/Delete /TN "\Desk\Update" /F',
        r'/Delete /TN "\Desk\Seat" /F',
    ]
    assert not policy.parent.exists()
    assert store.exists()

    assert wine.run(made.installer("0.1.0"), "/S", *LEAN) == 0
    _uninstall(wine, "/PURGEUSERS")
    assert not store.parent.exists()
    assert not policy.parent.exists()


def _uninstall(wine: Wine, *words: str) -> None:
    """It goes on as a copy of itself, so that it can remove itself, too; it is awaited, too."""
    assert wine.run(rf"{FOLDER}\uninstall.exe", "/S", *words) == 0
    wait_for(lambda: not (wine.program_files / "Desk").exists() and not wine.has_key(r"Software\Desk"))
    wait_for(lambda: "Un" not in wine.printed("tasklist"))

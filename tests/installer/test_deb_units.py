"""What the package gives to systemd and udev is understood by them, and does what it is for."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from desk import exit_codes
from tests.installer.stub import INSTALLER
from tests.installer.supervised import starts_again

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian's package")
DEBIAN = INSTALLER / "debian"
RULES = INSTALLER / "60-desk-headset.rules"
UNITS = {"desk-update.service": "--system", "desk-update.timer": "--system", "desk.service": "--user"}
RULE_KEYS = {"ACTION", "SUBSYSTEM", "SUBSYSTEMS", "ENV", "IMPORT", "TAG", "GOTO", "LABEL"}  # of udev(7), those used
WORD = re.compile(r'([A-Z]+)(?:\{(\w+)\})?(==|!=|\+=|:=|=)"([^"]*)"')


def written(folder: Path, name: str, text: str, mode: int = 0o644) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def verified(folder: Path, name: str, manager: str) -> subprocess.CompletedProcess[str]:
    """By systemd itself, of the units in this folder."""
    return subprocess.run(
        ["systemd-analyze", "verify", "--man=no", manager, str(folder / name)],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """As installed, with a program in the place of Desk's."""
    program = written(tmp_path, "desk", "#!/bin/sh\n", 0o755)
    for name in UNITS:
        written(tmp_path, name, (DEBIAN / name).read_text("utf-8").replace("/usr/bin/desk", str(program)))
    return tmp_path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
@pytest.mark.parametrize("name", list(UNITS))
def test_systemd_understands_every_line_of_the_units(units: Path, name: str) -> None:
    done = verified(units, name, UNITS[name])
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("this systemd-analyze wants a running manager")
    assert (done.returncode, done.stderr) == (0, "")
    with (units / name).open("a") as unit:
        unit.write("ProtectsSystem=strict\n")
    assert "ProtectsSystem" in verified(units, name, UNITS[name]).stderr, "a misspelt line would be seen"


def test_what_looks_for_updates_may_write_where_versions_lie_and_nowhere_else() -> None:
    service = (DEBIAN / "desk-update.service").read_text("utf-8").splitlines()
    assert {"ProtectSystem=strict", "ReadWritePaths=/var/lib/desk", "NoNewPrivileges=yes"} <= set(service)
    assert "ExecStart=/usr/bin/desk update fetch" in service


def test_a_seat_that_made_way_or_died_is_started_again_and_one_that_was_closed_is_not() -> None:
    for code in (exit_codes.MADE_WAY, exit_codes.FAULT, -9):
        assert starts_again(code), code
    program_gone = 203  # of systemd, where there is nothing to run: the package was removed
    for code in (exit_codes.OK, exit_codes.USAGE, exit_codes.ALREADY_RUNNING, exit_codes.ENVIRONMENT, program_gone):
        assert not starts_again(code), code


def test_menu_and_links_to_numbers_start_the_seat_as_the_sign_in_does() -> None:
    entries = {"desk.desktop": "", "desk-autostart.desktop": "", "../desk-dial.desktop": " dial %u"}
    for name, words in entries.items():
        lines = (DEBIAN / name).read_text("utf-8").splitlines()
        assert next(line for line in lines if line.startswith("Exec=")) == f"Exec=/usr/libexec/desk/start-seat{words}"


# ---- the seat at sign-in


class Session:
    """A desktop session whose `systemctl` and `desk` write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, folder / "told"
        (folder / "bin").mkdir()
        self._call("desk")
        self._call("sleep")
        script = (DEBIAN / "start-seat").read_text("utf-8")
        assert '    /usr/bin/desk "$@"' in script
        self.script = written(folder, "start-seat", script.replace("/usr/bin/desk", str(folder / "bin" / "desk")))

    def _call(self, name: str, code: str = "0") -> None:
        """`code`: in words of the shell."""
        text = f'#!/bin/sh\necho "{name} $*${{DESK_SEAT_STARTS:+ (it starts)}}" >>{self.told}\nexit {code}\n'
        written(self.folder / "bin", name, text, 0o755)

    def systemd(self, *, starts: bool = True, runs: bool = False) -> None:
        (self.folder / "run" / "systemd").mkdir(parents=True, exist_ok=True)
        refused = {"start": int(not starts), "is-active": 0 if runs else 3}
        cases = " ".join(f"*{word}*) echo {code};;" for word, code in refused.items())
        self._call("systemctl", f'$(case "$*" in {cases} *) echo 0;; esac)')

    def installed_for(self, starts: int) -> None:
        """So many starts find the program being exchanged; the next one ends as a seat that was closed."""
        self._call("desk", f"$([ $(grep -c ^desk {self.told}) -le {starts} ] && echo {exit_codes.MADE_WAY} || echo 0)")

    def start(self, *words: str) -> list[str]:
        env = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "DISPLAY": ":7",
            "QT_IM_MODULE": "ibus",
        }
        done = subprocess.run(
            ["sh", str(self.script), *words], env=env, capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return self.told.read_text("utf-8").splitlines()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def test_the_seat_is_started_by_the_users_systemd_which_knows_the_screen_and_the_input_method(session: Session) -> None:
    session.systemd()
    assert session.start() == [
        "systemctl --user --quiet is-active desk.service",
        "systemctl --user import-environment DISPLAY",
        "systemctl --user import-environment QT_IM_MODULE",
        "systemctl --user start desk.service",
    ]


def test_a_number_is_handed_to_the_seat_that_systemd_has_just_started(session: Session) -> None:
    session.systemd()
    assert session.start("dial", "tel:10 086")[-2:] == [
        "systemctl --user start desk.service",
        "desk dial tel:10 086 (it starts)",
    ]


def test_a_seat_that_runs_comes_to_the_front_and_is_handed_the_number(session: Session) -> None:
    session.systemd(runs=True)
    assert session.start() == ["systemctl --user --quiet is-active desk.service", "desk "]
    assert session.start("dial", "tel:10086")[-1] == "desk dial tel:10086"


def test_where_systemd_cannot_start_it_or_is_not_there_it_starts_by_itself(session: Session) -> None:
    assert session.start() == ["desk "]
    session.told.unlink()
    session.systemd(starts=False)
    assert session.start()[-2:] == ["systemctl --user start desk.service", "desk "]


def test_without_systemd_a_seat_that_made_way_comes_back_too_and_dials_once(session: Session) -> None:
    session.installed_for(2)
    assert session.start("dial", "tel:10086") == ["desk dial tel:10086", "sleep 5", "desk ", "sleep 5", "desk "]


# ---- a headset's keys


def rules() -> list[list[tuple[str, str, str, str]]]:
    """Each line's words: (key, what of it, operator, value). A line that udev would not read fails."""
    found = []
    for line in RULES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            words = [WORD.fullmatch(word.strip()) for word in line.split(",")]
            assert all(words), line
            found.append([(one[1], one[2] or "", one[3], one[4]) for one in words if one])
    return found


def tags(interfaces: str, *, action: str = "add", subsystem: str = "hidraw") -> set[str]:
    """What a device of these interfaces is tagged with, as udev goes through the lines."""
    seen = {"ACTION": action, "SUBSYSTEM": subsystem, "SUBSYSTEMS": "usb", "ENV": interfaces}
    given: set[str] = set()
    target = ""
    for words in rules():
        by_key = {key: value for key, _of, _operator, value in words}
        if target and by_key.get("LABEL") != target:
            continue
        target = ""
        asked = [(key, operator, value) for key, _of, operator, value in words if operator in ("==", "!=")]
        if all(fnmatchcase(seen[key], value) is (operator == "==") for key, operator, value in asked):
            target = by_key.get("GOTO", "")
            given |= {by_key["TAG"]} if "TAG" in by_key else set()
    assert not target, "a way that leads nowhere"
    return given


def test_udev_understands_the_rule() -> None:
    used = {key for words in rules() for key, *_rest in words}
    assert used <= RULE_KEYS
    if (udevadm := shutil.which("udevadm")) is None:
        return
    done = subprocess.run([udevadm, "verify", str(RULES)], capture_output=True, text=True, timeout=60, check=False)
    if "Unknown command" not in done.stderr + done.stdout:  # before systemd 254
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("interfaces", "is_open"),
    [
        (":010100:010200:030000:", True),  # sound control, sound, keys: a headset
        (":030000:010100:010200:", True),
        (":030101:030000:", False),  # a keyboard: whoever could read it could read passwords
        (":030000:", False),  # a key for signing in
        ("", False),
    ],
)
def test_whoever_sits_there_may_read_the_keys_of_a_headset_and_of_nothing_else(interfaces: str, is_open: bool) -> None:
    assert ("uaccess" in tags(interfaces)) is is_open
    assert tags(interfaces, subsystem="input") == set()
    assert tags(interfaces, action="remove") == set()

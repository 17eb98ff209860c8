"""The real package on bare Debian systems, as docs/install.md and docs/updates.md say: installed by apt with nothing
but what it names, a whole seat started in it and registered, another version published and taken, the package
exchanged and taken out. `make test-install` (DESK_INSTALL=1): some ten minutes, root, and a package that `make deb` has
made."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.display import virtual_display
from desk.demo.seat import Seat
from desk.demo.stage import PASSWORD, Stage, stage
from desk.exit_codes import HEALTH_WRONG
from tests.installer import roots, stub
from tests.installer.roots import Root
from tests.installer.supervised import starts_again
from tools.manual.blocks import DOCS, commands, marked

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DESK_INSTALL"), reason="`make test-install` runs it"),
    pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="debootstrap and chroot are root's"),
    pytest.mark.timeout(1800),
]
START_S = 90.0
NEWER = "9.0.0"
BLOCKS, UPDATES = marked(DOCS / "install.md"), DOCS / "updates.md"
BROUGHT = "0.2.0"  # the version of the page's examples
PASSWORD_OF_KEY = "of the updates' key"


@dataclass
class RootedSeat(Seat):
    """A seat that runs the package's program in a bare root; folders and settings are the same from both sides."""

    root: Root | None = None

    def command(self, *words: str) -> list[str]:
        assert self.root is not None
        return self.root.argv("/usr/bin/desk", "--settings", str(self.settings_file), *words)


@pytest.fixture(scope="module")
def package() -> Path:
    made = sorted(roots.BUILD.glob("desk_*_amd64.deb"))
    assert made, "make deb"
    return made[-1]


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with a stub in it: quickly made, and told apart."""
    return stub.package(tmp_path_factory.mktemp("newer"), NEWER)


@pytest.fixture(scope="module", params=list(roots.SUITES))
def root(request: pytest.FixtureRequest, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """With the package installed."""
    with roots.fresh(request.param, tmp_path_factory.mktemp(request.param) / "root") as made:
        made.run("useradd", "--create-home", "agent")
        (made.folder / "etc/apt/apt.conf.d/99test").write_text(
            'APT::Install-Recommends "false";\nAPT::Get::Assume-Yes "true";\n', encoding="utf-8"
        )
        told = re.findall(r"desk_\S+\.deb", BLOCKS["install"])
        (made.folder / "root" / told[0]).write_bytes(package.read_bytes())
        followed(made, "install")
        yield made


def followed(root: Root, name: str) -> str:
    """A block of the page, typed by root at home; what it said."""
    done = root.run("sh", "-euc", f"cd /root\n{BLOCKS[name]}")
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    with virtual_display(folder) as display, stage(folder, display=display) as made:
        yield made


@pytest.fixture
def seat(root: Root, ground: Stage) -> Iterator[RootedSeat]:
    plain = ground.seat(f"R{len(ground.seats):03}", "1001", on_line=True, on_screen=True, alone=True)
    made = RootedSeat(plain.name, plain.folder, plain.tables, plain.env, root=root)
    yield made
    made.stop()


def _start(seat: RootedSeat) -> float:
    """Seconds until its line is registered."""
    before = {role: len(seat.log_lines(role)) for role in ("phone", "ui")}
    began_s = time.monotonic()
    seat.start()
    seat.wait_step("line registered", START_S, role="phone", after=before["phone"])
    seat.wait_step("window_ready", START_S, after=before["ui"])
    return time.monotonic() - began_s


def test_lintian_finds_no_error_in_the_real_package(package: Path) -> None:
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0", str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_says_which_commit_it_is(root: Root) -> None:
    version, commit = root.run("desk", "--version").stdout.split()[1:]
    assert version[0].isdigit()
    assert len(commit.strip("()")) == 12


def test_nothing_that_it_is_linked_with_is_missing(root: Root) -> None:
    script = "find /usr/lib/desk -name '*.so*' -type f -exec env LD_LIBRARY_PATH=/usr/lib/desk/_internal ldd {} +"
    told = root.run("sh", "-c", script, check=False).stdout
    assert told
    assert [line for line in told.splitlines() if "not found" in line] == []


def test_somebody_without_rights_can_ask_how_the_seat_is(root: Root) -> None:
    done = root.run(
        *("setpriv", "--reuid=agent", "--regid=agent", "--clear-groups"),
        *("desk", "doctor", "--json"),
        env={"HOME": "/home/agent"},
        check=False,
    )
    told = json.loads(done.stdout)
    found = {finding["check"]: finding["level"] for finding in told["findings"]}
    assert {"settings": "ok", "versions": "ok", "disk": "ok", "keyring": "wrong"}.items() <= found.items(), told
    assert (told["worst"], done.returncode) == ("wrong", HEALTH_WRONG), "nobody has a keyring there"


def test_a_seat_registers_and_has_its_window(root: Root, seat: RootedSeat) -> None:
    assert _start(seat) < START_S


def test_a_call_holds_an_installation_up_and_its_end_lets_it_in(
    root: Root, ground: Stage, seat: RootedSeat, newer: Path, tmp_path: Path
) -> None:
    (root.folder / "root" / "newer.deb").write_bytes(newer.read_bytes())
    seat.tables = {**seat.tables, "line": {**seat.tables["line"], "auto_answer": True}}
    _start(seat)
    assert seat.child is not None
    with Baresip(tmp_path / "resident", "resident", ground.registrar.address, PASSWORD) as resident:
        resident.dial(ground.line_uri)
        resident.wait_event("CALL_ESTABLISHED", START_S)
        told = root.apt("install", "/root/newer.deb", env={"DESK_WAIT_S": "5"}, check=False)
        assert "somebody works with Desk" in told
        assert seat.child.process.poll() is None
        assert NEWER not in root.run("desk", "--version").stdout
        resident.hang_up()
    root.apt("install", "/root/newer.deb")
    assert NEWER in root.run("desk", "--version").stdout
    assert seat.child.process.wait(START_S) is not None
    assert not root.has("/run/desk/making-way")
    followed(root, "downgrade")


def test_a_seat_that_made_way_comes_back_by_itself(root: Root, seat: RootedSeat, package: Path) -> None:
    """No systemd runs in the root: what it would do at each end of the seat is done here."""
    again = root.folder / "root" / "again.deb"
    again.write_bytes(package.read_bytes())
    _start(seat)
    assert seat.child is not None
    root.apt("install", "--reinstall", "/root/again.deb")
    assert starts_again(seat.child.process.wait(START_S))
    mark = root.folder / "run/desk/making-way"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()  # as one that came too early finds it
    assert starts_again(seat.start().process.wait(START_S))
    mark.unlink()
    assert _start(seat) < START_S


def _it(folder: Path, command: str) -> None:
    """A command of the page, typed by IT in this folder; the key's password at its questions."""
    done = subprocess.run(
        ["bash", "-euc", command.replace("/srv/desk", str(folder / "share"))],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder)},
        input=f"{PASSWORD_OF_KEY}\n" * 2,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_version_is_published_taken_and_left_as_the_manual_says(root: Root, tmp_path: Path) -> None:
    blocks, shown = marked(UPDATES), {command.words for command in commands(UPDATES)}
    before = root.run("desk", "--version").stdout
    share = tmp_path / "share"
    stub.bundle(tmp_path / "build" / "bundle" / "desk", BROUGHT)
    _it(tmp_path, blocks["key"])
    _it(tmp_path, blocks["publish"])
    public = (tmp_path / "desk.pub").read_text(encoding="utf-8").split("\n")[1]
    told = re.sub(r"https://[^\"]+", str(share), re.sub(r'keys = \["[^"]+', f'keys = ["{public}', blocks["channel"]))
    (root.folder / "etc/desk/seat.toml").write_text(told, encoding="utf-8")

    def seat(words: str, code: int = 0, **given: str) -> str:
        assert words in shown, words
        for name, value in given.items():
            words = words.replace(name, value)
        done = root.run("desk", *words.split(), check=False)
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    assert BROUGHT not in seat("update look"), "ten per cent, and this seat is not of them"
    widen = f"update stage {BROUGHT} --percent 100 --channel /srv/desk --key desk.key"
    back = f"update withdraw {BROUGHT} --channel /srv/desk --key desk.key"
    assert {widen, back} <= shown
    _it(tmp_path, f"desk {widen}")
    assert BROUGHT in seat("update look")
    assert BROUGHT in seat("update status")
    seat("update hold")
    seat("update hold --off")
    seat(f"update apply {BROUGHT}")
    assert root.run("desk", "--version").stdout == f"desk {BROUGHT}\n"
    seat("update back")
    assert root.run("desk", "--version").stdout == before
    seat("update install FILE", FILE=str(next(share.glob(f"*{BROUGHT}*"))))
    assert root.run("desk", "--version").stdout == f"desk {BROUGHT}\n"
    seat("update back")
    _it(tmp_path, f"desk {back}")
    seat("update look")
    seat(f"update apply {BROUGHT}", 1)
    assert root.run("desk", "--version").stdout == before
    (root.folder / "etc/desk/seat.toml").unlink()


def test_upgrade_downgrade_remove_and_purge_leave_what_is_not_the_package_s(root: Root, newer: Path) -> None:
    (root.folder / "root" / "newer.deb").write_bytes(newer.read_bytes())
    before = root.run("desk", "--version").stdout
    kept = root.folder / "home/agent/.local/share/desk/recordings/call.opus"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"voices")
    policy, brought = root.folder / "etc/desk/policy.toml", root.folder / "var/lib/desk/versions/8.0.0/desk"
    policy.write_text("[seat]\n", encoding="utf-8")
    brought.parent.mkdir(parents=True)
    brought.write_bytes(b"")

    root.apt("install", "/root/newer.deb")
    assert root.run("desk", "--version").stdout == f"desk {NEWER}\n"
    assert not root.has("/usr/lib/desk/_internal/PySide6")
    followed(root, "downgrade")
    assert root.run("desk", "--version").stdout == before
    assert kept.exists()
    assert policy.exists()
    assert brought.exists()

    followed(root, "remove")
    assert not root.has("/usr/bin/desk")
    assert not root.has("/usr/lib/desk")
    assert not root.has("/var/lib/desk/versions")
    assert policy.exists()
    assert kept.exists()

    told = followed(root, "purge")
    assert "kept: calls, recordings and settings of account agent" in told
    assert kept.read_bytes() == b"voices"
    for place in ("/etc/desk", "/var/lib/desk", "/etc/xdg/autostart/desk.desktop", "/etc/security/limits.d/desk.conf"):
        assert not root.has(place), place

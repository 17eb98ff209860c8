"""The real package on bare Debian systems: installed by apt with nothing but what it names, a whole seat started in it
and registered, exchanged, taken out. `make test-install` (DESK_INSTALL=1): some ten minutes, root, and a package that
`make deb` has made."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.display import virtual_display
from desk.demo.seat import Seat
from desk.demo.stage import PASSWORD, Stage, stage
from tests.installer import roots, stub
from tests.installer.roots import Root

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DESK_INSTALL"), reason="`make test-install` runs it"),
    pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="debootstrap and chroot are root's"),
    pytest.mark.timeout(1800),
]
START_S = 90.0
NEWER = "9.0.0"


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
        made.apt("update")
        made.run("useradd", "--create-home", "agent")
        local = made.folder / "root" / "desk.deb"
        local.write_bytes(package.read_bytes())
        made.apt("install", "/root/desk.deb")
        yield made


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
    began_s = time.monotonic()
    seat.start()
    seat.wait_step("line registered", START_S, role="phone")
    seat.wait_step("window_ready", START_S)
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
    assert json.loads(done.stdout), done.stderr


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
    root.apt("install", "--allow-downgrades", "/root/desk.deb")


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
    root.apt("install", "--allow-downgrades", "/root/desk.deb")
    assert root.run("desk", "--version").stdout == before
    assert kept.exists()
    assert policy.exists()
    assert brought.exists()

    root.apt("remove", "desk")
    assert not root.has("/usr/bin/desk")
    assert not root.has("/usr/lib/desk")
    assert not root.has("/var/lib/desk/versions")
    assert policy.exists()
    assert kept.exists()

    told = root.apt("purge", "desk")
    assert "kept: calls, recordings and settings of account agent" in told
    assert kept.read_bytes() == b"voices"
    for place in ("/etc/desk", "/var/lib/desk", "/etc/xdg/autostart/desk.desktop", "/etc/security/limits.d/desk.conf"):
        assert not root.has(place), place

"""dpkg killed in the middle of an upgrade or a downgrade, again and again: where it leaves a mixture of two versions
seats are kept out, finishing it leaves one whole version, and nobody's data is touched. Three rounds; sixty with
DESK_SOAK or DESK_INSTALL set. On this computer's own system with a layer over it: as root only."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installer import roots, stub
from tests.installer.roots import Root

LONG = bool(os.environ.get("DESK_SOAK") or os.environ.get("DESK_INSTALL"))
ROUNDS = 60 if LONG else 3
FILES = 300
VERSIONS = ("1.0.0", "2.0.0")
MARK = "/run/desk/making-way"


def can_layer() -> bool:
    """Whether this user may put a layer over the system; a container may forbid it to root."""
    if sys.platform != "linux" or os.geteuid() or not shutil.which("dpkg"):
        return False
    layer = "lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w"
    tried = f"mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && mount -t overlay o -o {layer} /mnt"
    return subprocess.run(["unshare", "--mount", "sh", "-c", tried], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.skipif(not can_layer(), reason="needs root, dpkg, and a layer over the system (overlay)"),
    pytest.mark.timeout(1200 if LONG else 240),
]


@pytest.fixture
def packages(tmp_path: Path) -> list[Path]:
    return [stub.package(tmp_path, version, FILES) for version in VERSIONS]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    with roots.layered(tmp_path / "layer") as made:
        yield made


def dpkg(package: Path) -> tuple[str, ...]:
    return ("env", "DESK_WAIT_S=0", "dpkg", "--no-triggers", "--force-depends", "--force-confold", "-i", str(package))


def versions_there(root: Root) -> set[str]:
    """What the files of the installed program say."""
    return set(root.run("sh", "-c", "cat /usr/lib/desk/_internal/part-* | grep -o '[0-9]\\.0\\.0'").stdout.split())


def killed(root: Root, package: Path, after_s: float) -> None:
    began = time.monotonic()
    with subprocess.Popen(
        root.argv(*dpkg(package)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        while process.poll() is None and time.monotonic() - began < after_s:
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_killed_in_the_middle_no_seat_starts_on_a_mixture_and_finishing_it_mends_it(
    root: Root, packages: list[Path]
) -> None:
    chance = random.Random(20261123)
    root.run(*dpkg(packages[0]))
    root.run("sh", "-c", "mkdir -p /home/agent/.local/share/desk && echo kept > /home/agent/.local/share/desk/seat.db")
    began = time.monotonic()
    root.run(*dpkg(packages[1]))
    whole_s = time.monotonic() - began
    cut = 0
    for round_ in range(ROUNDS):
        package, version = packages[round_ % 2], VERSIONS[round_ % 2]
        killed(root, package, whole_s * (0.5 if not LONG else chance.uniform(0.05, 1.0)))
        there, held = versions_there(root), root.run("test", "-e", MARK, check=False).returncode == 0
        cut += held
        assert len(there) == 1 or held, (round_, there)
        root.run("dpkg", "--configure", "-a", check=False)
        root.run(*dpkg(package))
        assert versions_there(root) == {version}
        assert root.run("/usr/lib/desk/desk").stdout == f"desk {version}\n"
        assert root.run("test", "-e", MARK, check=False).returncode == 1, "seats may start again"
        assert root.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", "desk").stdout.startswith(
            "installed"
        )
        assert root.run("cat", "/home/agent/.local/share/desk/seat.db").stdout == "kept\n"
    assert cut, "it was never killed in the middle"

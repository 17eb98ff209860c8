"""What the package's scripts do about seats that run: tried on a program of our own in the place of Desk's."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installer.stub import INSTALLER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian's package")
LONG_S = "600"


class Computer:
    """One whose Desk is a copy of `sleep`."""

    def __init__(self, folder: Path) -> None:
        self.program, self.mark, self.script = folder / "desk", folder / "run" / "making-way", folder / "seats.sh"
        shutil.copyfile("/bin/sleep", self.program)
        self.program.chmod(0o755)
        text = (INSTALLER / "debian" / "seats.sh").read_text(encoding="utf-8")
        for place, own in (("/usr/lib/desk/desk", self.program), ("/run/desk", self.mark.parent)):
            assert place in text
            text = text.replace(place, str(own))
        self.script.write_text(text, encoding="utf-8")
        self.seats: list[subprocess.Popen[bytes]] = []

    def start_seat(self, seconds: str = LONG_S) -> subprocess.Popen[bytes]:
        seat = subprocess.Popen([str(self.program), seconds])
        self.seats.append(seat)
        return seat

    def make_way(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-e", "-c", f". {self.script}; make_way installed"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path)
    yield made
    for seat in made.seats:
        seat.kill()
        seat.wait()


def test_where_no_seat_runs_nobody_waits_and_none_may_start(computer: Computer) -> None:
    assert computer.make_way(DESK_WAIT_S="0").returncode == 0
    assert computer.mark.exists()


def test_a_seat_that_does_not_end_stops_the_installation_and_goes_on(computer: Computer) -> None:
    seat = computer.start_seat()
    done = computer.make_way(DESK_WAIT_S="1")
    assert done.returncode == 1
    assert f"process {seat.pid}" in done.stderr
    assert "nothing was changed" in done.stderr
    assert seat.poll() is None
    assert not computer.mark.exists()


def test_a_seat_that_ends_in_time_lets_it_go_on(computer: Computer) -> None:
    seat = computer.start_seat("1")
    waiting = subprocess.Popen(
        ["sh", "-e", "-c", f". {computer.script}; make_way installed"], env={**os.environ, "DESK_WAIT_S": "50"}
    )
    assert seat.wait(30) == 0
    assert waiting.wait(30) == 0
    assert computer.mark.exists()


def test_a_seat_that_looks_in_again_and_again_whether_it_may_start_holds_nothing_up(computer: Computer) -> None:
    """As what looks after it tries it, after it has made way; here it is there for most of the time."""
    tries = f"while {computer.program} 0.6; do sleep 0.3; done"
    asking = subprocess.Popen(["sh", "-c", tries], start_new_session=True)
    try:
        for _round in range(3):
            done = computer.make_way(DESK_WAIT_S="50")
            assert (done.returncode, done.stderr) == (0, "")
    finally:
        os.killpg(asking.pid, signal.SIGKILL)
        asking.wait()


def test_who_says_so_ends_it(computer: Computer) -> None:
    seat = computer.start_seat()
    asking = subprocess.Popen(
        ["sh", "-e", "-c", f". {computer.script}; make_way installed"],
        env={**os.environ, "DESK_WAIT_S": "0", "DESK_STOP_SEATS": "1"},
    )
    assert seat.wait(30) < 0
    assert asking.wait(50) == 0

"""One seat, one launcher."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desk.launcher import AlreadyRunning, SeatLock

HOLD = """
import sys, time
from pathlib import Path
from desk.launcher import SeatLock
lock = SeatLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_second_launcher_of_a_seat_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    first = SeatLock(tmp_path / "data")
    with pytest.raises(AlreadyRunning):
        SeatLock(tmp_path / "data")
    SeatLock(tmp_path / "other").release()
    first.release()
    SeatLock(tmp_path / "data").release()


def test_killed_launcher_does_not_keep_its_seat(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent.parent,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning):
            SeatLock(tmp_path)
        holder.send_signal(signal.SIGKILL)
    SeatLock(tmp_path).release()

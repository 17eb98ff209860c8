"""The launcher as a process of its own: what it leaves when it dies."""

import subprocess
import sys
from pathlib import Path

import pytest

from desk.exit_codes import OK

PROGRAM = """
import os, sys
from pathlib import Path
from desk.compose import seat
from desk.link.addresses import LinkBusy
from desk.settings import Settings

class Stub:
    def __init__(self, *given, **more): pass
    def run(self):
        if sys.argv[2] == "abort": os.abort()
        if sys.argv[2] == "busy": raise LinkBusy("taken")
        return 1 // int(sys.argv[2] != "bug") * 0

seat.Launcher = Stub
folder = Path(sys.argv[1])
sys.exit(seat.run(Settings(data_dir=folder, runtime_dir=folder / "run"), folder / "settings.toml"))
"""


@pytest.mark.parametrize(
    ("how", "told"), [("well", None), ("busy", None), ("bug", "ZeroDivisionError"), ("abort", "in run")]
)
def test_a_launcher_that_dies_of_a_fault_leaves_a_crash_file(tmp_path: Path, how: str, told: str | None) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), how],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode == OK) is (how == "well"), ran.stderr
    left = list(tmp_path.rglob("launcher-*.txt"))
    assert [told in file.read_text(encoding="utf-8") for file in left if told] == [True] * (told is not None)
    assert bool(left) is (told is not None)

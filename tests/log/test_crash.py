"""Crash files: real processes die, and what they leave is found, shown once, and put away."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desk.log.crash import KEPT_FILES, MOST_BYTES, crash_file_of, mark_seen, role_of, unseen_crashes

BEGIN = """
import ctypes, sys, threading, time
from datetime import UTC, datetime
from pathlib import Path
from desk.log import crash
kept = crash.keep(Path(sys.argv[1]), "ui", datetime(2026, 11, 21, 20, 22, 18, tzinfo=UTC))
def deep():
    print("kept", flush=True)
"""


def die(crash_dir: Path, body: str) -> tuple[int, int]:
    """Run this as a process; its exit code and pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + f"    {body}\ndeep()\nkept.close()", str(crash_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent.parent.parent,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        if "sleep" in body:
            process.send_signal(signal.SIGABRT)
    return process.returncode, process.pid


@pytest.mark.parametrize(
    ("body", "code", "left"),
    [
        ("ctypes.string_at(0)", -signal.SIGSEGV, "Segmentation fault"),
        ("time.sleep(60)", -signal.SIGABRT, "in deep"),
        ("raise RuntimeError('no route to 013800138000')", 1, "RuntimeError: no route to ***00"),
    ],
    ids=["fault-in-c", "ended-while-stuck", "uncaught"],
)
def test_dead_process_leaves_its_stack(tmp_path: Path, body: str, code: int, left: str) -> None:
    returned, pid = die(tmp_path, body)
    assert returned == code
    file = crash_file_of(tmp_path, "ui", pid)
    assert file is not None
    assert file.name == f"ui-20261121T202218Z-{pid}.txt"
    assert left in file.read_text(encoding="utf-8")
    assert unseen_crashes(tmp_path) == [file]
    assert role_of(file) == "ui"


def test_uncaught_error_of_another_thread_is_kept(tmp_path: Path) -> None:
    returned, pid = die(tmp_path, "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()")
    assert returned == 0
    file = crash_file_of(tmp_path, "ui", pid)
    assert file is not None
    assert "ZeroDivisionError" in file.read_text(encoding="utf-8")


def test_process_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    returned, pid = die(tmp_path, "pass")
    assert returned == 0
    assert list(tmp_path.iterdir()) == []
    assert crash_file_of(tmp_path, "ui", pid) is None


def test_killed_process_leaves_no_empty_file_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / "ui-20261121T202218Z-77.txt").touch()
    assert unseen_crashes(tmp_path) == []
    assert crash_file_of(tmp_path, "ui", 77) is None
    assert list(tmp_path.iterdir()) == []


def test_crashes_are_listed_oldest_first_and_shown_once(tmp_path: Path) -> None:
    names = ["ui-20261121T000000Z-5.txt", "phone-20261121T000100Z-4.txt", "sync-20261120T000000Z-9.txt"]
    for name in names:
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = unseen_crashes(tmp_path)
    assert [f.name for f in found] == [names[2], names[0], names[1]]
    mark_seen(found[0])
    mark_seen(found[0])
    assert unseen_crashes(tmp_path) == found[1:]


def test_only_the_newest_are_kept_for_engineers(tmp_path: Path) -> None:
    for number in range(KEPT_FILES + 3):
        file = tmp_path / f"ui-20261121T{number:06d}Z-1.txt"
        file.write_text("x", encoding="utf-8")
        mark_seen(file)
    kept = sorted(f.name for f in (tmp_path / "seen").iterdir())
    assert len(kept) == KEPT_FILES
    assert kept[0] == "ui-20261121T000003Z-1.txt"


def test_a_seat_that_dies_all_weekend_leaves_no_more_than_can_be_shown(tmp_path: Path) -> None:
    for number in range(KEPT_FILES + 20):
        (tmp_path / f"phone-20261121T{number:06d}Z-1.txt").write_text("x", encoding="utf-8")
    die(tmp_path, "raise KeyError")
    left = unseen_crashes(tmp_path)
    assert len(left) == KEPT_FILES + 1
    assert left[0].name == "phone-20261121T000020Z-1.txt"


def test_an_error_that_comes_again_and_again_fills_no_disk(tmp_path: Path) -> None:
    body = "[kept.note(ValueError('x' * 10_000)) for _ in range(200)] and sys._exit(1)"
    die(tmp_path, body)
    sizes = [file.stat().st_size for file in unseen_crashes(tmp_path)]
    assert len(sizes) == 1
    assert MOST_BYTES <= sizes[0] <= 2 * MOST_BYTES


def test_no_folder_means_no_crashes(tmp_path: Path) -> None:
    assert unseen_crashes(tmp_path / "none") == []

"""A process of the seat from start to end, with a stand-in for what it runs: every way out leaves what it should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk import exit_codes
from desk.log.crash import unseen_crashes

ROOT = Path(__file__).parent.parent
RUN = """
import logging, sys, threading, time, types
from pathlib import Path
compose = types.ModuleType("desk.compose")
def run_phone(settings):
    logging.getLogger("desk.phone").info("running", extra={"number": "013800138000"})
    return body(settings)
exec(sys.argv[2])
compose.run_phone = compose.run_sync = compose.run_ui = run_phone
import desk
desk.compose = sys.modules["desk.compose"] = compose
from desk.process import run_process
run_process("phone", Path(sys.argv[1]))
"""


class Ended:
    def __init__(self, folder: Path, body: str) -> None:
        file = folder / "settings.toml"
        file.write_text(f"data_dir = '{folder}/data'\n[seat]\nlanguage = 'en'", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(file), f"def body(settings):\n    {body}"],
            cwd=ROOT,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.code, self.told = done.returncode, done.stderr
        self.crashes = [f.read_text(encoding="utf-8") for f in unseen_crashes(folder / "data" / "crashes")]
        log = (folder / "data" / "log" / "phone.jsonl").read_text(encoding="utf-8")
        self.log = [json.loads(line) for line in log.splitlines()]


@pytest.mark.parametrize("body", ["return 0", "sys.exit(0)"])
def test_good_end_leaves_a_log_and_no_crash_file(tmp_path: Path, body: str) -> None:
    ended = Ended(tmp_path, body)
    assert (ended.code, ended.told, ended.crashes) == (exit_codes.OK, "", [])
    assert (ended.log[0]["message"], ended.log[0]["number"]) == ("running", "***00")


def test_bug_leaves_a_crash_file_a_log_line_and_a_traceback(tmp_path: Path) -> None:
    ended = Ended(tmp_path, "raise RuntimeError('no route to 013800138000')")
    assert ended.code == exit_codes.FAULT
    assert len(ended.crashes) == 1
    for text in (ended.told, ended.crashes[0], ended.log[-1]["error"]):
        assert "RuntimeError: no route to ***00" in text
        assert "138001" not in text


def test_fault_of_the_surroundings_is_told_and_is_no_crash(tmp_path: Path) -> None:
    ended = Ended(tmp_path, "from desk.usecases.ports import KeyMissing; raise KeyMissing")
    assert ended.code == exit_codes.ENVIRONMENT
    assert ended.told.startswith("The key of this seat's store is not in the keyring.")
    assert ended.crashes == []
    assert ended.log[-1]["level"] == "ERROR"


def test_thread_that_does_not_end_holds_no_process(tmp_path: Path) -> None:
    ended = Ended(tmp_path, "threading.Thread(target=time.sleep, args=(300,)).start(); return 0")
    assert ended.code == exit_codes.OK


def test_fault_in_a_c_library_leaves_its_stack(tmp_path: Path) -> None:
    ended = Ended(tmp_path, "import ctypes; ctypes.string_at(0)")
    assert ended.code < 0
    assert "in body" in ended.crashes[0]

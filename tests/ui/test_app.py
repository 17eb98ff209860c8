"""The ui process's entry, and the watch over its loop."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.ui import steps
from desk.ui.key_button import KeyButton

ROOT = Path(__file__).parents[2]


# A stack is asked of a hundred threads at most, and a process that has run many tests may have more.
STUCK = """
import logging, time
from PySide6.QtCore import QCoreApplication, QTimer
from desk.ui.stall_watch import StallWatch

class Told(logging.Handler):
    def emit(self, record):
        if "be_stuck" in vars(record)["stack"]:
            app.quit()

def be_stuck():
    time.sleep(0.25)  # the fault itself, not a wait for something

app = QCoreApplication([])
logging.getLogger("desk.ui.stalls").addHandler(Told(logging.WARNING))
watch = StallWatch()
watch.start()
again = QTimer(watch, interval=0)  # a busy computer adds stalls of its own, and one has one stack
again.timeout.connect(be_stuck)
again.start()
app.exec()
again.stop()
print(watch.longest_ms > 150)
watch.forget()
print(watch.longest_ms == 0)
watch.stop()
"""


def test_a_stall_is_measured_and_named_with_its_stack() -> None:
    ran = subprocess.run([sys.executable, "-c", STUCK], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == ["True", "True"]


def test_marks_are_written_only_where_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "marks.jsonl"
    monkeypatch.setenv("DESK_BENCH_FILE", str(file))
    steps.open_marks()
    steps.step("profile_painted", call_id="c1")
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    line = json.loads(file.read_text())
    assert (line["mark"], line["call_id"]) == ("profile_painted", "c1")
    assert line["monotonic_ns"] <= time.monotonic_ns()
    monkeypatch.delenv("DESK_BENCH_FILE")
    steps.open_marks()
    steps.mark("unseen")
    assert "unseen" not in file.read_text()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", ["1", "2"])
def test_a_low_window_has_room_for_every_strip_at_once_and_for_the_field_in_hand(language: str, scale: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ui.window_program", "full", language],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": scale},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["ratio"] == float(scale)
    assert told["needs"] <= 700
    assert told["middle"] <= 666
    assert told["hidden"] == []
    assert told["unseen"] == []


def test_the_process_runs_until_it_is_told_to_stop_and_saves_what_was_typed() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ui.window_program", "seat"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["code"] == 0
    assert told["kept"] == ["the last words"]
    assert "window_ready" in told["steps"]
    assert told["steps"][-1] == "window_closed"
    assert told["bugs"] == ["ZeroDivisionError"]


def test_a_key_button_shows_its_key_and_obeys_it_only_while_it_can(qtbot: QtBot) -> None:
    pressed: list[None] = []
    button = KeyButton("x", "File", "Ctrl+Return", "check", "primary")
    qtbot.addWidget(button)
    button.clicked.connect(lambda: pressed.append(None))
    button.show()
    button.activateWindow()
    qtbot.waitUntil(button.isActiveWindow)
    assert button.cap() == "Ctrl+Enter"
    assert button.accessibleName() == "File"
    assert "Ctrl+Return" in button.toolTip()
    QTest.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    button.setEnabled(False)
    QTest.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(pressed) == 1
    plain = button.sizeHint().width()
    button.say("File it now")
    assert button.sizeHint().width() > plain

"""Start and memory. The anchor of the start is an empty PySide6 window, started in the same run on the same screen."""

import os
import statistics
import subprocess
import sys
import time

from tests.bench.figures import Figure
from tests.bench.spine_caller import Caller
from tests.bench.spine_seat import STEP_S, BenchSeat, Say

RUNS = 5
CALLS = 200
FIRST_CALLS = 100  # by then the caches are as full as they get
TALK_S = 0.3
REST_S = 3.0
SEALED_S = 120.0
_EMPTY_WINDOW = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
class Window(QWidget):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(0, lambda: (print(time.monotonic_ns(), flush=True), app.quit()))
window = Window()
window.showMaximized()
app.exec()
"""


def measure_start(bench: BenchSeat, say: Say, runs: int = RUNS) -> list[Figure]:
    """`runs` starts after one that does not count (it fills the disk cache). The seat runs afterwards."""
    ready, usable, registered, empty, cpu = [], [], [], [], []
    for run in range(runs + 1):
        window_s = _empty_window_s(bench)
        mark = bench.start()
        used = bench.cpu_s()
        shown = bench.marks.wait("window_ready", bench.started_ns)
        registered_s = bench.wait_registered()
        if run:
            empty.append(window_s)
            cpu.append(used.get("launcher", 0.0) + used.get("ui", 0.0))
            ready.append((shown.at_ns - bench.started_ns) / 1e9)
            usable.append((mark.at_ns - bench.started_ns) / 1e9)
            registered.append(registered_s)
            say(
                f"start {run}: usable {usable[-1]:.2f}, registered {registered_s:.2f}, an empty window {window_s:.2f} s"
            )
        if run < runs:
            bench.stop()
    anchor = statistics.median(empty)
    return [
        Figure("start.window_shown_median", statistics.median(ready), "s", "", anchor),
        Figure("start.usable_median", statistics.median(usable), "s", "<= 1.5", anchor),
        Figure("start.usable_longest", max(usable), "s", "<= 1.5", max(empty)),
        Figure("start.cpu_of_launcher_and_ui_median", statistics.median(cpu), "s"),
        Figure("start.registered_median", statistics.median(registered), "s", "<= 2"),
        Figure("start.registered_longest", max(registered), "s", "<= 2"),
    ]


def _empty_window_s(bench: BenchSeat) -> float:
    began_ns = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-c", _EMPTY_WINDOW],
        env={**os.environ, **bench.display.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return (int(done.stdout.split()[-1]) - began_ns) / 1e9


def measure_memory(bench: BenchSeat, numbers: list[str], say: Say, calls: int = CALLS) -> list[Figure]:
    """All processes together, idle, after the first calls and after all of them; every call answered, recorded, hung
    up by the caller and sealed. `numbers` are called from in turn."""
    time.sleep(REST_S)
    idle = bench.memory_mib()
    bench.attach()
    bench.answers = True
    before = _sealed(bench)
    warm = idle
    with Caller(bench.port) as caller:
        for call in range(calls):
            sent_ns = caller.ring(numbers[call % len(numbers)])
            caller.wait_answered()
            call_id = bench.marks.wait("call_received", sent_ns).fields["call_id"]
            time.sleep(TALK_S)
            caller.hang_up()
            bench.marks.wait("call_ended", sent_ns, STEP_S, call_id=call_id)
            if call + 1 == FIRST_CALLS:
                _wait_sealed(bench, before + call + 1)
                warm = bench.memory_mib()
    bench.answers = False
    _wait_sealed(bench, before + calls)
    after = bench.memory_mib()
    for role in idle:
        say(f"memory of {role}: idle {idle[role]:.1f}, after {calls} calls {after.get(role, 0.0):.1f} MiB")
    total_idle, total_warm, total_after = (sum(used.values()) for used in (idle, warm, after))
    return [
        Figure("memory.idle", total_idle, "MiB"),
        Figure(f"memory.after_{FIRST_CALLS}_calls", total_warm, "MiB"),
        Figure(f"memory.after_{calls}_calls", total_after, "MiB", "", total_idle),
        Figure("memory.growth_between", (total_after / total_warm - 1) * 100, "%", "<= 5"),
    ]


def _sealed(bench: BenchSeat) -> int:
    return sum(1 for _file in (bench.seat.data_dir / "recordings").rglob("*.seal"))


def _wait_sealed(bench: BenchSeat, wanted: int) -> None:
    end = time.monotonic() + SEALED_S
    while _sealed(bench) < wanted and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(REST_S)

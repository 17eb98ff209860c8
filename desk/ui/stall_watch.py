"""How long the window's event loop was ever stuck. A timer ticks on Qt's thread; how late it comes is how long the loop
was busy. The longest stall is kept for the bench; one above `TOLD_MS` is logged at once, with the stack that a second
thread took of Qt's thread while it was stuck, so that its cause has a name.

The stack is written by faulthandler and not by `sys._current_frames`: a frame held by the watcher keeps the painter of
a running `paintEvent` alive beyond its widget's paint, and ends it on the wrong thread, which is a segmentation fault.
faulthandler reads the frames without holding them. Ui process; the timer on Qt's thread, the watcher on its own."""

import faulthandler
import logging
import tempfile
import threading
import time

from PySide6.QtCore import QObject, Qt, QTimer

from desk.ui.steps import mark

TICK_MS = 20
TOLD_MS = 50
_log = logging.getLogger("desk.ui.stalls")


class StallWatch(QObject):
    """`longest_ms`: since `start` or `forget`. Start-up is not counted: call `start` when the window is ready."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_ms = 0.0
        self.ticks = 0
        self._thread_id = threading.get_ident()
        self._last = 0.0
        self._used = 0.0  # processor time of Qt's thread until the last tick
        self._stack = (0.0, "")  # of the stall that began with this tick
        self._closing = threading.Event()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._watcher = threading.Thread(target=self._watch, name="ui-stall-watch", daemon=True)

    def start(self) -> None:
        self._last, self._used = time.monotonic(), time.thread_time()
        self._timer.start()
        self._watcher.start()

    def stop(self) -> None:
        self._closing.set()
        self._timer.stop()
        _log.info("longest stall", extra={"longest_ms": round(self.longest_ms, 1)})
        mark("longest_stall", longest_ms=round(self.longest_ms, 1))

    def forget(self) -> None:
        self.longest_ms = 0.0

    def _tick(self) -> None:
        now, used = time.monotonic(), time.thread_time()
        late_ms, busy_ms = (now - self._last) * 1000 - TICK_MS, (used - self._used) * 1000
        began, stack = self._stack
        seen = stack if began == self._last else ""
        self._last, self._used = now, used
        self.ticks += 1
        if late_ms > self.longest_ms:
            self.longest_ms = late_ms
            mark("stall", longest_ms=round(late_ms, 1), busy_ms=round(busy_ms, 1))
        if late_ms > TOLD_MS:
            stall = {"stall_ms": round(late_ms, 1), "busy_ms": round(busy_ms, 1), "stack": seen}
            _log.warning("the window was stuck", extra=stall)

    def _watch(self) -> None:
        """Takes the stack of Qt's thread once per stall, while it lasts."""
        while not self._closing.wait(TOLD_MS / 2000):
            last = self._last
            if (time.monotonic() - last) * 1000 - TICK_MS > TOLD_MS * 0.7 and self._stack[0] != last:
                self._stack = (last, _stack_of(self._thread_id))


def _stack_of(thread_id: int) -> str:
    """The Python stack of this thread now, innermost call first."""
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        dump = file.read().decode(errors="replace")
    for part in dump.split("\n\n"):
        head, _newline, frames = part.partition("\n")
        if f"0x{thread_id:016x}" in head:
            return frames
    return dump

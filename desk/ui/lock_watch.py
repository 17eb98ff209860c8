"""Says when nobody has been at the seat for so long. A key, a move of the mouse or a call is somebody: an agent who
talks for twenty minutes touches nothing and is there.

What counts is the PC, where it tells (Windows, X11): somebody who works in another program has not gone away. Where it
does not (Wayland), what happens in Desk's own windows counts alone. Ui process, Qt's thread; the PC is asked on the
worker, for it may take its time."""

import contextlib
import ctypes
import logging
import os
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desk.ui.hub import Hub

TICK_MS = 5_000
_LANE = "idle"
_SOMEBODY = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)
_log = logging.getLogger("desk.ui.lock")

IdleMs = Callable[[], int | None]  # how long the PC was not touched; None: it does not tell


class LockWatch(QObject):
    """`nobody_here()`: for `minutes` (0: never told). `idle_ms` is called on the worker."""

    nobody_here = Signal()

    def __init__(
        self,
        hub: Hub,
        minutes: int,
        idle_ms: IdleMs,
        parent: QObject | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._hub, self._limit_s, self._idle_ms, self._clock_s = hub, minutes * 60.0, idle_ms, clock_s
        self._here_at = clock_s()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.look)
        if minutes > 0:
            self._timer.start()
        for signal in (hub.agent_changed, hub.lock_changed, hub.calls_changed):
            signal.connect(self.somebody)

    def somebody(self) -> None:
        self._here_at = self._clock_s()

    def look(self) -> None:
        """Is somebody there?"""
        if self._hub.agent is None or self._hub.locked or self._hub.state.front() is not None:
            self.somebody()
        else:
            self._hub.worker.run(self._idle_ms, self._asked, lane=_LANE, owner=self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _SOMEBODY:
            self.somebody()
        return False

    def _asked(self, idle_ms: int | None) -> None:
        now = self._clock_s()
        if idle_ms is None:
            self._watch_own_windows()
        else:
            self._here_at = max(self._here_at, now - idle_ms / 1000)
        if now - self._here_at >= self._limit_s and self._hub.state.front() is None:
            self.somebody()
            self.nobody_here.emit()

    def _watch_own_windows(self) -> None:
        """What the system reports to them, and not every event of every widget. A filter that is there already stays
        one."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)


def idle_of_this_system(platform: str) -> IdleMs:
    """`platform`: Qt's name of it."""
    if platform == "windows":
        return _windows_idle_ms
    if platform == "xcb":
        return X11Idle(os.environ.get("DISPLAY", ""))
    return lambda: None


class X11Idle:
    """X's screen saver extension, over a connection of its own that the worker's one thread opens and uses."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._ask: Callable[[], int] | None = None
        self._hang_up: Callable[[], None] = lambda: None
        self._failed = False

    def __call__(self) -> int | None:
        if self._failed:
            return None
        try:
            if self._ask is None:
                self._ask = self._open()
            return self._ask()
        except Exception as error:  # noqa: BLE001 - of the X server, its extension or the socket, each its own kind
            _log.info("this display does not tell how long it was not touched: %s", type(error).__name__)
            self._failed = True
            self.close()
            return None

    def close(self) -> None:
        with contextlib.suppress(Exception):  # the server has gone first
            self._hang_up()

    def _open(self) -> Callable[[], int]:
        from Xlib.display import Display
        from Xlib.ext import screensaver

        display = Display(self._name or None)
        self._hang_up = display.close
        root = display.screen().root
        return lambda: int(screensaver.query_info(root).idle)


class _LastInput(ctypes.Structure):
    _fields_ = (("cbSize", ctypes.c_uint), ("dwTime", ctypes.c_uint))


def _windows_idle_ms() -> int | None:
    """GetLastInputInfo (winuser.h): of this session, in every program. After Microsoft's documentation; no test of this
    program reaches it."""
    if sys.platform == "win32":
        last = _LastInput(ctypes.sizeof(_LastInput), 0)
        if ctypes.WinDLL("user32").GetLastInputInfo(ctypes.byref(last)):
            return int((ctypes.WinDLL("kernel32").GetTickCount() - last.dwTime) & 0xFFFFFFFF)
    return None

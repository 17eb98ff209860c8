"""Answer, hang up and mute by key while another program has the keyboard: Ctrl+Shift with the key that does it in the
window (F2, F3, F4). Input methods want Ctrl+Space, Shift and Ctrl+Shift alone, chat programs Ctrl+Alt with a letter,
remote desktops Ctrl+Alt with End and Home, X servers Ctrl+Alt with F keys: these are left to them.

A key that another program holds already is told once, and the others work. `desk.ui.telephone.global_keys_x11` and
`desk.ui.telephone.global_keys_windows` hold the keys, each on a thread of its own; a press is brought to Qt's thread
here. Under Wayland no program can hold keys, and nothing is tried."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton

from desk.i18n import _

_log = logging.getLogger("desk.ui.telephone.global_keys")


class GlobalKey(Enum):
    """The value is the F key that is pressed with Ctrl and Shift."""

    ANSWER = "F2"
    HANG_UP = "F3"
    MUTE = "F4"

    @property
    def shown(self) -> str:
        return f"Ctrl+Shift+{self.value}"


OnPress = Callable[[GlobalKey], None]
OnRefused = Callable[[tuple[GlobalKey, ...]], None]


class Holder(Protocol):
    """Holds the keys from `start` to `stop`. `on_press` and `on_refused` (at most once, at the start) are called on a
    thread of its own."""

    def start(self, on_press: OnPress, on_refused: OnRefused) -> None: ...
    def stop(self) -> None: ...


class GlobalKeys(QObject):
    """`buttons`: which one a key clicks, if it may be clicked. `tell` takes words for the agent."""

    _pressed = Signal(object)
    _refused = Signal(object)

    def __init__(
        self,
        holder: Holder,
        buttons: Mapping[GlobalKey, QAbstractButton],
        tell: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._holder, self._buttons, self._tell = holder, buttons, tell
        self._pressed.connect(self._press, Qt.ConnectionType.QueuedConnection)
        self._refused.connect(self._refuse, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._holder.start(self._pressed.emit, self._refused.emit)

    def stop(self) -> None:
        self._holder.stop()

    def _press(self, key: GlobalKey) -> None:
        _log.info("global key", extra={"key": key.name})
        button = self._buttons[key]
        if button.isEnabled():
            button.click()

    def _refuse(self, keys: tuple[GlobalKey, ...]) -> None:
        shown = ", ".join(key.shown for key in keys)
        _log.warning("another program holds %s", shown)
        self._tell(_("Another program has taken {keys}. In this window the keys work as ever.").format(keys=shown))


def holder_of_this_system(platform: str, environment: Mapping[str, str] = os.environ) -> Holder | None:
    """`platform`: Qt's name of what it draws on. None where keys cannot be held."""
    if platform == "xcb" and environment.get("XDG_SESSION_TYPE") != "wayland" and "WAYLAND_DISPLAY" not in environment:
        return _LateHolder(lambda: _x11(environment.get("DISPLAY", "")))
    if platform == "windows" and sys.platform == "win32":
        from desk.ui.telephone.global_keys_windows import WindowsHolder

        return WindowsHolder()
    _log.info("no global keys on %s", platform)
    return None


def _x11(name: str) -> Holder:
    from desk.ui.telephone.global_keys_x11 import X11Holder

    return X11Holder(name)


class _LateHolder:
    """Loads what holds the keys on a thread: 40 ms in which the window would stand still."""

    def __init__(self, make: Callable[[], Holder]) -> None:
        self._make = make
        self._holder: Holder | None = None
        self._thread: threading.Thread | None = None

    def start(self, on_press: OnPress, on_refused: OnRefused) -> None:
        self._thread = threading.Thread(target=self._load, args=(on_press, on_refused), name="global-keys-load")
        self._thread.start()

    def stop(self) -> None:
        if self._thread is not None:
            self._thread.join()
        if self._holder is not None:
            self._holder.stop()

    def _load(self, on_press: OnPress, on_refused: OnRefused) -> None:
        self._holder = self._make()
        self._holder.start(on_press, on_refused)

"""Keys held at an X server (XGrabKey on the root window) over a connection of its own: it says nothing to Qt's, and its
thread sleeps until a key comes.

X takes a grab for one exact state of the locks, so that each key is held for every state of Caps, Num and Scroll Lock.
A key that another client holds is an error of the server (BadAccess) for that key alone. What a held key repeats while
it stays down is dropped. A server that goes away ends the thread, and nothing else."""

import itertools
import logging
import os
import select
import threading
from typing import Any

from Xlib import XK, X, error
from Xlib.display import Display

from desk.ui.telephone.global_keys import GlobalKey, OnPress, OnRefused

REPEAT_MS = 20  # a release and a press so close are one key that stays down
STOP_S = 2.0
_CONTROL_SHIFT = X.ControlMask | X.ShiftMask
_log = logging.getLogger("desk.ui.telephone.global_keys")


class X11Holder:
    """`name` as in DISPLAY."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._wake_out, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, name="global-keys", daemon=True)
        self._on_press: OnPress
        self._on_refused: OnRefused
        self._keys: dict[int, GlobalKey] = {}
        self._released_ms: dict[int, int] = {}

    def start(self, on_press: OnPress, on_refused: OnRefused) -> None:
        self._on_press, self._on_refused = on_press, on_refused
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            os.write(self._wake, b".")
            self._thread.join(STOP_S)
        if not self._thread.is_alive():
            for end in (self._wake_out, self._wake):
                os.close(end)

    def _run(self) -> None:
        try:
            display = Display(self._name or None)
            try:
                refused = self._hold(display)
                if refused:
                    self._on_refused(refused)
                self._listen(display)
            finally:
                display.close()
        except (error.DisplayError, error.ConnectionClosedError, OSError) as fault:
            _log.warning("no global keys: %s", fault)
        except Exception:  # noqa: BLE001 - the library's fault, whatever it is, costs these keys only
            _log.exception("global keys failed")

    def _listen(self, display: Any) -> None:
        while True:
            while display.pending_events():
                self._take(display, display.next_event())
            ready, _writes, _errors = select.select([display.fileno(), self._wake_out], [], [])
            if self._wake_out in ready:
                return

    def _take(self, display: Any, event: Any) -> None:
        if event.type == X.KeyRelease:
            self._released_ms[event.detail] = event.time
        elif event.type == X.KeyPress:
            released_ms = self._released_ms.pop(event.detail, None)
            stays_down = released_ms is not None and event.time - released_ms < REPEAT_MS
            key = self._keys.get(event.detail)
            if key is not None and not stays_down:
                self._on_press(key)
        elif event.type == X.MappingNotify and event.request != X.MappingPointer:
            display.refresh_keyboard_mapping(event)
            self._hold(display)

    def _hold(self, display: Any) -> tuple[GlobalKey, ...]:
        """Let go of what is held, and hold the keys where the keyboard has them now. Those that were refused."""
        roots = [display.screen(number).root for number in range(display.screen_count())]
        locks = _states_of_locks(display)
        for code, root, lock in itertools.product(self._keys, roots, locks):
            root.ungrab_key(code, _CONTROL_SHIFT | lock)
        codes = {key: display.keysym_to_keycode(XK.string_to_keysym(key.value)) for key in GlobalKey}
        self._keys = {code: key for key, code in codes.items() if code}
        refused = []
        for code, key in self._keys.items():
            caught = error.CatchError(error.BadAccess)
            for root, lock in itertools.product(roots, locks):
                root.grab_key(code, _CONTROL_SHIFT | lock, False, X.GrabModeAsync, X.GrabModeAsync, onerror=caught)
            display.sync()
            if caught.get_error() is not None:
                refused.append(key)
        return tuple(refused)


def _states_of_locks(display: Any) -> list[int]:
    """Every way in which Caps, Num and Scroll Lock can stand, as a mask."""
    masks = [X.LockMask]
    wanted = {display.keysym_to_keycode(XK.string_to_keysym(name)) for name in ("Num_Lock", "Scroll_Lock")} - {0}
    for index, codes in enumerate(display.get_modifier_mapping()):
        if wanted & set(codes):
            masks.append(1 << index)
    return [sum(some) for count in range(len(masks) + 1) for some in itertools.combinations(sorted(set(masks)), count)]

"""Keys held on Windows (RegisterHotKey). Windows sends them to the thread that registered them, so that a thread of its
own registers, waits and lets go. Written after Microsoft's documentation of winuser.h; the tests of this program run
on X11 and do not reach it."""

import ctypes
import logging
import sys
import threading

from desk.ui.telephone.global_keys import GlobalKey, OnPress, OnRefused

MOD_CONTROL, MOD_SHIFT, MOD_NOREPEAT = 0x0002, 0x0004, 0x4000
WM_HOTKEY, WM_QUIT = 0x0312, 0x0012
VK_F1 = 0x70
PM_NOREMOVE = 0
STOP_S = 2.0
_log = logging.getLogger("desk.ui.telephone.global_keys")


def virtual_key(key: GlobalKey) -> int:
    return VK_F1 + int(key.value.removeprefix("F")) - 1


if sys.platform == "win32":
    from ctypes import wintypes

    class WindowsHolder:
        def __init__(self) -> None:
            self._user = ctypes.WinDLL("user32", use_last_error=True)
            self._thread = threading.Thread(target=self._run, name="global-keys", daemon=True)
            self._thread_id = 0
            self._ready = threading.Event()
            self._on_press: OnPress
            self._on_refused: OnRefused

        def start(self, on_press: OnPress, on_refused: OnRefused) -> None:
            self._on_press, self._on_refused = on_press, on_refused
            self._thread.start()

        def stop(self) -> None:
            if self._thread.is_alive() and self._ready.wait(STOP_S):
                self._user.PostThreadMessageW(wintypes.DWORD(self._thread_id), WM_QUIT, 0, 0)
                self._thread.join(STOP_S)

        def _run(self) -> None:
            message = wintypes.MSG()
            self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, PM_NOREMOVE)  # makes the thread's message queue
            self._thread_id = ctypes.WinDLL("kernel32").GetCurrentThreadId()
            self._ready.set()
            keys = dict(enumerate(GlobalKey, 1))
            modifiers = MOD_CONTROL | MOD_SHIFT | MOD_NOREPEAT
            held = {
                number: key
                for number, key in keys.items()
                if self._user.RegisterHotKey(None, number, modifiers, virtual_key(key))
            }
            refused = tuple(key for number, key in keys.items() if number not in held)
            if refused:
                self._on_refused(refused)
            try:
                while self._user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                    if message.message == WM_HOTKEY and message.wParam in held:
                        self._on_press(held[message.wParam])
            finally:
                for number in held:
                    self._user.UnregisterHotKey(None, number)

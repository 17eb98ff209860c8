"""Keys that work while another program has the keyboard: on a real X server, with another window in front."""

import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import Xlib.display
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from Xlib import XK

from desk.demo.display import Display, virtual_display
from desk.demo.processes import Child, wait_until
from desk.ui.telephone import global_keys
from desk.ui.telephone.global_keys import GlobalKey, GlobalKeys, OnPress, OnRefused, holder_of_this_system
from desk.ui.telephone.global_keys_windows import virtual_key
from desk.ui.telephone.global_keys_x11 import X11Holder

WAIT_S = 30.0


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with virtual_display(tmp_path_factory.mktemp("display")) as display:
        yield display


@pytest.fixture
def other_program(display: Display, tmp_path: Path) -> Iterator[None]:
    """xev, with the keyboard."""
    argv = ["xev", "-name", "other program", "-event", "keyboard"]
    with Child(argv, tmp_path / "xev.log", display.env) as program:
        program.wait_until("the other program", lambda: display.window("other program"), WAIT_S)
        display.activate(display.window("other program"))
        yield


class Held:
    def __init__(self, display: Display) -> None:
        self.pressed: queue.SimpleQueue[GlobalKey] = queue.SimpleQueue()
        self.refused: queue.SimpleQueue[tuple[GlobalKey, ...]] = queue.SimpleQueue()
        self.holder = X11Holder(display.name)
        self.holder.start(self.pressed.put, self.refused.put)
        wait_until("the keys", lambda: len(self.holder._keys) == 3 and self._is_held(), WAIT_S)

    def _is_held(self) -> bool:
        """Grabbed for good: the thread is in its loop."""
        frame = sys._current_frames().get(self.holder._thread.ident or 0)
        while frame is not None and frame.f_code.co_name != "_listen":
            frame = frame.f_back
        return frame is not None

    def key(self) -> GlobalKey:
        return self.pressed.get(timeout=WAIT_S)


@pytest.fixture
def held(display: Display) -> Iterator[Held]:
    made = Held(display)
    try:
        yield made
    finally:
        made.holder.stop()
        assert not made.holder._thread.is_alive()


@pytest.mark.parametrize(
    ("x_name", "key"),
    [("ctrl+shift+F2", GlobalKey.ANSWER), ("ctrl+shift+F3", GlobalKey.HANG_UP), ("ctrl+shift+F4", GlobalKey.MUTE)],
)
def test_a_key_works_while_another_window_has_the_keyboard(
    display: Display, other_program: None, held: Held, x_name: str, key: GlobalKey
) -> None:
    display.press(x_name)
    assert held.key() is key


def test_the_locks_make_no_difference(display: Display, other_program: None, held: Held) -> None:
    for lock in ("Caps_Lock", "Num_Lock"):
        display.press(lock)
        try:
            display.press("ctrl+shift+F4")
            assert held.key() is GlobalKey.MUTE
        finally:
            display.press(lock)


def test_the_key_alone_is_the_other_programs(display: Display, other_program: None, held: Held) -> None:
    display.press("F2", "ctrl+F2", "shift+F2", "ctrl+shift+alt+F2", "ctrl+shift+F4")
    assert held.key() is GlobalKey.MUTE
    assert held.pressed.empty()


def test_a_key_that_stays_down_is_pressed_once(display: Display, other_program: None, held: Held) -> None:
    display._run("xdotool", "keydown", "ctrl", "keydown", "shift", "keydown", "F3", "sleep", "1.2")
    display._run("xdotool", "keyup", "F3", "keyup", "shift", "keyup", "ctrl")
    display.press("ctrl+shift+F4")
    assert [held.key(), held.key()] == [GlobalKey.HANG_UP, GlobalKey.MUTE]


def test_keys_that_another_program_holds_are_told_once_and_come_free_with_it(display: Display, held: Held) -> None:
    second = Held(display)
    try:
        assert second.refused.get(timeout=WAIT_S) == tuple(GlobalKey)
        display.press("ctrl+shift+F2")
        assert held.key() is GlobalKey.ANSWER
        assert second.pressed.empty()
    finally:
        second.holder.stop()
    assert second.refused.empty()


def test_a_keyboard_that_is_changed_is_held_anew(display: Display, held: Held) -> None:
    """F2 moves to another key, and back."""
    other = Xlib.display.Display(display.name)
    f2, spare = XK.string_to_keysym("F2"), 97
    before = other.keysym_to_keycode(f2)
    was = {code: list(other.get_keyboard_mapping(code, 1)[0]) for code in (before, spare)}
    try:
        other.change_keyboard_mapping(before, [[0] * len(was[before])])
        other.change_keyboard_mapping(spare, [[f2] * len(was[spare])])
        other.sync()
        wait_until("the new place", lambda: spare in held.holder._keys, WAIT_S)
        display.press(f"ctrl+shift+{spare}")
        assert held.key() is GlobalKey.ANSWER
    finally:
        for code, keysyms in was.items():
            other.change_keyboard_mapping(code, [keysyms])
        other.sync()
        other.close()


def test_a_display_that_is_not_there_has_no_keys(caplog: pytest.LogCaptureFixture) -> None:
    holder = X11Holder("no display")
    holder.start(lambda _key: None, lambda _keys: None)
    holder._thread.join(WAIT_S)
    holder.stop()
    assert "no global keys" in caplog.text


def test_a_display_that_goes_away_ends_the_keys_and_nothing_else(tmp_path: Path) -> None:
    with virtual_display(tmp_path) as display:
        held = Held(display)
    held.holder._thread.join(WAIT_S)
    assert not held.holder._thread.is_alive()
    held.holder.stop()


class StubHolder:
    def start(self, on_press: OnPress, on_refused: OnRefused) -> None:
        self.on_press, self.on_refused = on_press, on_refused
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def test_a_press_clicks_the_button_that_may_be_clicked_on_qts_thread(qtbot: QtBot) -> None:
    buttons = {key: QPushButton(key.name) for key in GlobalKey}
    clicked: list[tuple[str, bool]] = []
    for key, button in buttons.items():
        qtbot.addWidget(button)
        button.clicked.connect(
            lambda _on=False, key=key: clicked.append((key.name, threading.current_thread() is threading.main_thread()))
        )
    buttons[GlobalKey.HANG_UP].setEnabled(False)
    told: list[str] = []
    holder = StubHolder()
    keys = GlobalKeys(holder, buttons, told.append)
    keys.start()
    other = threading.Thread(target=lambda: [holder.on_press(key) for key in GlobalKey])
    other.start()
    other.join()
    holder.on_refused((GlobalKey.ANSWER,))
    qtbot.waitUntil(lambda: bool(told))
    assert clicked == [("ANSWER", True), ("MUTE", True)]
    assert "Ctrl+Shift+F2" in told[0]
    keys.stop()
    assert holder.stopped


def test_where_no_keys_can_be_held_nothing_is_tried() -> None:
    assert holder_of_this_system("offscreen", {}) is None
    assert holder_of_this_system("wayland", {}) is None
    assert holder_of_this_system("xcb", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) is None


def test_the_systems_own_holder_holds_the_keys(display: Display, other_program: None) -> None:
    holder = holder_of_this_system("xcb", {"DISPLAY": display.name})
    assert holder is not None
    pressed: queue.SimpleQueue[GlobalKey] = queue.SimpleQueue()
    holder.start(pressed.put, lambda _keys: None)
    try:

        def is_held() -> bool:
            display.press("ctrl+shift+F3")
            return not pressed.empty()

        wait_until("the keys", is_held, WAIT_S)
        assert pressed.get() is GlobalKey.HANG_UP
    finally:
        holder.stop()


def test_windows_knows_the_keys_by_their_numbers() -> None:
    assert [virtual_key(key) for key in GlobalKey] == [0x71, 0x72, 0x73]
    assert global_keys.GlobalKey.MUTE.shown == "Ctrl+Shift+F4"

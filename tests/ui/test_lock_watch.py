"""How long a PC was not touched, asked of a real X server."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from desk.demo.display import Display, virtual_display
from desk.demo.processes import wait_until
from desk.ui.lock_watch import X11Idle, idle_of_this_system

WAIT_S = 20.0


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with virtual_display(tmp_path_factory.mktemp("display")) as made:
        yield made


def test_an_x_server_tells_how_long_nobody_touched_it_in_whatever_program(display: Display) -> None:
    with contextlib.closing(X11Idle(display.name)) as idle_ms:

        def idle() -> int:
            told = idle_ms()
            assert told is not None
            return told

        wait_until("some idleness", lambda: idle() >= 300, WAIT_S)
        began = time.monotonic()
        display.press("Shift_L")
        assert idle() <= (time.monotonic() - began) * 1000 + 1
        wait_until("idleness anew", lambda: idle() >= 100, WAIT_S)


def test_a_server_that_is_not_there_tells_nothing_and_is_not_asked_again() -> None:
    idle_ms = X11Idle("nonsense")  # python-xlib forgets a socket where there is nobody behind a good name
    assert idle_ms() is None
    assert idle_ms() is None


def test_a_system_that_does_not_tell_is_known_as_such() -> None:
    assert idle_of_this_system("wayland")() is None
    assert idle_of_this_system("offscreen")() is None

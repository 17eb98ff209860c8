import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.ui.fault_window import FaultParts, FaultWindow, open_or_tell
from desk.ui.key_button import KeyButton
from desk.usecases.ports import KeyMissing


def parts(stop: threading.Event | None = None) -> tuple[FaultParts, list[str]]:
    told: list[str] = []
    made = FaultParts(
        theme="light",
        ready=lambda: told.append("ready"),
        beat=lambda: told.append("beat"),
        stop_requested=stop or threading.Event(),
    )
    return made, told


def the_window() -> FaultWindow:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, FaultWindow) and w.isVisible())


def when_it_stands(act: Callable[[FaultWindow], None]) -> None:
    QTimer.singleShot(100, lambda: act(the_window()))


def attempts(*outcomes: Exception | str) -> Callable[[], str]:
    left = list(outcomes)

    def attempt() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return attempt


@pytest.fixture(autouse=True)
def clean(qtbot: QtBot) -> None:
    """Qt is there, as in the process after its first fault."""


def test_what_opens_at_once_needs_no_window() -> None:
    made, told = parts()
    assert open_or_tell(attempts("store"), made) == "store"
    assert told == []


def test_return_tries_again_until_it_opens() -> None:
    made, told = parts()

    def press_when_it_may(times: int) -> None:
        retry = the_window().findChild(KeyButton, "fault_retry")
        assert retry is not None
        if retry.isEnabled():
            QTest.keyClick(the_window(), Qt.Key.Key_Return)
            times -= 1
        if times:
            QTimer.singleShot(50, lambda: press_when_it_may(times))

    when_it_stands(lambda _window: press_when_it_may(2))
    assert open_or_tell(attempts(KeyMissing("a"), KeyMissing("b"), "store"), made) == "store"
    assert told[0] == "ready"


def test_escape_gives_up() -> None:
    made, _told = parts()
    when_it_stands(lambda window: QTest.keyClick(window, Qt.Key.Key_Escape))
    assert open_or_tell(attempts(KeyMissing("a"), "store"), made) is None


def test_seat_that_ends_takes_the_window_along() -> None:
    stop = threading.Event()
    made, told = parts(stop)
    when_it_stands(lambda _window: stop.set())
    assert open_or_tell(attempts(KeyMissing("a"), "store"), made) is None
    assert "beat" in told


def test_bug_is_loud() -> None:
    made, _told = parts()
    when_it_stands(lambda window: QTest.keyClick(window, Qt.Key.Key_Return))
    with pytest.raises(LookupError):
        open_or_tell(attempts(KeyMissing("a"), LookupError("?")), made)

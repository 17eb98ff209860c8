import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.ui.fault_window import FaultParts, FaultWindow, Remedy, open_or_tell
from desk.ui.fault_window_presenter import FaultView, present, progress
from desk.ui.key_button import KeyButton
from desk.usecases.ports import KeyMissing, KeyUnfit, StoreBroken, StoreDamaged


def parts(stop: threading.Event | None = None) -> tuple[FaultParts, list[str]]:
    told: list[str] = []
    made = FaultParts(
        theme="light",
        ready=lambda: told.append("ready"),
        beat=lambda: told.append("beat"),
        stop_requested=stop or threading.Event(),
    )
    return made, told


_test = [0]


def when_it_stands(act: Callable[[FaultWindow], None]) -> None:
    """Its keys work once it is the active window: on a busy computer that takes a while, and a window that an earlier
    test has left may be in the way."""

    asked_in = _test[0]

    def look() -> None:
        if asked_in != _test[0]:
            return  # that test is over
        standing = [w for w in QApplication.topLevelWidgets() if isinstance(w, FaultWindow) and w.isVisible()]
        if standing and standing[0].isActiveWindow():
            act(standing[0])
            return
        for window in standing:
            window.activateWindow()
        QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)


def attempts(*outcomes: Exception | str) -> Callable[[], str]:
    left = list(outcomes)

    def attempt() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return attempt


@pytest.fixture(autouse=True)
def clean(qtbot: QtBot) -> Iterator[None]:
    """Qt is there, as in the process after its first fault; what a test still looks out for ends with it."""
    yield
    _test[0] += 1


def test_what_opens_at_once_needs_no_window() -> None:
    made, told = parts()
    assert open_or_tell(attempts("store"), made) == "store"
    assert told == []


def test_return_tries_again_until_it_opens() -> None:
    made, told = parts()

    def press(window: FaultWindow) -> None:
        retry = window.findChild(KeyButton, "fault_retry")
        if retry is not None and retry.isEnabled():
            QTest.keyClick(window, Qt.Key.Key_Return)
        when_it_stands(press)  # again, until it is gone

    when_it_stands(press)
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


class Mending:
    """A remedy that tells how far it is, and what it was begun with."""

    def __init__(self, question: str = "") -> None:
        self.begun = 0
        self.shown: list[str] = []
        self.remedy = Remedy(label="Mend it", question=question, act=self.act)

    def act(self, tell: Callable[[str], None]) -> None:
        self.begun += 1
        tell(f"half way {self.begun}")

    def of(self, fault: Exception) -> Remedy | None:
        return self.remedy if isinstance(fault, StoreDamaged | KeyMissing) else None


def test_what_can_only_do_good_begins_by_itself() -> None:
    mending = Mending()
    made, _told = parts()
    opened = open_or_tell(attempts(StoreDamaged("page 7"), "store"), replace(made, remedy=mending.of))
    assert (opened, mending.begun) == ("store", 1)


def test_what_did_not_help_is_not_done_a_second_time_by_itself() -> None:
    mending = Mending()
    made, _told = parts()
    when_it_stands_idle(lambda window: QTest.keyClick(window, Qt.Key.Key_Escape))
    opened = open_or_tell(attempts(StoreDamaged("a"), StoreDamaged("b"), "store"), replace(made, remedy=mending.of))
    assert (opened, mending.begun) == (None, 1)


def test_what_somebody_must_answer_for_is_asked_about_first() -> None:
    mending = Mending("Is the key lost for good?")
    made, _told = parts()
    asked: list[str] = []

    def press_twice(window: FaultWindow) -> None:
        question = window.findChild(QLabel, "fault_question")
        assert question is not None
        assert not question.isVisible()
        QTest.keyClick(window, Qt.Key.Key_F8)
        assert mending.begun == 0
        assert question.isVisible()
        asked.append(question.text())
        QTest.keyClick(window, Qt.Key.Key_F8)

    when_it_stands(press_twice)
    opened = open_or_tell(attempts(KeyMissing("a"), "store"), replace(made, remedy=mending.of))
    assert (opened, mending.begun, asked) == ("store", 1, ["Is the key lost for good?"])


def test_progress_is_shown_while_it_is_mended(qtbot: QtBot) -> None:
    window = FaultWindow()
    qtbot.addWidget(window)
    window.show_view(FaultView("a", "b", "c"), Mending().remedy)
    label = window.findChild(QLabel, "fault_progress")
    assert label is not None
    window.trying(on=True)
    window.show_progress(progress("saving", 40, 80))
    assert not label.isHidden()
    assert label.text().endswith("50 %")
    window.trying(on=False)
    assert label.isHidden()


def test_damage_and_a_key_that_does_not_fit_have_words_of_their_own() -> None:
    views = [present(error) for error in (StoreBroken("x"), StoreDamaged("x"), KeyUnfit("x"), KeyMissing("x"))]
    assert len({view.what for view in views if view is not None}) == 4


def when_it_stands_idle(act: Callable[[FaultWindow], None]) -> None:
    """And nothing is being tried."""

    def look(window: FaultWindow) -> None:
        retry = window.findChild(KeyButton, "fault_retry")
        if retry is not None and retry.isEnabled():
            act(window)
        else:
            when_it_stands(look)

    when_it_stands(look)

"""The page on which an agent looks the seat over, by keyboard over the whole window."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.domain.health import Finding, Level
from desk.ui.after.health.page import HealthPage
from tests.ui import harness, seat
from tests.ui.after.health.scenes import build

WELL = Finding("disk", Level.OK, "90 GB free.")
LATE = Finding("sip.certificate", Level.WARNING, "Ends in 5 days.", "Renew it.")
GONE = Finding("sip.server", Level.WRONG, "Nobody answers.", "Look at the cable.")
UNKNOWN = Finding("clock", Level.UNCHECKED, "Nothing to compare.")
ALT, CTRL_SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


class Doctor:
    """Tells what it is given, one after the other, each when it is let."""

    def __init__(self, *found: Finding) -> None:
        self.found = found
        self.let = threading.Semaphore(0)
        self.asked: list[bool] = []

    def __call__(self, tell: Callable[[Finding], None], test_call: bool) -> tuple[Finding, ...]:
        self.asked.append(test_call)
        for one in self.found:
            assert self.let.acquire(timeout=20)
            tell(one)
        return self.found


@pytest.fixture
def doctor() -> Doctor:
    return Doctor(WELL, LATE, UNKNOWN, GONE)


@pytest.fixture
def scene(qtbot: QtBot, doctor: Doctor) -> Iterator[harness.Scene]:
    with harness.on_screen(qtbot, build("en", "light", doctor), seat.snapshot()) as scene:
        QTest.keyClick(scene.built.window, Qt.Key.Key_D, CTRL_SHIFT)
        yield scene
        doctor.let.release(100)


def page(scene: harness.Scene) -> HealthPage:
    found = scene.built.window.findChild(HealthPage)
    assert isinstance(found, HealthPage)
    return found


def finish(qtbot: QtBot, scene: harness.Scene, doctor: Doctor) -> None:
    doctor.let.release(len(doctor.found))
    qtbot.waitUntil(lambda: page(scene).again.isEnabled(), timeout=20_000)


def test_lines_appear_as_they_come_the_gravest_on_top(qtbot: QtBot, scene: harness.Scene, doctor: Doctor) -> None:
    shown = page(scene)
    assert shown.isVisible()
    assert not shown.again.isEnabled()
    doctor.let.release(2)
    qtbot.waitUntil(lambda: len(shown.rows) == 2, timeout=20_000)
    assert [row.view.title for row in shown.rows] == ["Exchange's certificate", "Disk space"]
    finish(qtbot, scene, doctor)
    assert [row.view.level for row in shown.rows] == ["Wrong", "Warning", "Not checked", "OK"]
    assert [row.y() for row in shown.rows] == sorted(row.y() for row in shown.rows)
    assert shown.says.text() == "1 wrong, 1 warnings, of 4 checks."


def test_what_is_wrong_says_what_to_do_and_is_told_to_those_who_cannot_see_it(
    qtbot: QtBot, scene: harness.Scene, doctor: Doctor
) -> None:
    finish(qtbot, scene, doctor)
    top = page(scene).rows[0]
    assert (top.view.why, top.view.remedy, top.view.icon) == ("Nobody answers.", "Look at the cable.", "x-circle")
    assert top.accessibleName() == "Telephone exchange: Wrong. Nobody answers. Look at the cable."


def test_it_is_looked_at_again_and_with_a_test_call(qtbot: QtBot, scene: harness.Scene, doctor: Doctor) -> None:
    finish(qtbot, scene, doctor)
    doctor.found = (WELL,)
    QTest.keyClick(scene.built.window, Qt.Key.Key_R, ALT)
    QTest.keyClick(scene.built.window, Qt.Key.Key_R, ALT)  # it runs already
    finish(qtbot, scene, doctor)
    assert [row.view.level for row in page(scene).rows] == ["OK"]
    assert page(scene).says.text() == "All is well: 1 checks."
    QTest.keyClick(scene.built.window, Qt.Key.Key_T, ALT)
    finish(qtbot, scene, doctor)
    assert doctor.asked == [False, False, True]


def test_all_of_it_goes_into_a_message_to_it(qtbot: QtBot, scene: harness.Scene, doctor: Doctor) -> None:
    finish(qtbot, scene, doctor)
    QTest.keyClick(scene.built.window, Qt.Key.Key_C, ALT)
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines()[0].startswith("S01  ")
    assert "✗ Wrong  Telephone exchange: Nobody answers.\n    → Look at the cable.\n" in copied
    assert copied.index("Wrong") < copied.index("Warning") < copied.index("OK  Disk space")


def test_escape_leads_back_and_a_check_that_fails_says_so(qtbot: QtBot, scene: harness.Scene, doctor: Doctor) -> None:
    finish(qtbot, scene, doctor)
    QTest.keyClick(scene.built.window, Qt.Key.Key_Escape)
    assert not page(scene).isVisible()
    QTest.keyClick(scene.built.window, Qt.Key.Key_D, CTRL_SHIFT)
    assert page(scene).isVisible()
    finish(qtbot, scene, doctor)

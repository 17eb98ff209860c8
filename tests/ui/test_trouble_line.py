"""The line that says what is wrong, and the message below it: neither hides the other."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.domain.events import CommandRefused, TroubleRaised
from desk.domain.troubles import Trouble, Wrong
from tests.ui.harness import Scene
from tests.ui.seat import NOW


def shown(scene: Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def raised(qtbot: QtBot, scene: Scene, trouble: Trouble) -> None:
    scene.receive(TroubleRaised(Wrong(trouble, NOW)))
    qtbot.waitUntil(lambda: trouble in scene.built.hub.state.wrongs)


def test_a_message_that_stays_hides_no_trouble_that_comes_later(qtbot: QtBot, scene: Scene) -> None:
    line = scene.built.window.panels.trouble_line
    line.tell("The window was restarted", stays=True)
    raised(qtbot, scene, Trouble.CENTRAL_UNREACHABLE)
    raised(qtbot, scene, Trouble.SPOOL_FULL)
    assert shown(scene, "trouble_what") == "磁盘已满：本次通话未录音"
    assert "IT" in shown(scene, "trouble_to_do")
    assert shown(scene, "message_what") == "The window was restarted"


def test_a_trouble_hides_no_message(qtbot: QtBot, scene: Scene) -> None:
    raised(qtbot, scene, Trouble.SPOOL_FULL)
    scene.receive(CommandRefused("Dial", "bad_number"))
    qtbot.waitUntil(lambda: "号码" in shown(scene, "message_what"))
    assert shown(scene, "trouble_what") == "磁盘已满：本次通话未录音"


def test_what_is_wrong_stands_above_the_message(qtbot: QtBot, scene: Scene) -> None:
    scene.built.window.panels.trouble_line.tell("told", stays=True)
    raised(qtbot, scene, Trouble.SPOOL_FULL)
    trouble, message = (scene.built.window.findChild(QLabel, f"{name}_what") for name in ("trouble", "message"))
    assert trouble is not None
    assert message is not None
    qtbot.waitUntil(
        lambda: trouble.mapToGlobal(trouble.rect().topLeft()).y() < message.mapToGlobal(message.rect().topLeft()).y()
    )


def test_messages_are_put_away_one_by_one_with_a_key_and_the_trouble_stays(qtbot: QtBot, scene: Scene) -> None:
    line = scene.built.window.panels.trouble_line
    raised(qtbot, scene, Trouble.SPOOL_FULL)
    line.tell("first", stays=True)
    line.tell("second", stays=True)
    line.tell("passing")
    seen = []
    for _n in range(3):
        seen.append((shown(scene, "message_what"), shown(scene, "message_others")))
        QTest.keyClick(
            QApplication.focusWidget() or scene.built.window, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier
        )
    assert seen == [("passing", "另有 2 项"), ("second", "另有 1 项"), ("first", "")]
    assert shown(scene, "message_what") == ""
    assert shown(scene, "trouble_what") != ""


def test_one_message_about_a_thing_takes_the_place_of_the_last(scene: Scene) -> None:
    line = scene.built.window.panels.trouble_line
    line.tell("once", stays=True, about="x")
    line.tell("twice", stays=True, about="x")
    assert shown(scene, "message_what") == "twice"
    line.put_away()
    assert shown(scene, "message_what") == ""

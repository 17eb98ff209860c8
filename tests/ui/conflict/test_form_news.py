"""Somebody else changes the resident while the form about them is being filled in."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.ui.conflict.form_news import FormNews
from desk.ui.intake.content import Field
from tests.ui import harness, seat
from tests.ui.conflict.scenes import build, tell, written

ALT = Qt.KeyboardModifier.AltModifier
RENAMED = written(20, "person", "p1", {"name": "王建中"}, seq=30, base=20)


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    """The resident is on the line, the form is open and prefilled."""
    with harness.on_screen(qtbot, build(), seat.snapshot()) as scene:
        scene.receive(seat.offered("c1"), CallAnswered(CallId("c1"), seat.NOW))
        qtbot.waitUntil(lambda: caller(scene) == "王建国" and news(scene)._since is not None)
        yield scene


def news(scene: harness.Scene) -> FormNews:
    found = scene.built.window.panels.middle.form.findChild(FormNews)
    assert isinstance(found, FormNews)
    return found


def caller(scene: harness.Scene) -> str:
    return scene.built.window.panels.middle.form.fields.lines[Field.CALLER].text()


def press(scene: harness.Scene, key: Qt.Key) -> None:
    QTest.keyClick(scene.built.window, key, ALT)


def test_it_is_told_above_the_form_and_nothing_typed_is_touched(scene: harness.Scene, qtbot: QtBot) -> None:
    form = scene.built.window.panels.middle.form
    QTest.keyClicks(form.fields.description, "the drain leaks")
    focus = scene.built.window.focusWidget()
    tell(scene, RENAMED)
    qtbot.waitUntil(lambda: news(scene).band.isVisible())
    assert news(scene).band.text == (
        "Resident 王建中 · Name: changed to “王建中” at seat S1002 at 14:02 by 李四 (it was “王建国”)"
    )
    assert form.fields.description.toPlainText() == "the drain leaks"
    assert scene.built.window.focusWidget() is focus


def test_a_name_that_nobody_typed_over_follows_by_itself(scene: harness.Scene, qtbot: QtBot) -> None:
    tell(scene, RENAMED)
    qtbot.waitUntil(lambda: caller(scene) == "王建中" and news(scene).band.isVisible())
    assert not news(scene).take.isVisible()


def type_a_name(scene: harness.Scene) -> None:
    line = scene.built.window.panels.middle.form.fields.lines[Field.CALLER]
    line.clear()
    QTest.keyClicks(line, "Mr Wang")


def test_one_key_takes_it_over(scene: harness.Scene, qtbot: QtBot) -> None:
    type_a_name(scene)
    tell(scene, RENAMED)
    qtbot.waitUntil(lambda: news(scene).take.isVisible())
    assert caller(scene) == "Mr Wang"
    press(scene, Qt.Key.Key_T)
    assert caller(scene) == "王建中"
    qtbot.waitUntil(lambda: not news(scene).band.isVisible())


def test_one_key_puts_it_away(scene: harness.Scene, qtbot: QtBot) -> None:
    type_a_name(scene)
    tell(scene, RENAMED)
    qtbot.waitUntil(lambda: news(scene).band.isVisible())
    press(scene, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not news(scene).band.isVisible())
    assert caller(scene) == "Mr Wang"


def test_what_has_no_field_in_the_form_is_told_all_the_same(scene: harness.Scene, qtbot: QtBot) -> None:
    tell(scene, written(21, "household", "h1", {"notes": "门禁坏了"}, seq=31, base=20))
    qtbot.waitUntil(lambda: news(scene).band.isVisible())
    assert not news(scene).take.isVisible()


def test_another_resident_is_no_news_here(scene: harness.Scene, qtbot: QtBot) -> None:
    tell(scene, written(22, "person", "p2", {"name": "李秀华"}, seq=32, base=20))
    assert scene.built.hub.worker.drain(10)
    qtbot.wait(10)
    assert not news(scene).band.isVisible()


def test_the_next_form_begins_without_old_news(scene: harness.Scene, qtbot: QtBot) -> None:
    QTest.keyClicks(scene.built.window.panels.middle.form.fields.description, "the drain leaks")
    tell(scene, RENAMED)
    qtbot.waitUntil(lambda: news(scene).band.isVisible())
    scene.built.window.panels.middle.new_form()
    qtbot.waitUntil(lambda: not news(scene).band.isVisible())

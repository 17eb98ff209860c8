"""Promising a call, and being told when it is time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.commands import Dial
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.domain.promises import Promise
from desk.ui.after.lists.promise_strip import PromiseBanner, PromiseStrip
from desk.ui.lamps.promises import PromiseLamp
from tests.ui import harness, seat
from tests.ui.after.lists.scenes import CTRL, SHIFT, Hotline, press
from tests.ui.harness import Scene


@pytest.fixture
def talking(qtbot: QtBot, scene: Scene) -> Scene:
    scene.receive(seat.offered("c1"), CallAnswered(CallId("c1"), seat.NOW))
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.call_in_form == "c1")
    pop = scene.built.hub.pop
    qtbot.waitUntil(lambda: pop(CallId("c1")).profile is not None)
    return scene


def found(scene: Scene, kind: type[QWidget]) -> QWidget:
    widget = scene.built.window.findChild(kind)
    assert widget is not None
    return widget


def promises(scene: Scene) -> list[Promise]:
    return scene.store.all_of(Promise)


def strip_says(scene: Scene) -> str:
    label = scene.built.window.findChild(QLabel, "promise_words")
    assert label is not None
    return label.text()


def test_one_key_in_the_call_promises_it_and_the_keyboard_stays(qtbot: QtBot, talking: Scene) -> None:
    before = QApplication.focusWidget()
    press(talking, Qt.Key.Key_M, CTRL)
    qtbot.waitUntil(lambda: len(promises(talking)) == 1)
    (given,) = promises(talking)
    assert (given.number, given.caller_name, given.call_id) == ("013800138000", "王建国", "c1")
    assert given.due_at == seat.NOW + timedelta(minutes=30)
    strip = found(talking, PromiseStrip)
    qtbot.waitUntil(strip.isVisible)
    assert "15:00" in strip_says(talking)
    assert QApplication.focusWidget() is before
    assert talking.nudges


def test_the_key_once_more_and_a_digit_give_another_time(qtbot: QtBot, talking: Scene) -> None:
    press(talking, Qt.Key.Key_M, CTRL)
    strip = found(talking, PromiseStrip)
    qtbot.waitUntil(strip.isVisible)
    press(talking, Qt.Key.Key_M, CTRL)
    assert strip.hasFocus()
    press(talking, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: [one.due_at for one in promises(talking)] == [seat.NOW + timedelta(hours=1)])
    qtbot.waitUntil(lambda: "15:30" in strip_says(talking))
    press(talking, Qt.Key.Key_Escape)
    assert not strip.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert talking.built.window.panels.middle.form.isAncestorOf(focus)


def test_a_time_and_a_word_may_be_typed(qtbot: QtBot, talking: Scene) -> None:
    press(talking, Qt.Key.Key_M, CTRL)
    strip = found(talking, PromiseStrip)
    qtbot.waitUntil(strip.isVisible)
    press(talking, Qt.Key.Key_M, CTRL)
    press(talking, Qt.Key.Key_Tab)
    when = QApplication.focusWidget()
    assert when is not None
    assert when.objectName() == "promise_when"
    when.setText("gestern")  # type: ignore[attr-defined]
    press(talking, Qt.Key.Key_Return)
    refused = talking.built.window.findChild(QLabel, "promise_refused")
    assert refused is not None
    assert refused.isVisible()
    when.setText("16:00")  # type: ignore[attr-defined]
    press(talking, Qt.Key.Key_Tab)
    about = QApplication.focusWidget()
    assert about is not None
    about.setText("停车费")  # type: ignore[attr-defined]
    press(talking, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.text for one in promises(talking)] == ["停车费"])
    (given,) = promises(talking)
    assert given.due_at.astimezone(harness.ZONE).hour == 16
    assert not strip.isVisible()


def test_a_ticket_in_front_is_promised_to_its_contact(qtbot: QtBot, scene: Scene) -> None:
    scene.built.window.panels.middle.show_ticket("t1")
    press(scene, Qt.Key.Key_M, CTRL)
    qtbot.waitUntil(lambda: [one.ticket_id for one in promises(scene)] == ["t1"])


def test_without_anybody_to_call_it_is_said(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_M, CTRL)
    line = scene.built.window.panels.trouble_line
    qtbot.waitUntil(line.isVisible)
    assert promises(scene) == []


def test_what_becomes_a_ticket_takes_its_promise_along(qtbot: QtBot, talking: Scene) -> None:
    press(talking, Qt.Key.Key_M, CTRL)
    qtbot.waitUntil(lambda: len(promises(talking)) == 1)
    ticket = seat.ticket("t9")
    talking.built.window.panels.middle.form.filed.emit(replace(ticket, call_id=CallId("c1")))
    qtbot.waitUntil(lambda: [one.ticket_id for one in promises(talking)] == ["t9"])


@pytest.fixture
def due(qtbot: QtBot) -> Iterator[Scene]:
    """Signed in with a promise of before that has run out: as after a crash, or a night."""
    scene = harness.build()
    Hotline(scene.store).promise(-6)
    with harness.on_screen(qtbot, scene, seat.snapshot()) as shown:
        yield shown


def test_a_promise_of_before_is_told_at_sign_in(qtbot: QtBot, due: Scene) -> None:
    banner = found(due, PromiseBanner)
    qtbot.waitUntil(banner.isVisible)
    assert "李秀英" in banner.accessibleName()
    assert found(due, PromiseLamp).isVisible()


def test_one_key_dials_the_promise_that_is_due(qtbot: QtBot, due: Scene) -> None:
    qtbot.waitUntil(found(due, PromiseBanner).isVisible)
    press(due, Qt.Key.Key_M, CTRL | SHIFT)
    qtbot.waitUntil(lambda: [one.target for one in due.commands if isinstance(one, Dial)] == ["13900139000"])


def test_once_it_is_kept_nothing_reminds_of_it(qtbot: QtBot, due: Scene) -> None:
    banner = found(due, PromiseBanner)
    qtbot.waitUntil(banner.isVisible)
    Hotline(due.store).put("promise", "p-6", state="kept")
    due.built.hub.rows_changed.emit(("promise",))
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert not found(due, PromiseLamp).isVisible()


def test_a_promise_of_a_colleague_that_is_mine_now_is_told_here(qtbot: QtBot, scene: Scene) -> None:
    banner = found(scene, PromiseBanner)
    Hotline(scene.store).promise(-1, owner="1002")
    scene.built.hub.rows_changed.emit(("promise",))
    assert scene.built.hub.worker.drain(10)
    QApplication.processEvents()
    assert not banner.isVisible()
    Hotline(scene.store).put("promise", "p-1", owner="1001")
    scene.built.hub.rows_changed.emit(("promise",))
    qtbot.waitUntil(banner.isVisible)


def test_who_signs_out_takes_the_reminder_along(qtbot: QtBot, due: Scene) -> None:
    banner = found(due, PromiseBanner)
    qtbot.waitUntil(banner.isVisible)
    due.built.wiring.sign_out()
    assert not banner.isVisible()

"""Promising a call, and being told when it is time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.commands import Dial
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.domain.promise_rules import Standing
from desk.domain.promises import Promise
from desk.ui.after.lists.promise_strip import PromiseBanner, PromiseStrip
from desk.ui.after.lists.promise_watch import PromiseWatch
from desk.ui.lamps.promises import PromiseLamp
from desk.usecases.fakes import FakeAuthor
from tests.ui import harness, seat
from tests.ui.after.lists.scenes import CTRL, SHIFT, Hotline, press
from tests.ui.harness import Scene
from tests.ui.work_uses import work_uses_of


@pytest.fixture
def talking(qtbot: QtBot, scene: Scene) -> Scene:
    scene.receive(seat.offered("c1"), CallAnswered(CallId("c1"), seat.NOW))
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.call_in_form == "c1")
    pop = scene.built.hub.callers.pop
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


def test_the_key_twice_before_it_is_on_the_disk_promises_one_call(qtbot: QtBot, talking: Scene) -> None:
    press(talking, Qt.Key.Key_M, CTRL)
    press(talking, Qt.Key.Key_M, CTRL)
    strip = found(talking, PromiseStrip)
    qtbot.waitUntil(strip.hasFocus)
    assert len(promises(talking)) == 1


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


def test_a_ticket_in_front_is_promised_to_its_contact_and_nobody_without_one(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_M, CTRL)
    qtbot.waitUntil(scene.built.window.panels.trouble_line.isVisible)
    assert promises(scene) == []
    scene.built.window.panels.middle.show_ticket("t1")
    press(scene, Qt.Key.Key_M, CTRL)
    qtbot.waitUntil(lambda: [one.ticket_id for one in promises(scene)] == ["t1"])


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


def test_a_promise_of_before_is_told_at_sign_in_and_one_key_dials_it(qtbot: QtBot, due: Scene) -> None:
    banner = found(due, PromiseBanner)
    qtbot.waitUntil(banner.isVisible)
    assert "李秀英" in banner.accessibleName()
    assert found(due, PromiseLamp).isVisible()
    press(due, Qt.Key.Key_M, CTRL | SHIFT)
    qtbot.waitUntil(lambda: [one.target for one in due.commands if isinstance(one, Dial)] == ["13900139000"])
    Hotline(due.store).put("promise", "p-6", state="kept")
    due.built.hub.rows_changed.emit(("promise",))
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert not found(due, PromiseLamp).isVisible()


def test_a_promise_taken_over_is_told_here_until_one_signs_out(qtbot: QtBot, scene: Scene) -> None:
    banner = found(scene, PromiseBanner)
    Hotline(scene.store).promise(-1, owner="1002")
    scene.built.hub.rows_changed.emit(("promise",))
    assert scene.built.hub.worker.drain(10)
    QApplication.processEvents()
    assert not banner.isVisible()
    Hotline(scene.store).put("promise", "p-1", owner="1001")
    scene.built.hub.rows_changed.emit(("promise",))
    qtbot.waitUntil(banner.isVisible)
    scene.built.wiring.sign_out()
    assert not banner.isVisible()


def test_a_promise_comes_to_mind_by_itself_at_its_time(qtbot: QtBot, scene: Scene) -> None:
    """A timer waits for the moment at which one changes how it stands."""

    def clock() -> datetime:
        return datetime.now(UTC)

    hub, uses = scene.built.hub, work_uses_of(scene.store, seat_author(scene), clock, lambda: "p9")
    watch = PromiseWatch(hub, uses.promises, clock, scene.built.window)
    at_hand = uses.promises.figures.at_hand
    promise = Promise("p9", "1001", "1001", clock(), clock() + at_hand + timedelta(seconds=0.3), "")
    watch.put(promise)
    assert watch.pressing() == []
    qtbot.waitUntil(lambda: watch.pressing() == [promise])
    assert watch.standing(promise) is Standing.AT_HAND
    late = replace(promise, due_at=clock() + timedelta(seconds=0.2))
    watch.put(late)
    qtbot.waitUntil(lambda: watch.standing(late) is Standing.DUE)
    with qtbot.waitSignal(watch.changed):
        watch.put(replace(late, due_at=clock() + timedelta(hours=2)))
    assert watch.pressing() == []


def test_what_somebody_promised_who_is_gone_is_everybodys_once_it_is_late(qtbot: QtBot, scene: Scene) -> None:
    now, here = [seat.NOW], {"1002"}
    hotline, hub = Hotline(scene.store), scene.built.hub
    uses = work_uses_of(scene.store, seat_author(scene), lambda: now[0], lambda: "p9", here=lambda: here)
    watch = PromiseWatch(hub, uses.promises, lambda: now[0], scene.built.window)
    banner = PromiseBanner(watch, lambda: now[0], UTC)
    qtbot.addWidget(banner)

    def look(*entities: str) -> None:
        hub.rows_changed.emit(entities)
        assert hub.worker.drain(10)
        QApplication.processEvents()

    hotline.promise(1, owner="1002")
    look("promise")
    now[0] += timedelta(hours=2)
    look("promise")
    assert watch.pressing() == []  # its owner is here, and is reminded
    here.clear()
    look("stay")
    assert [one.owner for one in watch.pressing()] == ["1002"]
    assert "李四" in banner._words.text()
    now[0] -= timedelta(hours=2)
    assert watch.pressing() == []  # in good time it is nobody's else


def seat_author(scene: Scene) -> FakeAuthor:
    return FakeAuthor("1001", "S01", lambda: seat.NOW, lambda: "c9", scene.store.base_seq)

"""Dispatching by its keys in the whole window."""

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.calls import Phase
from desk.domain.commands import Dial
from desk.domain.events import CallAnswered, CallDialled
from desk.domain.identity import CallId
from desk.domain.moves import Given, MoveKind
from desk.domain.party import Party
from desk.domain.tasks import TaskStage
from desk.ui.after.dispatch.who_list import WhoList
from desk.ui.key_button import KeyButton
from desk.usecases.dispatch import Order
from tests.ui import harness, seat
from tests.ui.after.dispatch.window_scenes import HERE, Scene, build
from tests.usecases.dispatching import PLUMBER

ALT = Qt.KeyboardModifier.AltModifier


def test_alt_d_and_enter_dispatch_and_call_and_escape_goes_back(qtbot: QtBot) -> None:
    made = build("en")
    assert isinstance(made, Scene)
    with harness.on_screen(qtbot, made, seat.snapshot()) as scene:
        window = scene.built.window
        window.panels.middle.show_ticket(HERE.ticket_id)
        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+D")
        qtbot.waitUntil(key.isVisible)
        QTest.keyClick(window, Qt.Key.Key_D, ALT)
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        field = QApplication.focusWidget()
        assert field is not None
        assert field.objectName() == "dispatch_who"
        panel = window.findChild(QWidget, "dispatch_panel")
        assert panel is not None
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: any(isinstance(one, Dial) for one in scene.commands))
        (task,) = made.hotline.ports.tasks.of_ticket(HERE.ticket_id)
        assert (task.stage, task.handler_id) == (TaskStage.DISPATCHED, PLUMBER.staff_id)
        assert scene.nudges
        QTest.keyClick(field, Qt.Key.Key_Escape)
        qtbot.waitUntil(panel.isHidden)


def test_what_the_handler_says_is_one_digit_when_they_have_answered(qtbot: QtBot) -> None:
    made = build("en")
    assert isinstance(made, Scene)
    with harness.on_screen(qtbot, made, seat.snapshot()) as scene:
        window = scene.built.window
        window.panels.middle.show_ticket(HERE.ticket_id)
        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+D")
        qtbot.waitUntil(key.isVisible)
        QTest.keyClick(window, Qt.Key.Key_D, ALT)
        field = _named(window, "dispatch_who")
        qtbot.waitUntil(field.hasFocus)
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: any(isinstance(one, Dial) for one in scene.commands))
        call_id, calls = CallId("c7"), scene.built.hub.state.calls
        scene.receive(CallDialled(call_id, seat.NOW, "热线", Party("8001")), CallAnswered(call_id, seat.NOW))
        qtbot.waitUntil(lambda: call_id in calls and calls[call_id].phase is Phase.UP)
        focus = QApplication.focusWidget()
        assert focus is field
        QTest.keyClick(focus, Qt.Key.Key_1)
        tasks = made.hotline.ports.tasks
        qtbot.waitUntil(lambda: tasks.of_ticket(HERE.ticket_id)[0].stage is TaskStage.ACCEPTED)


def test_what_one_agent_typed_is_not_there_for_the_next_one(qtbot: QtBot) -> None:
    made = build("en")
    assert isinstance(made, Scene)
    with harness.on_screen(qtbot, made, seat.snapshot()) as scene:
        window = scene.built.window
        window.panels.middle.show_ticket(HERE.ticket_id)
        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+D")
        qtbot.waitUntil(key.isVisible)
        QTest.keyClick(window, Qt.Key.Key_D, ALT)
        field = _named(window, "dispatch_who")
        qtbot.waitUntil(field.hasFocus)
        QTest.keyClicks(field, "8001")
        QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: scene.built.hub.agent is None)
        assert field.property("text") == ""
        assert _named(window, "dispatch_panel").isHidden()


def test_alt_c_calls_nobody_about_a_ticket_that_rests(qtbot: QtBot) -> None:
    made = build("en")
    assert isinstance(made, Scene)
    made.hotline.dispatch.send(HERE.ticket_id, Order())
    with harness.on_screen(qtbot, made, seat.snapshot()) as scene:
        window = scene.built.window
        window.panels.middle.show_ticket(HERE.ticket_id)
        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+C")
        qtbot.waitUntil(key.isVisible)
        QTest.keyClick(window, Qt.Key.Key_C, ALT)
        qtbot.waitUntil(lambda: any(isinstance(one, Dial) for one in scene.commands))
        scene.commands.clear()
        suspends = Given(reason="等配件", until=seat.NOW + timedelta(days=3))
        made.hotline.moves.move(HERE.ticket_id, MoveKind.SUSPEND, suspends)
        scene.receive(wire.Pushed(("ticket",)))
        dispatch = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+D")
        qtbot.waitUntil(lambda: bool(dispatch.accessibleDescription()))  # it says why not
        QTest.keyClick(window, Qt.Key.Key_Escape)
        QTest.keyClick(window, Qt.Key.Key_C, ALT)
        assert scene.built.hub.worker.drain(20)
        assert scene.commands == []


def test_on_a_low_screen_the_list_gives_way_and_no_key_is_cut(qtbot: QtBot) -> None:
    made = build("zh_CN")
    assert isinstance(made, Scene)
    made.hotline.dispatch.send(HERE.ticket_id, Order())
    with harness.on_screen(qtbot, made, seat.snapshot()) as scene:
        window = scene.built.window
        column = window.panels.middle.layout()
        assert isinstance(column, QVBoxLayout)
        for _banner in range(3):  # an incident, a hand-over, a promise
            banner = QLabel("x")
            banner.setFixedHeight(44)
            column.insertWidget(0, banner)
        window.panels.middle.show_ticket(HERE.ticket_id)
        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+D")
        qtbot.waitUntil(key.isVisible)
        QTest.keyClick(window, Qt.Key.Key_D, ALT)
        qtbot.waitUntil(lambda: window.findChild(QWidget, "dispatch_heard") is not None)
        panel, list_, buttons, heard = (
            _named(window, name) for name in ("dispatch_panel", "dispatch_list", "dispatch_buttons", "dispatch_heard")
        )
        qtbot.waitUntil(heard.isVisible)
        qtbot.waitUntil(lambda: list_.geometry().bottom() < buttons.geometry().top())
        assert heard.geometry().top() > buttons.geometry().bottom()
        for answer in (one for one in heard.findChildren(KeyButton) if one.isVisible()):
            assert panel.rect().contains(answer.mapTo(panel, answer.rect().bottomRight())), answer.objectName()
            assert answer.visibleRegion().boundingRect() == answer.rect(), answer.objectName()
        assert isinstance(list_, WhoList)
        for _down in list_.lines:
            QTest.keyClick(_named(window, "dispatch_who"), Qt.Key.Key_Down)
        assert list_.chosen == list_.lines[-1]


def _named(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found

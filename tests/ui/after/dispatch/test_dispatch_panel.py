"""The dispatch panel by its keys, over a hotline in memory and a telephone of wire."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.domain.attempts import Outcome
from desk.domain.commands import Dial, HangUp
from desk.domain.events import CallAnswered, CallEnded, CallOffered, CommandRefused
from desk.domain.identity import CallId, TicketId
from desk.domain.party import Party
from desk.domain.tasks import Task, TaskStage
from desk.domain.tickets import Stage
from desk.ui.key_button import KeyButton
from tests.ui.after.dispatch.scenes import CALL, Scene, build
from tests.usecases.dispatching import ELECTRICIAN, MATE, PLUMBER, TICKET, hotline_over

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with hotline_over("memory", tmp_path) as hotline:
        made = build(hotline)
        qtbot.addWidget(made.panel)
        made.panel.resize(680, 400)
        made.panel.show()
        hotline.file()
        made.open()
        yield made
        assert made.hub.worker.close(10)


def press(scene: Scene, *keys: Qt.Key, on: QWidget | None = None) -> None:
    for key in keys:
        QTest.keyClick(on or scene.panel.front.field, key)
        scene.settle()


def words(scene: Scene, name: str) -> str:
    button = scene.panel.findChild(KeyButton, name)
    assert isinstance(button, KeyButton)
    return button.accessibleName()


def task(scene: Scene) -> Task:
    return scene.hotline.ports.tasks.of_ticket(TICKET.ticket_id)[-1]


def outcomes(scene: Scene) -> list[Outcome]:
    return [one.outcome for one in scene.hotline.ports.attempts.of_ticket(TICKET.ticket_id)]


def test_enter_sends_to_whom_the_route_names_and_calls(scene: Scene) -> None:
    assert words(scene, "dispatch_act") == "Send to 赵师傅 and call"
    press(scene, Key.Key_Return)
    assert (task(scene).stage, task(scene).handler_id) == (TaskStage.DISPATCHED, PLUMBER.staff_id)
    assert scene.dialled() == [PLUMBER.phone]
    assert scene.written == [True]
    assert scene.told == [f"{TICKET.number} is sent to 赵师傅."]
    assert words(scene, "dispatch_act") == "Call 赵师傅"


def test_enter_twice_sends_once(scene: Scene) -> None:
    for _time in range(2):
        QTest.keyClick(scene.panel.front.field, Key.Key_Return)
    scene.settle()
    (sent,) = scene.hotline.ports.tasks.of_ticket(TICKET.ticket_id)
    steps = [one for one in scene.hotline.ports.histories.of("task", sent.task_id) if "dispatched_at" in one.patch]
    assert len(steps) == 1
    assert scene.dialled() == [PLUMBER.phone]


def test_enter_before_the_people_have_come_is_done_when_they_have(scene: Scene) -> None:
    other = replace(TICKET, ticket_id=TicketId("t2"), number="20260302-S01-002")
    scene.hotline.file(other)
    scene.panel.open_for(scene.page(other.ticket_id))
    QTest.keyClick(scene.panel.front.field, Key.Key_Return)
    scene.settle()
    (sent,) = scene.hotline.ports.tasks.of_ticket(other.ticket_id)
    assert sent.handler_id == PLUMBER.staff_id


def test_shift_enter_sends_without_a_call(scene: Scene) -> None:
    QTest.keyClick(scene.panel.front.field, Key.Key_Return, SHIFT)
    scene.settle()
    assert task(scene).stage is TaskStage.DISPATCHED
    assert scene.dialled() == []


def test_letters_narrow_down_and_arrows_choose(scene: Scene) -> None:
    QTest.keyClicks(scene.panel.front.field, "sun")
    assert words(scene, "dispatch_act") == "Send to 孙师傅 and call"
    assert [line.name for line in scene.panel.front.list.lines] == ["孙师傅"]
    assert scene.panel.step_back()  # Escape: everybody again
    assert len(scene.panel.front.list.lines) > 1
    assert not scene.panel.step_back()
    press(scene, Key.Key_PageUp, Key.Key_Up, Key.Key_Down)
    assert words(scene, "dispatch_act") == "Send to 钱师傅 and call"
    QTest.keyClicks(scene.panel.front.field, "xyz")
    assert words(scene, "dispatch_act") == "Nobody is called that"
    press(scene, Key.Key_Return)
    assert scene.hotline.ports.tasks.of_ticket(TICKET.ticket_id) == []


def test_one_digit_takes_down_that_they_accept(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    scene.call_goes(answered=True)
    press(scene, Key.Key_1)
    assert task(scene).stage is TaskStage.ACCEPTED
    (attempt,) = scene.hotline.ports.attempts.of_ticket(TICKET.ticket_id)
    assert (attempt.outcome, attempt.call_id, attempt.number) == (Outcome.REACHED, CALL, PLUMBER.phone)
    assert scene.told[-1] == "赵师傅 has accepted it."


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(486, Outcome.BUSY), (480, Outcome.OFF), (487, Outcome.NO_ANSWER), (404, Outcome.WRONG_NUMBER)],
)
def test_a_call_that_nobody_took_is_put_on_record_by_itself(scene: Scene, cause: int, outcome: Outcome) -> None:
    press(scene, Key.Key_Return)
    scene.call_goes(cause=cause)
    assert outcomes(scene) == [outcome]


def test_what_was_taken_down_while_it_rang_is_not_recorded_again_and_the_call_is_given_up(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    scene.call_goes()
    press(scene, Key.Key_3)
    assert HangUp(CALL) in scene.phone.commands
    scene.hub.receive(CallEnded(CALL, scene.hotline.now, 487))
    scene.settle()
    assert outcomes(scene) == [Outcome.NO_ANSWER]


def test_a_call_that_never_went_out_was_no_try(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    scene.call_goes(cause=503)
    press(scene, Key.Key_Return)
    scene.hub.receive(CommandRefused("Dial", "no_line"))
    scene.settle()
    assert outcomes(scene) == []
    assert scene.panel.call.can_dial()


def test_after_the_set_tries_the_backup_stands_in_with_one_key(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    for _number in range(3):
        press(scene, Key.Key_3)
        scene.hotline.later(minutes=6)
    assert outcomes(scene) == [Outcome.NO_ANSWER] * 3
    assert words(scene, "dispatch_act") == "Give to 钱师傅 and call"
    press(scene, Key.Key_Return)
    assert task(scene).handler_id == MATE.staff_id
    assert scene.dialled() == [PLUMBER.phone, MATE.phone]


def test_a_return_asks_why_and_the_next_one_is_chosen(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    press(scene, Key.Key_2)
    said = scene.panel.front.heard.findChild(QWidget, "dispatch_said")
    assert isinstance(said, QWidget)
    press(scene, Key.Key_Return, on=said)
    assert task(scene).stage is TaskStage.DISPATCHED  # without a reason it is not taken
    press(scene, Key.Key_1, Key.Key_Return, on=said)
    assert (task(scene).stage, task(scene).reason) == (TaskStage.RETURNED, "Not our trade")
    chosen = scene.panel.front.chosen
    assert chosen is not None
    assert chosen.name == "钱师傅"  # not the one who gave it back


def test_escape_leaves_the_question_and_nothing_is_taken_down(scene: Scene) -> None:
    press(scene, Key.Key_Return, Key.Key_2)
    assert scene.panel.step_back()
    assert outcomes(scene) == []
    assert task(scene).stage is TaskStage.DISPATCHED


def test_who_asks_to_be_called_later_is_so_in_half_an_hour_where_no_time_is_said(scene: Scene) -> None:
    press(scene, Key.Key_Return, Key.Key_7)
    when = scene.panel.front.heard.findChild(QWidget, "dispatch_later")
    assert isinstance(when, QWidget)
    press(scene, Key.Key_Return, on=when)
    (attempt,) = scene.hotline.ports.attempts.of_ticket(TICKET.ticket_id)
    assert (attempt.outcome, attempt.next_at) == (Outcome.LATER, scene.hotline.now + timedelta(minutes=30))


def test_one_more_task_goes_to_somebody_else(scene: Scene) -> None:
    press(scene, Key.Key_Return)
    scene.panel.front.another.emit()
    scene.settle()
    assert scene.panel.accessibleName() == "One more task"
    scene.panel.front.title.setText("补墙漆")
    QTest.keyClicks(scene.panel.front.field, "sun")
    press(scene, Key.Key_Return)
    tasks = scene.hotline.ports.tasks.of_ticket(TICKET.ticket_id)
    assert [(one.title, one.handler_id) for one in tasks] == [
        (TICKET.category, PLUMBER.staff_id),
        ("补墙漆", ELECTRICIAN.staff_id),
    ]


def test_the_limit_may_be_another_and_what_is_no_time_is_refused(scene: Scene) -> None:
    field = scene.panel.front.limit.field
    QTest.keyClicks(field, "whenever")
    press(scene, Key.Key_Return)
    assert scene.hotline.ports.tasks.of_ticket(TICKET.ticket_id) == []
    assert field.property("wrong")
    field.clear()
    field.setText("明天")
    press(scene, Key.Key_Return)
    due_at = task(scene).due_at
    assert due_at is not None
    assert due_at - scene.hotline.now < timedelta(days=2)


def test_a_resident_on_the_line_waits_while_the_handler_is_called(scene: Scene) -> None:
    resident = CallId("c1")
    scene.hub.receive(CallOffered(resident, scene.hotline.now, "热线", Party("13800138000")))
    scene.hub.receive(CallAnswered(resident, scene.hotline.now))
    scene.settle()
    press(scene, Key.Key_Return)
    (dial,) = [command for command in scene.phone.commands if isinstance(command, Dial)]
    assert dial.consults == resident
    scene.hub.receive(CallEnded(resident, scene.hotline.now, 200))  # the resident hangs up: the handler's call goes on
    scene.call_goes(answered=True)
    press(scene, Key.Key_1)
    assert task(scene).stage is TaskStage.ACCEPTED


def test_the_call_key_calls_whoever_has_it(scene: Scene) -> None:
    scene.panel.call_handler()
    scene.settle()
    assert scene.dialled() == []
    assert scene.told == ["Nobody has this task yet: send it to somebody first."]
    QTest.keyClick(scene.panel.front.field, Key.Key_Return, SHIFT)
    scene.settle()
    scene.panel.call_handler()
    scene.settle()
    assert scene.dialled() == [PLUMBER.phone]


def test_what_is_refused_is_told_in_words(scene: Scene) -> None:
    scene.hotline.put("ticket", TICKET.ticket_id, stage=Stage.SUSPENDED.value)
    press(scene, Key.Key_Return)
    assert scene.told == ["It is suspended: take it up again first."]
    assert scene.written == []


def test_another_ticket_begins_anew_and_the_same_one_keeps_what_was_typed(scene: Scene) -> None:
    other = replace(TICKET, ticket_id=TicketId("t2"), number="20260302-S01-002")
    scene.hotline.file(other)
    QTest.keyClicks(scene.panel.front.field, "sun")
    scene.panel.refresh(scene.page())
    scene.settle()
    assert scene.panel.front.field.text() == "sun"
    scene.open(other.ticket_id)
    assert scene.panel.front.field.text() == ""

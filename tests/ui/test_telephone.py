"""The window's telephone as an agent uses it, by keyboard: several calls, a transfer from its first key to its end,
whom to dial, lines, the agent's state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.availability import Availability, Forward
from desk.domain.calls import TurnedAway
from desk.domain.commands import (
    CancelConsultation,
    Command,
    CompleteTransfer,
    Confer,
    Dial,
    Hold,
    PauseQueue,
    Reject,
    SetAvailability,
    Transfer,
)
from desk.domain.events import (
    AvailabilityChanged,
    CallAnswered,
    CallDialled,
    CallEnded,
    CallHeld,
    CallOffered,
    CallResumed,
    CodeDialled,
    CommandRefused,
    ConferenceJoined,
    LineChanged,
    LineState,
    LineStatus,
    TransferFailed,
    TransferStarted,
)
from desk.domain.party import Party
from desk.ui.key_button import KeyButton
from desk.ui.lamp_bar import LampBar
from desk.ui.lamps.line import LineLamps
from desk.ui.seat_state import Detached
from desk.ui.telephone.deaf_alarm import DeafAlarm
from desk.ui.telephone.transfer_presenter import Step
from tests.ui import harness, phone_scenes
from tests.ui.phone_scenes import C1, C2, HANDLER_PARTY
from tests.ui.seat import NOW

LABELS = tuple(line.label for line in phone_scenes.LINES)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    """Three lines, every code of the exchange, a handler whom staff calls 8001; agent 1001 signed in."""
    with harness.on_screen(qtbot, phone_scenes.build(), phone_scenes.snapshot()) as scene:
        yield scene


def press(scene: harness.Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def type_text(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def shown(scene: harness.Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def asked_of_phone(scene: harness.Scene) -> list[Command]:
    return [
        command for command in scene.commands if type(command).__name__ not in ("WatchLevels", "TakeSeat", "PauseQueue")
    ]


def pauses(scene: harness.Scene) -> list[Command]:
    """What the exchange's queue was to be told."""
    return [command for command in scene.commands if isinstance(command, PauseQueue)]


def happens(qtbot: QtBot, scene: harness.Scene, *messages: object) -> None:
    """The messages came, and the window has taken them."""
    marks: list[object] = []
    scene.built.hub.refused.connect(marks.append)
    scene.receive(*messages, CommandRefused("Mark", "no_such_call"))
    qtbot.waitUntil(lambda: bool(marks))
    scene.built.hub.refused.disconnect(marks.append)
    scene.built.window.panels.trouble_line.put_away()


def step_of(scene: harness.Scene) -> Step:
    return scene.built.window.panels.call_bar.transfer_panel.view.step


def strip(scene: harness.Scene, call_id: str) -> QWidget | None:
    return scene.built.window.findChild(QWidget, f"strip_{call_id}")


def visible_strips(scene: harness.Scene) -> list[str]:
    return [name for name in ("c1", "c2", "c3") if (one := strip(scene, name)) is not None and one.isVisible()]


# A transfer, from its first key to its end


def test_a_handler_is_asked_by_name_and_the_resident_handed_over_by_four_keys(
    qtbot: QtBot, scene: harness.Scene
) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    press(scene, Qt.Key.Key_T, CTRL)
    assert step_of(scene) is Step.CHOOSING
    type_text("zsf")
    box = scene.built.window.panels.call_bar.transfer_panel.box
    qtbot.waitUntil(lambda: bool(box.rows))
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("8001", consults=C1)]
    happens(qtbot, scene, CallHeld(C1, NOW), CallDialled(C2, NOW, "分机", HANDLER_PARTY, C1), CallAnswered(C2, NOW))
    qtbot.waitUntil(lambda: shown(scene, "transfer_words") == "正在咨询 赵师傅，王建国 在等待")
    press(scene, Qt.Key.Key_T, CTRL)
    assert asked_of_phone(scene)[1:] == [CompleteTransfer(C2)]


def test_an_enter_before_the_names_have_come_waits_for_them(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    press(scene, Qt.Key.Key_T, CTRL)
    type_text("zsf")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked_of_phone(scene) == [Dial("8001", consults=C1)])


def test_shift_enter_hands_over_at_once_and_the_form_has_the_keyboard_again(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    before = QApplication.focusWidget()
    press(scene, Qt.Key.Key_T, CTRL)
    type_text("8001")
    press(scene, Qt.Key.Key_Return, SHIFT)
    assert asked_of_phone(scene) == [Transfer(C1, "8001")]
    assert QApplication.focusWidget() is before


def test_a_name_that_nobody_has_calls_nobody_and_is_told(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    press(scene, Qt.Key.Key_T, CTRL)
    type_text("qqqq")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "qqqq" in shown(scene, "message_what"))
    assert asked_of_phone(scene) == []


def test_while_a_handler_is_asked_the_card_the_form_and_the_keyboard_stay_the_residents(
    qtbot: QtBot, scene: harness.Scene
) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    type_text("lou")
    typing_in = QApplication.focusWidget()
    happens(qtbot, scene, *phone_scenes.asked()[3:])
    draft = scene.built.window.panels.middle.form.draft()
    assert draft is not None
    assert draft.call_id == C1
    assert scene.built.hub.callers.subject == C1
    assert QApplication.focusWidget() is typing_in
    assert shown(scene, "card_name") == "王建国"


def test_the_hang_up_key_ends_the_asking_and_never_the_residents_call(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.asked())
    press(scene, Qt.Key.Key_F3)
    happens(qtbot, scene, CallResumed(C1, NOW), ConferenceJoined(C1, NOW), ConferenceJoined(C2, NOW))
    press(scene, Qt.Key.Key_F3)
    assert asked_of_phone(scene) == [CancelConsultation(C2), CancelConsultation(C2)]


def test_one_key_swaps_and_one_joins_all_three(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.asked())
    qtbot.waitUntil(lambda: visible_strips(scene) == ["c1"])
    press(scene, Qt.Key.Key_F5, SHIFT)
    press(scene, Qt.Key.Key_F2, SHIFT)
    assert asked_of_phone(scene) == [Hold(C1, on=False), Confer(C2, on=True)]
    happens(qtbot, scene, CallResumed(C1, NOW), ConferenceJoined(C1, NOW), ConferenceJoined(C2, NOW))
    qtbot.waitUntil(lambda: shown(scene, "call_who") == "王建国、赵师傅")
    qtbot.waitUntil(lambda: visible_strips(scene) == [])
    assert shown(scene, "call_state") == "三方通话"
    press(scene, Qt.Key.Key_F2, SHIFT)
    assert asked_of_phone(scene)[2:] == [Confer(C2, on=False)]


def test_a_transfer_that_fails_is_told_in_plain_words_and_the_call_is_there(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked(), CallHeld(C1, NOW), TransferStarted(C1, NOW, "8001"))
    assert step_of(scene) is Step.UNDER_WAY
    happens(qtbot, scene, TransferFailed(C1, NOW, 486, "Busy Here"), CallResumed(C1, NOW))
    assert step_of(scene) is Step.NONE
    assert shown(scene, "transfer_words").startswith("转接未成功：对方忙")
    assert shown(scene, "call_who") == "王建国"


def test_a_window_that_was_restarted_in_the_middle_has_the_same_keys_again(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.asked())
    again = phone_scenes.build()
    qtbot.addWidget(again.built.window)
    again.built.window.show()
    calls = tuple(scene.built.hub.state.calls.values())
    again.receive(replace(phone_scenes.snapshot(), calls=calls))
    again.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: step_of(again) is Step.ASKING)
    again.built.window.panels.call_bar.transfer_panel.complete()
    assert CompleteTransfer(C2) in again.commands
    again.close()


def test_escape_leaves_the_transfer_where_it_was(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    before = QApplication.focusWidget()
    press(scene, Qt.Key.Key_T, CTRL)
    press(scene, Qt.Key.Key_Escape)
    assert step_of(scene) is Step.NONE
    assert QApplication.focusWidget() is before
    assert asked_of_phone(scene) == []


# Several calls


def test_each_call_says_by_which_line_it_came_and_how_long_it_has_waited(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.scenes()["two_calls"].messages)
    qtbot.waitUntil(lambda: visible_strips(scene) == ["c2", "c3"])
    assert shown(scene, "call_line") == "热线"
    assert shown(scene, f"strip_note_{C2}") == "保持太久，请接回"
    held, waiting = strip(scene, "c2"), strip(scene, "c3")
    assert held is not None
    assert waiting is not None
    assert held.property("role") == "strip-late"
    assert waiting.property("role") == "strip-ringing"


def test_a_call_that_answers_itself_counts_down_and_can_be_refused(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, CallOffered(C1, NOW, "分机", Party("8001"), 5.0))
    assert shown(scene, "call_note") == "5 秒后自动接听"
    press(scene, Qt.Key.Key_F3)
    assert asked_of_phone(scene) == [Reject(C1)]


# Whom to dial


def test_a_number_is_dialled_as_typed_although_somebodys_begins_with_it(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F6)
    type_text("8001")
    box = scene.built.window.panels.call_bar.dial_field
    qtbot.waitUntil(lambda: len(box.rows) > 1 or box.answered == "8001")
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("8001")]


def test_a_chosen_row_is_dialled_and_tab_only_takes_it(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F6)
    box = scene.built.window.panels.call_bar.dial_field
    type_text("zsf")
    qtbot.waitUntil(lambda: bool(box.rows))
    press(scene, Qt.Key.Key_Tab)
    assert (box.text(), asked_of_phone(scene)) == ("8001", [])


def test_late_numbers_open_below_an_empty_field(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F6)
    box = scene.built.window.panels.call_bar.dial_field
    press(scene, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(box.rows))
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("013800138000")]


def test_the_last_number_is_dialled_again_by_one_key(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, CallDialled(C1, NOW, "热线", Party("13900139000")), CallEnded(C1, NOW, 486))
    press(scene, Qt.Key.Key_F6, SHIFT)
    assert asked_of_phone(scene) == [Dial("13900139000")]


def test_the_line_to_dial_by_is_chosen_by_one_key_and_holds_for_one_call(qtbot: QtBot, scene: harness.Scene) -> None:
    box = scene.built.window.panels.call_bar.dial_field
    usual = box.placeholderText()
    press(scene, Qt.Key.Key_F6)
    chosen = []
    for _ in range(4):
        press(scene, Qt.Key.Key_F6, CTRL)
        chosen.append(box.placeholderText())
    assert chosen == [*(f"从 {label} 呼出" for label in LABELS), usual]
    press(scene, Qt.Key.Key_F6, CTRL)
    press(scene, Qt.Key.Key_F6, CTRL)
    type_text("8001")
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("8001", LABELS[1])]
    happens(qtbot, scene, CallDialled(C1, NOW, LABELS[1], Party("8001")), CallEnded(C1, NOW, 486))
    assert box.placeholderText() == usual


def test_escape_from_the_dial_field_gives_up_the_chosen_line(scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F6)
    press(scene, Qt.Key.Key_F6, CTRL)
    press(scene, Qt.Key.Key_Escape)
    press(scene, Qt.Key.Key_F6)
    type_text("8001")
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("8001")]


def test_whoever_called_is_called_back_by_the_line_they_came_by(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, CallOffered(C1, NOW, LABELS[2], Party("13800138000")), CallEnded(C1, NOW, 487))
    press(scene, Qt.Key.Key_R, CTRL)
    assert asked_of_phone(scene) == [Dial("13800138000", rather=LABELS[2])]
    happens(qtbot, scene, CallOffered(C2, NOW, LABELS[0], Party("13900139000")))
    scene.built.hub.call_back_requested.emit("13800138000", LABELS[2])  # during a call it waits for Enter
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene)[1:] == [Dial("13800138000", rather=LABELS[2])]


def test_a_number_that_is_not_taken_stands_in_the_field_again(qtbot: QtBot, scene: harness.Scene) -> None:
    box = scene.built.window.panels.call_bar.dial_field
    press(scene, Qt.Key.Key_F6)
    type_text("1380013800")
    press(scene, Qt.Key.Key_Return)
    assert box.text() == ""
    typing_in = QApplication.focusWidget()
    happens(qtbot, scene, CommandRefused("Dial", "bad_number", "wrong_length"))
    assert (box.text(), QApplication.focusWidget()) == ("1380013800", typing_in)
    box.clear()
    happens(qtbot, scene, CommandRefused("Dial", "bad_number", "wrong_length"))  # of another one's
    assert box.text() == ""


@pytest.mark.parametrize(("key", "command"), [(PLAIN, "Dial"), (SHIFT, "Transfer")])
def test_where_a_call_cannot_be_handed_the_field_is_there_again_with_the_number(
    qtbot: QtBot, scene: harness.Scene, key: Qt.KeyboardModifier, command: str
) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    press(scene, Qt.Key.Key_T, CTRL)
    type_text("1380013800")
    press(scene, Qt.Key.Key_Return, key)
    assert step_of(scene) is Step.NONE
    happens(qtbot, scene, CommandRefused(command, "bad_number", "wrong_length"))
    panel = scene.built.window.panels.call_bar.transfer_panel
    assert (step_of(scene), panel.box.text()) == (Step.CHOOSING, "1380013800")


def test_a_requested_number_is_put_into_the_field_and_dialled_by_nobody(qtbot: QtBot, scene: harness.Scene) -> None:
    scene.built.hub.dial_requested.emit("tel:+8613900139000")
    box = scene.built.window.panels.call_bar.dial_field
    assert box.hasFocus()
    assert asked_of_phone(scene) == []
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("tel:+8613900139000")]


def test_a_number_that_a_page_asks_for_takes_the_keyboard_from_nobody_who_types(
    qtbot: QtBot, scene: harness.Scene
) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    type_text("lou")
    typing_in = QApplication.focusWidget()
    scene.built.hub.dial_requested.emit("13900139000")
    assert QApplication.focusWidget() is typing_in
    assert scene.built.window.panels.call_bar.dial_field.text() == "13900139000"
    press(scene, Qt.Key.Key_F6)
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("13900139000")]


def click(scene: harness.Scene, name: str) -> None:
    """Where the system says that the mouse was pressed, not at the widget."""
    window = scene.built.window
    label = window.findChild(QLabel, name)
    assert label is not None
    handle = window.windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=label.mapTo(window, label.rect().center()))


def test_a_click_on_a_number_of_the_card_calls_it(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked(), CallEnded(C1, NOW, 200))
    qtbot.waitUntil(lambda: shown(scene, "card_number") != "")
    click(scene, "card_number")
    assert asked_of_phone(scene) == [Dial("138 0013 8000")]


def test_during_a_call_a_click_only_fills_the_field(qtbot: QtBot, scene: harness.Scene) -> None:
    happens(qtbot, scene, *phone_scenes.talked())
    qtbot.waitUntil(lambda: shown(scene, "card_number") != "")
    click(scene, "card_number")
    assert asked_of_phone(scene) == []
    assert scene.built.window.panels.call_bar.dial_field.text() == "138 0013 8000"


def test_a_key_calls_whoever_stands_in_the_row_that_is_chosen(qtbot: QtBot, scene: harness.Scene) -> None:
    rows = scene.built.window.panels.work_list.tickets.list
    qtbot.waitUntil(lambda: bool(rows.rows))
    rows.setFocus()
    press(scene, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: asked_of_phone(scene) == [Dial("13800138000")])


# Lines


def test_every_line_has_its_lamp_and_a_deaf_one_says_for_how_long_even_where_room_is_short(
    qtbot: QtBot, scene: harness.Scene
) -> None:
    deaf = LineState("分机", LineStatus.DEAF, NOW - timedelta(seconds=135), 0, "certificate_expired", "green")
    happens(qtbot, scene, LineChanged(deaf))
    window = scene.built.window
    assert [window.findChild(QWidget, n) is not None for n in ("lamp_line", "lamp_line_2", "lamp_line_3")] == [True] * 3
    lamp = window.findChild(QWidget, "lamp_line_2")
    assert lamp is not None
    assert lamp.accessibleName().endswith("分机 2:15")
    assert "证书已过期" in lamp.toolTip()
    for width in (1366, 1180):
        window.resize(width, 768)
        qtbot.waitUntil(lambda width=width: window.width() == width)  # type: ignore[misc]
        bar = window.findChild(LampBar)
        assert bar is not None
        qtbot.waitUntil(lambda bar=bar: lamp.sizeHint().width() <= lamp.width())  # type: ignore[misc]
        last = window.findChild(QWidget, "sign_out")
        assert last is not None
        assert last.geometry().right() <= bar.width()


def test_a_deaf_line_sounds_once_then_every_minute_and_never_into_a_talk(qtbot: QtBot, scene: harness.Scene) -> None:
    heard: list[str] = []
    now = [NOW]
    hub = scene.built.hub
    hub.clock = lambda: now[0]
    alarm = DeafAlarm(hub, lambda sound, _device, _gain_db: heard.append(sound), hub)
    happens(qtbot, scene, LineChanged(LineState("热线", LineStatus.DEAF, NOW)))

    def after(seconds: float) -> int:
        now[0] = NOW + timedelta(seconds=seconds)
        alarm.look()
        return len(heard)

    assert [after(s) for s in (2, 6, 30, 65, 66)] == [0, 1, 1, 1, 2]
    happens(qtbot, scene, *phone_scenes.talked())
    assert after(200) == 2
    happens(qtbot, scene, CallEnded(C1, NOW, 200))
    assert after(201) == 3
    happens(qtbot, scene, LineChanged(LineState("热线", LineStatus.REGISTERED, NOW)))
    assert after(300) == 3


def test_a_telephone_part_that_stays_away_is_told_by_lamp_and_sound(qtbot: QtBot, scene: harness.Scene) -> None:
    heard: list[str] = []
    now = [NOW]
    hub = scene.built.hub
    hub.clock = lambda: now[0]
    alarm = DeafAlarm(hub, lambda sound, _device, _gain_db: heard.append(sound), hub)
    happens(qtbot, scene, *phone_scenes.talked(), Detached("phone"))  # which took the call with it
    lamp = scene.built.window.findChild(QWidget, "lamp_line")
    assert lamp is not None
    seen = []
    for seconds in (2, 6, 30, 67):
        now[0] = NOW + timedelta(seconds=seconds)
        alarm.look()
        seen.append(len(heard))
    assert seen == [0, 1, 1, 2]
    lamps = scene.built.window.findChild(LineLamps)
    assert lamps is not None
    lamps.refresh()
    assert lamp.accessibleName().endswith("热线 1:07")
    happens(qtbot, scene, phone_scenes.snapshot())
    assert not lamp.accessibleName().endswith("1:07")


def test_new_voice_mail_has_a_lamp_whose_key_dials_it_by_its_line(qtbot: QtBot, scene: harness.Scene) -> None:
    key = scene.built.window.findChild(QWidget, "voice_mail")
    assert key is not None
    assert not key.isVisible()
    happens(qtbot, scene, LineChanged(LineState("热线", LineStatus.REGISTERED, NOW, 200, messages=2)))
    qtbot.waitUntil(key.isVisible)
    assert key.accessibleName() == "2 条留言"
    press(scene, Qt.Key.Key_F8, SHIFT)
    assert asked_of_phone(scene) == [Dial("*97", "热线")]


# The agent's state


def test_a_pause_is_told_to_the_exchange_and_shown_on_top(qtbot: QtBot, scene: harness.Scene) -> None:
    before = len(pauses(scene))
    press(scene, Qt.Key.Key_F9, SHIFT)
    type_text("3")
    assert shown(scene, "call_state") == "用餐"
    type_text("2")
    assert pauses(scene)[before:] == [PauseQueue(on=True)] * 2
    type_text("1")
    assert pauses(scene)[before:] == [*[PauseQueue(on=True)] * 2, PauseQueue(on=False)]
    type_text("1")  # the exchange may not have taken it
    assert pauses(scene)[before:][-2:] == [PauseQueue(on=False)] * 2
    press(scene, Qt.Key.Key_Escape)
    assert not scene.built.window.panels.call_bar.availability.isVisible()


@pytest.mark.parametrize("phone_late", [False, True])
def test_who_signs_in_ends_another_ones_do_not_disturb_and_is_told_where_calls_go_until_one_key_ends_it(
    qtbot: QtBot, scene: harness.Scene, phone_late: bool
) -> None:
    hub = scene.built.hub
    agent, night = hub.agent, {Forward.NIGHT: "8888"}
    left = Availability(True, {Forward.ALWAYS: "8001", **night})
    hub.sign_in(None)
    happens(qtbot, scene, AvailabilityChanged(left))
    assert asked_of_phone(scene) == []  # nobody could take a call
    if phone_late:
        happens(qtbot, scene, Detached("phone"))
    hub.sign_in(agent)
    if phone_late:
        happens(qtbot, scene, replace(phone_scenes.snapshot(), availability=left))
    assert asked_of_phone(scene) == [SetAvailability(replace(left, do_not_disturb=False))]
    happens_still(qtbot, scene, AvailabilityChanged(replace(left, do_not_disturb=False)))
    assert shown(scene, "message_what") == "来电全部转到 8001。这是您签入前设置的：按 Ctrl+Shift+F6 取消。"
    press(scene, Qt.Key.Key_F6, CTRL | SHIFT)
    assert asked_of_phone(scene)[1:] == [SetAvailability(Availability(forwards=night))]
    happens_still(qtbot, scene, AvailabilityChanged(Availability(forwards=night)))
    assert shown(scene, "message_what") == ""


def test_the_nights_forwarding_is_nothing_to_be_told_of_at_sign_in(qtbot: QtBot, scene: harness.Scene) -> None:
    hub = scene.built.hub
    agent = hub.agent
    hub.sign_in(None)
    happens(qtbot, scene, AvailabilityChanged(Availability(forwards={Forward.NIGHT: "8888"})))
    hub.sign_in(agent)
    assert (asked_of_phone(scene), shown(scene, "message_what")) == ([], "")


def happens_still(qtbot: QtBot, scene: harness.Scene, message: AvailabilityChanged) -> None:
    """The same, and what the line says is left."""
    with qtbot.waitSignal(scene.built.hub.availability_changed):
        scene.receive(message)


def test_do_not_disturb_and_a_forwarding_are_set_by_keyboard_and_stand_on_top_once_they_are_on(
    qtbot: QtBot, scene: harness.Scene
) -> None:
    press(scene, Qt.Key.Key_F9, SHIFT)
    type_text("7")
    assert asked_of_phone(scene) == [SetAvailability(Availability(True))]
    happens(qtbot, scene, AvailabilityChanged(Availability(True)))
    assert shown(scene, "calls_away") == "免打扰"
    press(scene, Qt.Key.Key_Tab)
    type_text("8001")
    press(scene, Qt.Key.Key_Return)
    wanted = Availability(True, {Forward.ALWAYS: "8001"})
    assert asked_of_phone(scene)[1:] == [SetAvailability(wanted)]
    happens(qtbot, scene, AvailabilityChanged(wanted))
    assert shown(scene, "calls_away") == "免打扰；来电全部转到 8001"
    press(scene, Qt.Key.Key_Tab)
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene)[2:] == [SetAvailability(wanted)]  # the exchange may not have taken it


def test_a_code_that_the_exchange_refuses_is_told(qtbot: QtBot, scene: harness.Scene) -> None:
    scene.receive(CodeDialled("*45", 404, "Not Found"))
    qtbot.waitUntil(lambda: shown(scene, "message_what").startswith("交换机没有接受“暂停”"))


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (TurnedAway.ALL_LINES, "所有线路都在使用"),
        (TurnedAway.NO_CODEC, "编码"),
        (TurnedAway.NOT_ENCRYPTED, "没有加密"),
    ],
)
def test_a_call_that_was_refused_before_it_could_ring_is_told(
    qtbot: QtBot, scene: harness.Scene, why: TurnedAway, words: str
) -> None:
    party = Party("13912345678")
    offered = CallOffered(C2, NOW, "热线", party, rings=False)
    scene.receive(offered, CallEnded(C2, NOW, 488, why.value, by_us=True))
    qtbot.waitUntil(lambda: words in shown(scene, "message_what"))
    assert party.number in shown(scene, "message_what")


def test_whoever_signs_in_begins_ready(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F9, SHIFT)
    type_text("5")
    press(scene, Qt.Key.Key_O, CTRL | SHIFT)
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    assert shown(scene, "call_state") == "就绪"
    assert pauses(scene)[-1] == PauseQueue(on=False)


def test_a_phone_that_comes_back_is_told_of_the_break(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F9, SHIFT)
    type_text("2")
    before = len(pauses(scene))
    happens(qtbot, scene, Detached("phone"))
    type_text("3")
    assert pauses(scene)[before:] == []
    happens(qtbot, scene, phone_scenes.snapshot())
    assert pauses(scene)[before:] == [PauseQueue(on=True)]


# The supervisor


def test_a_supervisor_listens_to_an_agent_by_name(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_F7, SHIFT)
    type_text("ls")
    qtbot.waitUntil(lambda: bool(scene.built.window.panels.call_bar.supervision.box.rows))
    press(scene, Qt.Key.Key_Return)
    assert asked_of_phone(scene) == [Dial("*2221002", as_code=True)]


def test_without_codes_there_is_nothing_of_supervision(qtbot: QtBot) -> None:
    plain = harness.build()
    qtbot.addWidget(plain.built.window)
    plain.built.window.show()
    assert plain.built.window.findChild(QWidget, "supervise") is None
    assert not plain.built.window.panels.call_bar.supervision.isVisible()
    plain.close()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", phone_scenes.scenes())
def test_nothing_on_top_is_cut_off_at_the_smallest_screen(qtbot: QtBot, name: str, language: str) -> None:
    with harness.on_screen(qtbot, phone_scenes.build(language), phone_scenes.snapshot()) as scene:
        happens(qtbot, scene, *phone_scenes.scenes()[name].messages)
        phone_scenes.scenes()[name].then(scene)
        bar = scene.built.window.panels.call_bar
        qtbot.waitUntil(lambda: bar.width() == 1366)

        def stands() -> None:  # once the new words are laid out
            for button in bar.findChildren(KeyButton):
                if button.isVisible():
                    assert button.width() >= button.sizeHint().width(), button.objectName()
                    assert button.mapTo(bar, button.rect().topRight()).x() <= bar.width(), button.objectName()

        qtbot.waitUntil(stands)

"""Signing in with a password, the lock, and who is put out, as an agent sees it; the background service is played by
hand."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.commands import Answer as AnswerCall
from desk.domain.commands import Dial, HangUp, Mute, TakeSeat
from desk.domain.events import CallAnswered, CallEnded
from desk.domain.identity import CallId
from desk.domain.sign_in import Answer, Verdict
from desk.ui import sign_in_flow
from desk.ui.lock_watch import LockWatch
from desk.ui.sign_in import SecretField
from desk.ui.sign_in_presenter import refusal
from tests.ui import seat, sign_in_scenes
from tests.ui.seat import NOW, offered
from tests.ui.sign_in_scenes import Guarded

C1 = CallId("c1")
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Guarded]:
    """A window on the screen, the phone attached, nobody signed in."""
    scene = sign_in_scenes.build()
    window = scene.built.window
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    scene.receive(seat.snapshot(), wire.Seated())
    qtbot.waitUntil(lambda: scene.built.hub.state.phone_here)
    yield scene
    scene.close()


def press(scene: Guarded, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def shown(scene: Guarded, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def asked(scene: Guarded) -> list[wire.SignIn]:
    return [message for message in scene.sync.told if isinstance(message, wire.SignIn)]


def type_in(qtbot: QtBot, scene: Guarded, number: str, password: str) -> None:
    """By keyboard, from the number's field."""
    page, before = scene.built.window.panels.sign_in, len(asked(scene))
    page.number.setFocus()
    page.number.selectAll()
    QTest.keyClicks(focus(), number)
    press(scene, Qt.Key.Key_Return)
    assert focus() is page.password
    QTest.keyClicks(focus(), password)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked(scene)) == before + 1)


def enter(qtbot: QtBot, scene: Guarded, number: str = "1001") -> None:
    type_in(qtbot, scene, number, "right")
    scene.answer()
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)


def lock(qtbot: QtBot, scene: Guarded) -> None:
    press(scene, Qt.Key.Key_L, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: scene.built.hub.locked)


def unlock(qtbot: QtBot, scene: Guarded) -> None:
    before = len(asked(scene))
    QTest.keyClicks(focus(), "right")
    press(scene, Qt.Key.Key_Return)
    assert len(asked(scene)) == before + 1
    scene.answer()
    qtbot.waitUntil(lambda: not scene.built.hub.locked)


def texts(window: QWidget) -> str:
    """Everything that can be read in a window now."""
    labels = [w.text() for w in window.findChildren(QLabel) if w.isVisible()]
    fields = [w.text() for w in window.findChildren(QLineEdit) if w.isVisible()]
    names = [w.accessibleName() for w in window.findChildren(QWidget) if w.isVisible()]
    return " | ".join((*labels, *fields, *names, window.windowTitle()))


def test_nobody_is_signed_in_before_the_centre_has_said_so(qtbot: QtBot, scene: Guarded) -> None:
    assert scene.built.window.panels.sign_in.isVisible()
    type_in(qtbot, scene, "1001", "right")
    asked = scene.sync.last(wire.SignIn)
    assert (asked.number, asked.password, asked.unlocks) == ("1001", "right", False)
    assert TakeSeat("1001") not in scene.commands
    scene.answer()
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    assert scene.built.hub.agent is not None
    assert (scene.built.hub.agent.number, scene.built.hub.agent.name) == ("1001", "张三")
    assert scene.sync.last(wire.SitsHere) == wire.SitsHere("1001", "张三")
    assert TakeSeat("1001") in scene.commands


def test_a_name_that_one_person_has_is_as_good_as_a_number(qtbot: QtBot, scene: Guarded) -> None:
    page = scene.built.window.panels.sign_in
    page.number.setText("李四")
    page.password.setText("x")
    page.password.returnPressed.emit()
    qtbot.waitUntil(lambda: bool(asked(scene)))
    assert scene.sync.last(wire.SignIn).number == "1002"


def test_a_refusal_stands_below_the_field_and_the_password_is_typed_anew(qtbot: QtBot, scene: Guarded) -> None:
    type_in(qtbot, scene, "1001", "wrong")
    scene.answer(Answer.WRONG, wait_s=20)
    qtbot.waitUntil(lambda: "20" in shown(scene, "sign_in_refusal"))
    page = scene.built.window.panels.sign_in
    assert (page.password.text(), focus()) == ("", page.password)
    assert scene.built.hub.agent is None


def test_every_refusal_has_words_of_its_own(qtbot: QtBot) -> None:
    refused = [answer for answer in Answer if answer is not Answer.ADMITTED]
    words = {answer: refusal(Verdict(answer, "1001", wait_s=300)) for answer in refused}
    assert all(words.values())
    assert len(set(words.values())) == len(words)
    assert refusal(Verdict(Answer.ADMITTED, "1001")) == ""


def test_a_background_service_that_is_starting_is_waited_for(
    qtbot: QtBot, scene: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_flow, "TELL_AGAIN_MS", 20)
    monkeypatch.setattr(sign_in_flow, "TELL_TRIES", 10_000)
    scene.sync.here = False
    page = scene.built.window.panels.sign_in
    page.number.setText("1001")
    page.password.setText("x")
    page.password.returnPressed.emit()
    qtbot.wait(100)
    assert asked(scene) == []
    scene.sync.here = True
    qtbot.waitUntil(lambda: len(asked(scene)) == 1)


def test_a_background_service_that_stays_away_is_told(
    qtbot: QtBot, scene: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_flow, "TELL_AGAIN_MS", 20)
    scene.sync.here = False
    page = scene.built.window.panels.sign_in
    page.number.setText("1001")
    page.password.setText("x")
    page.password.returnPressed.emit()
    qtbot.waitUntil(lambda: shown(scene, "sign_in_refusal").startswith("本机"))


def test_an_answer_to_an_older_question_lets_nobody_in(qtbot: QtBot, scene: Guarded) -> None:
    type_in(qtbot, scene, "1001", "first")
    old = scene.sync.last(wire.SignIn).request
    scene.answer(Answer.WRONG)
    qtbot.waitUntil(lambda: shown(scene, "sign_in_refusal").startswith("工号"))
    type_in(qtbot, scene, "1002", "second")
    scene.receive(wire.SignInJudged(old, Verdict(Answer.ADMITTED, "1001")))
    scene.answer(Answer.WRONG)
    qtbot.waitUntil(lambda: shown(scene, "sign_in_refusal").startswith("工号"))
    assert scene.built.hub.agent is None


def test_somebody_whom_the_register_has_as_gone_is_refused_whatever_the_centre_says(
    qtbot: QtBot, scene: Guarded
) -> None:
    from dataclasses import replace

    from desk.domain.patches import patch_of
    from desk.usecases.fakes import FakeAuthor
    from tests.ui.harness import OTHER

    author = FakeAuthor("1001", "S01", lambda: NOW, lambda: "00000000-0000-7000-8000-00000000ffff")
    gone = replace(OTHER, active=False)
    scene.store.append([author.change("staff", gone.staff_id, patch_of(gone, "staff_id"))])
    type_in(qtbot, scene, "1002", "right")
    scene.answer()
    qtbot.waitUntil(lambda: wire.SitsHere("") in scene.sync.told)
    assert "停用" in shown(scene, "sign_in_refusal") or "主管" in shown(scene, "sign_in_refusal")
    assert scene.built.hub.agent is None


def test_the_lock_hides_every_word_of_a_resident_and_the_call_goes_on(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    scene.receive(offered("c1"))
    qtbot.waitUntil(lambda: scene.built.hub.callers.pop(C1).card is not None)
    scene.receive(CallAnswered(C1, NOW))
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.draft_in_form != "")
    before = texts(scene.built.window)
    for secret in ("王建国", "203", "138"):
        assert secret in before
    lock(qtbot, scene)
    assert scene.built.window.panels.lock.isVisible()
    after = texts(scene.built.window)
    for secret in ("王建国", "203", "138", "漏水"):
        assert secret not in after
    assert TakeSeat("1001", locked=True) in scene.commands
    scene.commands.clear()
    press(scene, Qt.Key.Key_F4)
    press(scene, Qt.Key.Key_F3)
    assert scene.commands == [Mute(C1, on=True), HangUp(C1)]
    scene.receive(CallEnded(C1, NOW, 200), offered("c2"))
    qtbot.waitUntil(lambda: scene.built.hub.state.ringing() is not None)
    press(scene, Qt.Key.Key_F2)
    assert scene.commands[-1] == AnswerCall(CallId("c2"))
    password = focus()
    scene.receive(CallAnswered(CallId("c2"), NOW))  # its form opens behind the lock
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.call_in_form == CallId("c2"))
    assert focus() is password
    assert "王建国" not in texts(scene.built.window)
    unlock(qtbot, scene)
    assert scene.built.window.panels.middle.form.isAncestorOf(focus())


def test_nothing_can_be_dialled_or_opened_from_a_locked_window(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    lock(qtbot, scene)
    scene.commands.clear()
    field = focus()
    for key, modifier in (
        (Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F7, NONE),
        (Qt.Key.Key_F9, NONE),
        (Qt.Key.Key_F10, NONE),
        (Qt.Key.Key_F11, NONE),
        (Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_P, CONTROL_SHIFT),
    ):
        press(scene, key, modifier)
        assert focus() is field, (key, modifier)
    scene.built.hub.call_requested.emit("13800138000")
    scene.receive(wire.DialRequested("13800138000"))
    qtbot.wait(50)
    assert not any(isinstance(command, Dial) for command in scene.commands)
    assert scene.built.window.panels.call_bar.dial_field.text() == ""
    assert focus() is field
    assert scene.built.window.panels.lock.isVisible()


def test_an_emergency_number_and_no_other_is_called_from_a_locked_window(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    lock(qtbot, scene)
    password = focus()
    calls_for_help(qtbot, scene)
    assert focus() is password
    assert scene.built.window.panels.lock.isVisible()


def test_an_emergency_number_and_no_other_is_called_where_nobody_has_signed_in(qtbot: QtBot, scene: Guarded) -> None:
    calls_for_help(qtbot, scene)


def calls_for_help(qtbot: QtBot, scene: Guarded) -> None:
    scene.commands.clear()
    box = scene.built.window.panels.call_bar.dial_field
    for typed in ("13800138000", "wang"):
        press(scene, Qt.Key.Key_F6)
        assert focus() is box
        QTest.keyClicks(box, typed)
        assert not box.rows
        press(scene, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "紧急" in shown(scene, "message_what"))
        scene.built.window.panels.trouble_line.put_away()
        box.clear()
    assert not any(isinstance(command, Dial) for command in scene.commands)
    box.setFocus()
    QTest.keyClicks(box, "119")
    press(scene, Qt.Key.Key_Return)
    assert [one for one in scene.commands if isinstance(one, Dial)] == [Dial("119")]
    press(scene, Qt.Key.Key_Escape)


def test_whoever_comes_back_finds_the_form_as_it_was_left(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    field = focus()
    QTest.keyClicks(field, "lou")
    lock(qtbot, scene)
    assert scene.sync.last(wire.SitsHere) == wire.SitsHere("1001", "张三", locked=True)
    assert isinstance(focus(), SecretField)
    unlock(qtbot, scene)
    assert scene.sync.last(wire.SignIn).unlocks
    assert focus() is field
    assert isinstance(field, QLineEdit)
    assert field.text() == "lou"
    assert scene.sync.last(wire.SitsHere) == wire.SitsHere("1001", "张三", locked=False)


def test_a_wrong_password_keeps_the_lock(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    lock(qtbot, scene)
    QTest.keyClicks(focus(), "wrong")
    press(scene, Qt.Key.Key_Return)
    scene.answer(Answer.WRONG)
    qtbot.waitUntil(lambda: shown(scene, "lock_refusal") != "" and "请稍候" not in shown(scene, "lock_refusal"))
    assert scene.built.hub.locked
    unlock(qtbot, scene)


def test_somebody_else_signs_in_at_a_locked_seat_and_each_has_their_own_drafts(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focus(), "lou")
    drafts = scene.built.window.panels.work_list.drafts.list
    qtbot.waitUntil(lambda: len(drafts.rows) == 1)
    lock(qtbot, scene)
    press(scene, Qt.Key.Key_S, CONTROL_SHIFT)
    assert scene.built.window.panels.sign_in.isVisible()
    assert scene.built.hub.agent is None
    assert len(drafts.rows) == 0
    enter(qtbot, scene, "1002")
    assert len(drafts.rows) == 0
    press(scene, Qt.Key.Key_O, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    enter(qtbot, scene, "1001")
    qtbot.waitUntil(lambda: len(drafts.rows) == 1)
    assert "lou" in drafts.rows[0].text


def test_a_disabled_person_is_out_with_what_they_typed_kept_and_their_call_running(
    qtbot: QtBot, scene: Guarded
) -> None:
    enter(qtbot, scene)
    scene.receive(offered("c1"), CallAnswered(C1, NOW))
    qtbot.waitUntil(lambda: scene.built.window.panels.middle.draft_in_form != "")
    QTest.keyClicks(focus(), "lou")
    scene.receive(wire.PutOut("1001", Answer.DISABLED))
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    assert "停用" in shown(scene, "sign_in_refusal")
    assert "王建国" not in texts(scene.built.window)
    scene.built.hub.worker.drain(10)
    assert [draft.intake.typed.get("category") for draft in scene.store.of_author("1001")] == ["lou"]
    assert not any(isinstance(command, HangUp) for command in scene.commands)


def test_a_password_changed_elsewhere_locks_and_asks_for_the_new_one(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    scene.receive(wire.PutOut("1002", Answer.CHANGED))  # somebody else's is nobody's here
    scene.receive(wire.PutOut("1001", Answer.CHANGED))
    qtbot.waitUntil(lambda: scene.built.hub.locked)
    assert "新密码" in shown(scene, "lock_refusal")
    unlock(qtbot, scene)


def test_a_window_that_was_restarted_goes_on_with_whoever_sat_there_locked_as_it_was(
    qtbot: QtBot, scene: Guarded
) -> None:
    scene.receive(wire.Seated("1001", "张三", True, "1001"))
    qtbot.waitUntil(lambda: scene.built.hub.locked)
    assert asked(scene) == []
    unlock(qtbot, scene)
    assert scene.built.hub.agent is not None


def test_a_background_service_that_was_restarted_hears_who_sits_here(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    scene.sync.told.clear()
    scene.receive(wire.Seated())
    qtbot.waitUntil(lambda: scene.sync.told == [wire.SitsHere("1001", "张三")])


def test_the_last_ones_number_is_there_and_only_the_password_is_to_be_typed(qtbot: QtBot, scene: Guarded) -> None:
    scene.receive(wire.Seated(last="1002"))
    page = scene.built.window.panels.sign_in
    qtbot.waitUntil(lambda: page.number.text() == "1002")
    assert focus() is page.password


def test_the_own_password_is_changed_by_keyboard(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    press(scene, Qt.Key.Key_P, CONTROL_SHIFT)
    page = scene.built.window.panels.password
    assert page.isVisible()
    for text in ("present", "new one", "another"):
        QTest.keyClicks(focus(), text)
        press(scene, Qt.Key.Key_Return)
    assert "不一致" in shown(scene, "new_password_refusal")
    assert focus() is page.again
    QTest.keyClicks(focus(), "new one")
    press(scene, Qt.Key.Key_Return)
    asked = scene.sync.last(wire.ChangePassword)
    assert (asked.number, asked.old, asked.new) == ("1001", "present", "new one")
    assert [field.text() for field in (page.present, page.new, page.again)] == ["", "", ""]
    scene.receive(wire.SignInJudged(asked.request, Verdict(Answer.WEAK, "1001")))
    qtbot.waitUntil(lambda: "太简单" in shown(scene, "new_password_refusal"))
    page.offered.emit("present", "a better one")
    asked = scene.sync.last(wire.ChangePassword)
    scene.receive(wire.SignInJudged(asked.request, Verdict(Answer.ADMITTED, "1001")))
    qtbot.waitUntil(lambda: not page.isVisible())
    assert "新密码" in shown(scene, "message_what")


def test_signing_in_without_the_centre_is_told(qtbot: QtBot, scene: Guarded) -> None:
    type_in(qtbot, scene, "1001", "right")
    scene.answer(offline=True)
    qtbot.waitUntil(lambda: "离线" in shown(scene, "message_what"))


def test_an_idle_seat_locks_and_a_call_is_not_idleness(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    hub, now, idle_ms = scene.built.hub, [0.0], [0]
    watch = LockWatch(hub, 10, lambda: idle_ms[0], scene.built.window, clock_s=lambda: now[0])
    told: list[None] = []
    watch.nobody_here.connect(lambda: told.append(None))

    def later(minutes: float, *, touched: bool = False) -> None:
        now[0] += minutes * 60
        idle_ms[0] = 0 if touched else idle_ms[0] + round(minutes * 60_000)
        watch.look()
        hub.worker.drain(10)
        qtbot.wait(20)

    later(9)
    later(0.5, touched=True)
    later(9)
    assert told == []
    scene.receive(offered("c1"), CallAnswered(C1, NOW))
    qtbot.waitUntil(lambda: hub.state.front() is not None)
    later(30)
    assert told == []
    scene.receive(CallEnded(C1, NOW, 200))
    qtbot.waitUntil(lambda: hub.state.front() is None)
    later(9)
    assert told == []
    later(1.5)
    assert told == [None]
    scene.built.window.lock_wanted.emit()
    later(30)
    assert told == [None]


def test_where_the_pc_does_not_tell_what_happens_in_the_window_counts(qtbot: QtBot, scene: Guarded) -> None:
    enter(qtbot, scene)
    hub, now = scene.built.hub, [0.0]
    watch = LockWatch(hub, 10, lambda: None, scene.built.window, clock_s=lambda: now[0])
    told: list[None] = []
    watch.nobody_here.connect(lambda: told.append(None))

    def later(minutes: float) -> None:
        now[0] += minutes * 60
        watch.look()
        hub.worker.drain(10)
        qtbot.wait(20)

    later(9)
    QTest.keyClick(scene.built.window.windowHandle(), Qt.Key.Key_Shift)  # as the system brings it
    later(9)
    assert told == []
    later(1.5)
    assert told == [None]


def test_a_seat_for_tickets_asks_for_no_password(qtbot: QtBot) -> None:
    scene = sign_in_scenes.build(way="ticket")
    window = scene.built.window
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    scene.receive(seat.snapshot(), wire.Seated(last="1001"))
    qtbot.waitUntil(lambda: window.panels.sign_in.number.text() == "1001")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(asked(scene)))
    scene.answer()
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    lock(qtbot, scene)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.sync.last(wire.SignIn).unlocks)
    scene.answer()
    qtbot.waitUntil(lambda: not scene.built.hub.locked)
    scene.close()

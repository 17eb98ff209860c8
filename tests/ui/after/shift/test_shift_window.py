"""The shift by keyboard over the whole window: on record by itself, seen, handed over, and the gate before signing
out."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.agent_state import AgentState
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.shifts import DutyTurn, HandOver, Post, StateSpan, Stay
from desk.ui.after.shift.page import ShiftPage
from desk.ui.worker import SAVE_LANE
from desk.usecases.fakes import FakeAuthor
from desk.wire import SeatUse
from tests.ui import seat
from tests.ui.harness import Scene, build
from tests.ui.seat import NOW

NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
SHIFT, BOTH = (
    Qt.KeyboardModifier.ShiftModifier,
    (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
)


def put(scene: Scene, entity: str, value: Promise | DutyTurn | HandOver) -> None:
    """From another seat, as sync brings it."""
    author = FakeAuthor("1002", "S02", lambda: NOW, lambda: f"00000000-0000-0000-8000-{len(scene.store.changes):012}")
    key = f"{entity}_id"
    scene.store.append([author.change(entity, getattr(value, key), patch_of(value, key))])


def promise(scene: Scene, owner: str = "1001", name: str = "p1") -> None:
    due = NOW + timedelta(minutes=30)
    put(scene, "promise", Promise(name, owner, owner, NOW, due, "回电", number="13800138000", caller_name="王女士"))


def press(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    focused = QApplication.focusWidget()
    QTest.keyClick(focused if focused is not None else scene.built.window, key, modifier)


def type_(text: str) -> None:
    """Into whatever has the keyboard; Chinese as an input method gives it."""
    match QApplication.focusWidget():
        case QLineEdit() as line:
            line.insert(text)
        case QPlainTextEdit() as box:
            box.insertPlainText(text)
        case QWidget() as other:
            QTest.keyClicks(other, text)


def page(scene: Scene) -> ShiftPage:
    found = scene.built.window.findChild(ShiftPage)
    assert isinstance(found, ShiftPage)
    return found


def shown(scene: Scene, name: str) -> str:
    label = scene.built.window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def visible(scene: Scene, name: str) -> bool:
    widget = scene.built.window.findChild(QWidget, name)
    return widget is not None and widget.isVisible()


def test_a_sign_in_and_a_sign_out_are_on_record_by_themselves(qtbot: QtBot, scene: Scene) -> None:
    (stay,) = scene.store.all_of(Stay)
    assert (stay.who, stay.seat, stay.until) == ("1001", "S01", None)
    (span,) = scene.store.all_of(StateSpan)
    assert (span.state, span.stay_id) == ("ready", stay.stay_id)
    press(scene, Qt.Key.Key_O, BOTH)
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    qtbot.waitUntil(lambda: scene.store.all_of(Stay)[0].until is not None)
    assert scene.store.all_of(Stay)[0].why_ended == "signed_out"


@pytest.mark.parametrize(
    ("left", "spans"),
    [
        (None, [("1001", "ready")]),
        (SeatUse(away=True), []),
        (SeatUse(away=True, state="lunch", agent="1002"), [("1002", "ready"), ("1002", "lunch")]),
        (SeatUse(away=False, agent="1002"), [("1002", "ready")]),
    ],
)
def test_after_an_update_whoever_sat_here_sits_here_or_nobody(
    qtbot: QtBot, left: SeatUse | None, spans: list[tuple[str, str]]
) -> None:
    scene = build(left=left)
    built, written = scene.built, list[None]()
    qtbot.addWidget(built.window)
    built.window.show()
    built.wiring.begin(left)

    def judged(_none: None) -> None:
        built.hub.worker.run(lambda: None, written.append, lane=SAVE_LANE)

    built.hub.worker.run(lambda: None, judged)
    qtbot.waitUntil(lambda: bool(written))
    assert built.hub.agent is None if not spans else built.hub.agent and built.hub.agent.number == spans[-1][0]
    who = {stay.stay_id: stay.who for stay in scene.store.all_of(Stay)}
    assert [(who[one.stay_id or ""], one.state) for one in scene.store.all_of(StateSpan)] == spans
    assert len(who) == len({name for name, _state in spans})
    assert built.window.panels.sign_in.isVisible() is (not spans)
    scene.close()


def test_a_pause_is_on_record_with_the_reason_that_was_typed(qtbot: QtBot, scene: Scene) -> None:
    press(scene, Qt.Key.Key_F9, SHIFT)
    type_("5")
    qtbot.waitUntil(lambda: len(scene.store.all_of(StateSpan)) == 2)
    field = scene.built.window.findChild(QLineEdit, "state_reason")
    assert field is not None
    field.setFocus()
    type_("耳机没声音")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(s.reason == "耳机没声音" for s in scene.store.all_of(StateSpan)))
    assert {s.state for s in scene.store.all_of(StateSpan)} == {AgentState.READY.value, AgentState.FAULT.value}


def test_the_page_says_how_the_day_stands_and_escape_leaves_it(qtbot: QtBot, scene: Scene) -> None:
    put(scene, "duty_turn", DutyTurn("t1", "1001", Post.AGENT, NOW - timedelta(hours=1), NOW + timedelta(hours=4)))
    press(scene, Qt.Key.Key_F10, SHIFT)
    qtbot.waitUntil(lambda: "13:30-18:30" in shown(scene, "shift_fact_0"))
    assert "1001 张三" in shown(scene, "shift_on_duty")
    press(scene, Qt.Key.Key_Escape)
    assert not page(scene).isVisible()


def test_a_turn_is_typed_and_taken_back_by_keyboard_and_what_is_none_is_told_where_it_was_typed(
    qtbot: QtBot, scene: Scene
) -> None:
    press(scene, Qt.Key.Key_F10, SHIFT)
    press(scene, Qt.Key.Key_2, ALT)
    roster = page(scene).roster
    qtbot.waitUntil(roster.field.isVisible)  # no supervisor is named: whoever sits here may
    roster.field.setFocus()
    type_("9999 11-23 早班")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "9999" in shown(scene, "roster_says"))
    assert not scene.store.all_of(DutyTurn)
    roster.field.clear()
    type_("李四 11-23 早班")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(scene.store.all_of(DutyTurn)) == 1)
    qtbot.waitUntil(lambda: any(row.target for row in roster.list.rows))
    roster.list.setFocus()
    while roster.list.chosen is not None and not roster.list.chosen.target:
        press(scene, Qt.Key.Key_Down)
    press(scene, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: scene.store.all_of(DutyTurn)[0].ended)


def test_a_roster_file_is_compared_first_and_taken_in_by_enter_once_more(
    qtbot: QtBot, scene: Scene, tmp_path: "object"
) -> None:
    file = f"{tmp_path}/排班.csv"
    with open(file, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a path as it is typed
        stream.write("工号,11-23,11-24\n1001,早,休\n1002,中,中\n9999,早,早\n")
    press(scene, Qt.Key.Key_F10, SHIFT)
    press(scene, Qt.Key.Key_2, ALT)
    qtbot.waitUntil(page(scene).roster.field.isVisible)
    page(scene).roster.field.setText(file)
    page(scene).roster.field.setFocus()
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "3" in shown(scene, "roster_says"))
    assert "9999" in shown(scene, "roster_says")
    assert not scene.store.all_of(DutyTurn)
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(scene.store.all_of(DutyTurn)) == 3)


def test_whoever_signs_out_with_a_promise_is_kept_and_may_go_once_it_is_taken_over(qtbot: QtBot, scene: Scene) -> None:
    promise(scene)
    press(scene, Qt.Key.Key_O, BOTH)
    qtbot.waitUntil(lambda: visible(scene, "leaving_banner"))
    assert scene.built.hub.agent is not None
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page(scene).hand_over.to)
    type_("1002")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(page(scene).hand_over.beside.isVisible)
    page(scene).hand_over.beside.setFocus()
    type_("1002")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    assert scene.store.all_of(Promise)[0].owner == "1002"
    (note,) = scene.store.all_of(HandOver)
    assert (note.who, note.to, note.accepted_by) == ("1001", "1002", "1002")


def test_nobody_is_signed_out_of_a_call_that_came_meanwhile(qtbot: QtBot, scene: Scene) -> None:
    promise(scene)
    press(scene, Qt.Key.Key_O, BOTH)
    qtbot.waitUntil(lambda: visible(scene, "leaving_banner"))
    scene.receive(seat.offered())
    promise(scene, "1002")  # somebody at another seat has taken it over
    scene.built.hub.rows_changed.emit(("promise",))
    qtbot.waitUntil(lambda: "Ctrl+Shift+O" in shown(scene, "message_what"))
    assert scene.built.hub.agent is not None


def test_who_has_to_go_goes_with_a_reason_on_record(qtbot: QtBot, scene: Scene) -> None:
    promise(scene)
    press(scene, Qt.Key.Key_O, BOTH)
    qtbot.waitUntil(lambda: visible(scene, "leaving_banner"))
    press(scene, Qt.Key.Key_V, ALT)
    qtbot.waitUntil(lambda: visible(scene, "shift_says"))
    assert scene.built.hub.agent is not None
    page(scene).hand_over.reason.setFocus()
    type_("孩子发烧")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: scene.built.hub.agent is None)
    qtbot.waitUntil(lambda: scene.store.all_of(Stay)[0].until is not None)
    assert scene.store.all_of(Stay)[0].why_ended == "left_work: 孩子发烧"
    assert scene.store.all_of(Promise)[0].owner == "1001"


def test_a_note_is_offered_above_the_middle_and_taken_over_by_two_keys(qtbot: QtBot, scene: Scene) -> None:
    promise(scene, "1002")
    when: datetime = NOW - timedelta(minutes=5)
    put(scene, "hand_over", HandOver("n1", "1002", "S02", when, "· 回电王女士", ("promise p1",), "1001"))
    scene.built.hub.rows_changed.emit(("hand_over", "promise"))
    qtbot.waitUntil(lambda: visible(scene, "note_offer"))
    press(scene, Qt.Key.Key_F10, SHIFT)
    qtbot.waitUntil(lambda: shown(scene, "waiting_note") == "· 回电王女士")
    press(scene, Qt.Key.Key_O, ALT)
    qtbot.waitUntil(lambda: scene.store.all_of(Promise)[0].owner == "1001")
    qtbot.waitUntil(lambda: not visible(scene, "note_offer"))


def test_closing_the_window_ends_the_stay_and_leaves_a_note_of_what_was_promised(qtbot: QtBot, scene: Scene) -> None:
    promise(scene)
    scene.built.window.closed.emit()
    qtbot.waitUntil(lambda: scene.store.all_of(Stay)[0].until is not None)
    assert scene.store.all_of(Stay)[0].why_ended == "window_closed"
    assert scene.store.all_of(HandOver)[0].items == ("promise p1",)


def test_what_one_typed_into_a_note_does_not_stand_in_the_next_one_s(qtbot: QtBot, scene: Scene) -> None:
    promise(scene)
    press(scene, Qt.Key.Key_F10, SHIFT)
    press(scene, Qt.Key.Key_3, ALT)
    part = page(scene).hand_over
    qtbot.waitUntil(lambda: "王女士" in part.text.toPlainText())
    part.text.setPlainText("这是一班的话")
    part.to.setText("1009")
    scene.built.wiring.sign_out()
    scene.built.wiring.sign_in("1002")
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None and scene.built.hub.agent.number == "1002")
    press(scene, Qt.Key.Key_F10, SHIFT)
    press(scene, Qt.Key.Key_3, ALT)
    assert scene.built.hub.worker.drain(20)
    assert "这是一班的话" not in part.text.toPlainText()
    assert part.to.text() == ""

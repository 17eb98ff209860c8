"""The seat register's page by keyboard over the whole window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.domain.listening import Role
from desk.domain.seat_register import SeatRecord
from desk.ui.after.seats.page import SeatsPage
from tests.ui import harness, seat
from tests.ui.after.seats import scenes

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def opened(qtbot: QtBot, scene: harness.Scene, rows: int) -> SeatsPage:
    scene.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    QTest.keyClick(scene.built.window, Qt.Key.Key_R, CTRL_SHIFT)
    page = scenes.page_of(scene)
    qtbot.waitUntil(lambda: len(page.list.rows) == rows)
    return page


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    with harness.on_screen(qtbot, scenes.build("en", "light"), seat.snapshot()) as scene:
        yield scene


def record(scene: harness.Scene, seat_record_id: str) -> SeatRecord:
    return next(one for one in scene.store.all_of(SeatRecord) if one.seat_record_id == seat_record_id)


def shown(page: SeatsPage) -> str:
    return "\n".join(label.text() for label in page.sheet.findChildren(QLabel) if not label.isHidden())


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, key, modifier)


def test_all_seats_stand_there_and_the_chosen_one_s_sheet_below(qtbot: QtBot, scene: harness.Scene) -> None:
    page = opened(qtbot, scene, 6)
    assert [row.lead for row in page.list.rows] == ["S01", "S02", "S03", "S04", "S05", "S09"]
    assert [row.tone for row in page.list.rows] == ["go", "danger", "warn", "warn", "", ""]
    assert page.says.text() == "5 seats, 3 to be looked at"
    assert QApplication.focusWidget() is page.list
    press(Qt.Key.Key_Down)
    parts = ("No voice came back", "745C4B5E8F21", "1 h 12 min")  # they come one after the other
    qtbot.waitUntil(lambda: all(part in shown(page) for part in parts))
    press(Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_what_was_bought_is_typed_and_saved_by_keyboard(qtbot: QtBot, scene: harness.Scene) -> None:
    page = opened(qtbot, scene, 6)
    page.list.choose("seat:r5")
    QTest.keyClick(scene.built.window, Qt.Key.Key_E, CTRL)
    assert QApplication.focusWidget() is page.editor.fields["asset"]
    QTest.keyClicks(page.editor.fields["asset"], "ZC-9")
    for _field in range(3):
        press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.editor.fields["price"]
    QTest.keyClicks(page.editor.fields["price"], "5,000")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: record(scene, "r5").price == "5000.00")
    assert record(scene, "r5").asset == "ZC-9"
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.list)
    qtbot.waitUntil(lambda: "ZC-9" in shown(page))


def test_what_cannot_be_is_refused_beside_the_field_and_nothing_is_kept(qtbot: QtBot, scene: harness.Scene) -> None:
    page = opened(qtbot, scene, 6)
    press(Qt.Key.Key_Return)  # on a row, it edits
    page.editor.fields["supplier"].setText("Other")
    page.editor.fields["bought_on"].setText("last spring")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.editor.fields["bought_on"])
    assert record(scene, "r1").supplier == "京东企业购"
    press(Qt.Key.Key_Escape)
    assert page.isVisible()
    assert QApplication.focusWidget() is page.list


def test_all_of_them_go_into_a_file(qtbot: QtBot, scene: harness.Scene, tmp_path: Path) -> None:
    page = opened(qtbot, scene, 6)
    page._choose_file = lambda _owner, do: do(str(tmp_path / "seats.csv"))
    scenes.EXPORTED.clear()
    QTest.keyClick(scene.built.window, Qt.Key.Key_X, ALT)
    qtbot.waitUntil(lambda: len(scenes.EXPORTED) == 1)
    assert scenes.EXPORTED[0] == tmp_path / "seats.csv"
    qtbot.waitUntil(lambda: "seats.csv" in page.says.text())


def test_an_agent_sees_the_own_seat_and_can_change_nothing(qtbot: QtBot) -> None:
    with harness.on_screen(qtbot, scenes.build("en", "light", Role.AGENT), seat.snapshot()) as scene:
        page = opened(qtbot, scene, 1)
        qtbot.waitUntil(lambda: "HOTLINE-01" in shown(page))
        assert not page.edit.isVisible()
        press(Qt.Key.Key_Return)
        assert page.list.isVisible()


def test_a_failed_self_check_has_a_lamp_and_a_good_one_none(qtbot: QtBot, scene: harness.Scene) -> None:
    from desk import wire
    from desk.domain.seat_register import CheckKind, check_of
    from desk.ui.lamps.self_check import SelfCheckLamp

    lamp = scene.built.window.findChild(SelfCheckLamp)
    assert isinstance(lamp, SelfCheckLamp)
    assert not lamp.isVisible()
    for findings, is_there in ((scenes.wrong(), True), (scenes.wrong()[:1], False)):
        check = check_of("c", "r1", "S01", CheckKind.SELF_CHECK, scenes.NOW, findings)
        scene.receive(wire.SeatChecked(check.at, check.level, check.findings))
        if is_there:
            qtbot.waitUntil(lamp.isVisible)
        else:
            qtbot.waitUntil(lamp.isHidden)

"""The page of what waits for somebody to decide, by keyboard over the whole window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk import wire
from desk.ui.conflict.page import ConflictPage
from tests.ui import harness, seat
from tests.ui.conflict.scenes import EXPORTED, NOTES, PLACE, build, tell

ALT, CTRL_SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    with harness.on_screen(qtbot, build(), seat.snapshot()) as scene:
        tell(scene, *PLACE, *NOTES)
        QTest.keyClick(scene.built.window, Qt.Key.Key_C, CTRL_SHIFT)
        qtbot.waitUntil(lambda: len(page(scene).list.rows) == 4)
        yield scene


def page(scene: harness.Scene) -> ConflictPage:
    found = scene.built.window.findChild(ConflictPage)
    assert isinstance(found, ConflictPage)
    return found


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def leads(scene: harness.Scene) -> list[str]:
    return [row.lead for row in page(scene).list.rows]


def says(scene: harness.Scene, text: str) -> bool:
    return any(label.text() == text and label.isVisible() for label in page(scene).findChildren(QLabel))


def down(times: int) -> None:
    for _ in range(times):
        press(Qt.Key.Key_Down)


def test_what_i_have_a_part_in_stands_first_then_the_others_then_the_refused(scene: harness.Scene) -> None:
    assert leads(scene) == ["Place", "Notes", "Centre refused", "Centre refused"]
    assert page(scene).list.hasFocus()


def test_a_conflict_about_a_resident_is_settled_here(scene: harness.Scene, qtbot: QtBot) -> None:
    down(1)
    press(Qt.Key.Key_T, ALT)
    qtbot.waitUntil(lambda: leads(scene) == ["Place", "Centre refused", "Centre refused"])
    last = scene.store.changes[-1]
    assert (last.entity, last.patch) == ("person", {"notes": "听力不好"})
    assert says(scene, "Settled. The other version stays in the history.")


def test_enter_opens_the_ticket_and_going_back_comes_back_here(scene: harness.Scene, qtbot: QtBot) -> None:
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page(scene).isVisible())
    scene.built.window.panels.middle.leave_ticket()
    assert page(scene).isVisible()
    assert page(scene).list.hasFocus()


def test_a_refused_change_says_why_in_plain_words_and_what_to_do(scene: harness.Scene) -> None:
    down(3)
    card = page(scene).refused_card
    assert card.isVisible()
    assert "Its author may not write this. Ask the supervisor" in card.accessibleName()


def test_offering_it_again_takes_it_off_the_list_and_tells_the_exchange(scene: harness.Scene, qtbot: QtBot) -> None:
    down(3)
    press(Qt.Key.Key_R, ALT)
    qtbot.waitUntil(lambda: len(page(scene).list.rows) == 3)
    assert scene.nudges


def test_nothing_is_dropped_without_a_word_why(scene: harness.Scene, qtbot: QtBot) -> None:
    down(3)
    press(Qt.Key.Key_X, ALT)
    assert page(scene).refused_card.why.hasFocus()
    press(Qt.Key.Key_Return)
    assert page(scene).refused_card.why.isVisible()
    press(Qt.Key.Key_Escape)
    assert page(scene).list.hasFocus()
    assert leads(scene) == ["Place", "Notes", "Centre refused", "Centre refused"]


def test_a_dropped_one_stays_in_the_list_with_who_and_why_and_can_be_put_back(
    scene: harness.Scene, qtbot: QtBot
) -> None:
    down(3)
    press(Qt.Key.Key_X, ALT)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "entered twice")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: leads(scene)[-1] == "Dropped")
    qtbot.waitUntil(lambda: page(scene).list.hasFocus())
    press(Qt.Key.Key_Up)
    down(3)
    assert "Dropped by 1001, 14:30: entered twice" in page(scene).refused_card.accessibleName()
    press(Qt.Key.Key_B, ALT)
    qtbot.waitUntil(lambda: len(page(scene).list.rows) == 3)


def test_all_are_offered_again_with_one_key(scene: harness.Scene, qtbot: QtBot) -> None:
    press(Qt.Key.Key_A, ALT)
    qtbot.waitUntil(lambda: leads(scene) == ["Place", "Notes"])


def test_exporting_says_where_they_lie(scene: harness.Scene, qtbot: QtBot) -> None:
    press(Qt.Key.Key_E, ALT)
    qtbot.waitUntil(lambda: says(scene, f"Written to {EXPORTED}"))


def test_esc_leaves_and_the_key_comes_back(scene: harness.Scene) -> None:
    press(Qt.Key.Key_Escape)
    assert not page(scene).isVisible()
    QTest.keyClick(scene.built.window, Qt.Key.Key_C, CTRL_SHIFT)
    assert page(scene).isVisible()


def test_esc_leaves_an_empty_page_too(qtbot: QtBot) -> None:
    with harness.on_screen(qtbot, harness.build("en"), seat.snapshot()) as scene:
        QTest.keyClick(scene.built.window, Qt.Key.Key_C, CTRL_SHIFT)
        assert page(scene).isVisible()
        assert scene.built.hub.worker.drain(10)
        qtbot.waitUntil(lambda: says(scene, page(scene)._empty.text()))
        press(Qt.Key.Key_Escape)
        assert not page(scene).isVisible()


def test_the_lamp_tells_of_refused_changes(scene: harness.Scene, qtbot: QtBot) -> None:
    scene.receive(wire.CentralState(True, True, 0, 4.0, refused=2))
    lamp = scene.built.window.panels.lamps[-1]
    qtbot.waitUntil(lambda: lamp.view.words == "2 not taken by the centre · 2 written twice")  # type: ignore[attr-defined]

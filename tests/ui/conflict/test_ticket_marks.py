"""Conflicts beside a ticket, settled by keyboard over the whole window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.changes import Change
from desk.domain.identity import TicketId
from desk.ui.conflict.marks import MarksView
from desk.ui.lamps.conflicts import ConflictLamp
from tests.ui import harness, seat
from tests.ui.conflict.scenes import CONTACT, PLACE, STAGE, build, tell, written
from tests.ui.test_idle import A_FEW, TURNS, Layouts

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    with harness.on_screen(qtbot, build(), seat.snapshot()) as scene:
        scene.built.window.panels.middle.show_ticket("t1")
        qtbot.waitUntil(lambda: marks(scene)._since is not None)
        yield scene


def marks(scene: harness.Scene) -> MarksView:
    found = scene.built.window.findChild(MarksView)
    assert isinstance(found, MarksView)
    return found


def shown(scene: harness.Scene, qtbot: QtBot, *changes: Change) -> MarksView:
    tell(scene, *changes)
    qtbot.waitUntil(lambda: marks(scene).isVisible())
    return marks(scene)


def press(scene: harness.Scene, key: Qt.Key) -> None:
    QTest.keyClick(scene.built.window, key, ALT)


def place_of(scene: harness.Scene) -> str:
    ticket = scene.store.tickets.get(TicketId("t1"))
    assert ticket is not None
    return ticket.place_text


def test_it_says_what_was_changed_where_when_and_by_whom(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *PLACE)
    (card,) = (card for card in view.cards.cards if card.isVisible())
    assert card.accessibleName().startswith("Place changed to “5栋2单元203” at seat S1002 at 13:48 by 李四")


def test_keeping_mine_writes_it_again_and_settles_it(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *PLACE)
    assert place_of(scene) == "5栋2单元203"
    press(scene, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: not view.cards.isVisible())
    assert place_of(scene) == "5栋2单元302"
    assert scene.nudges
    (settled,) = view.settled
    assert settled == (
        "Place, written at two seats at once: you “5栋2单元302”; 李四 “5栋2单元203”. "
        "Settled for “5栋2单元302” by you, 14:30."
    )


def test_taking_theirs_confirms_theirs(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *PLACE)
    press(scene, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: not view.cards.isVisible())
    assert place_of(scene) == "5栋2单元203"
    last = scene.store.changes[-1]
    assert (last.author, last.patch["household_id"], last.reason) == ("1001", "h1", "settled: 1002@S1002")


def test_the_keys_go_on_to_the_next_conflict(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *PLACE, *CONTACT)
    press(scene, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: view.cards.cards[0].accessibleName().startswith("Contact"))
    press(scene, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: not view.cards.isVisible())
    ticket = scene.store.tickets.get(TicketId("t1"))
    assert ticket is not None
    assert ticket.contact_number == "13900139000"


def test_a_version_that_came_meanwhile_is_shown_instead_of_overwritten(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *PLACE)
    scene.store.append([written(20, "ticket", "t1", {"place_text": "大堂"}, "1003", 40, 10)])  # not told yet
    press(scene, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: view.cards.cards[0].accessibleName().startswith("Place changed to “大堂”"))
    assert place_of(scene) == "大堂"


def test_the_rules_are_told_before_they_are_applied(scene: harness.Scene, qtbot: QtBot) -> None:
    view = shown(scene, qtbot, *STAGE)
    assert "By the rules “Done” stands" in view.cards.cards[0].accessibleName()


def test_what_somebody_else_changes_under_the_eyes_is_said_until_it_is_put_away(
    scene: harness.Scene, qtbot: QtBot
) -> None:
    view = shown(scene, qtbot, written(20, "ticket", "t1", {"priority": "urgent"}, seq=30, base=20))
    assert view.news.text == "Priority: changed to “Urgent” at seat S1002 at 14:02 by 李四 (it was “Normal”)"
    press(scene, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not view.news.isVisible())


def test_what_this_seat_writes_is_no_news(scene: harness.Scene, qtbot: QtBot) -> None:
    tell(scene, written(20, "ticket", "t1", {"priority": "urgent"}, "1001", seq=30, base=20))
    assert scene.built.hub.worker.drain(10)
    qtbot.wait(10)
    assert not marks(scene).isVisible()


def test_the_lamp_counts_what_is_to_be_decided(scene: harness.Scene, qtbot: QtBot) -> None:
    lamp = scene.built.window.findChild(QWidget, "lamp_conflicts")
    assert isinstance(lamp, ConflictLamp)
    assert not lamp.isVisible()
    tell(scene, *PLACE, *CONTACT)
    qtbot.waitUntil(lambda: lamp.isVisible())
    assert lamp.view.words == "2 written twice"


def test_a_page_with_conflicts_that_has_settled_asks_for_no_new_layout(scene: harness.Scene, qtbot: QtBot) -> None:
    shown(scene, qtbot, *PLACE, *CONTACT)
    assert scene.built.hub.worker.drain(10)
    app = QApplication.instance()
    assert app is not None
    for _ in range(TURNS):
        QApplication.processEvents()
    layouts = Layouts()
    app.installEventFilter(layouts)
    for _ in range(TURNS):
        QApplication.processEvents()
    app.removeEventFilter(layouts)
    assert layouts.count < A_FEW

"""The tags that not everybody may read, on the card: there for those who may, put and taken away by them."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.domain.estate import SensitiveTag, Subject
from desk.domain.patches import patch_of
from desk.ui.caller.card import CallerCard
from desk.usecases.fakes import FakeAuthor
from tests.ui.harness import Scene
from tests.ui.seat import NOW, WANG
from tests.ui.test_main_window import ring

TAG = SensitiveTag("s1", Subject.PERSON, WANG.person_id, "litigation")


def put(scene: Scene) -> None:
    author = FakeAuthor("2001", "S02", lambda: NOW, lambda: "00000000-0000-7000-8000-000000000000")
    scene.store.append([author.change("sensitive_tag", "s1", patch_of(TAG, "sensitive_tag_id"))])


def card(scene: Scene) -> CallerCard:
    found = scene.built.window.findChild(CallerCard, "caller_card")
    assert isinstance(found, CallerCard)
    return found


def chips(scene: Scene) -> str:
    return card(scene)._chips.accessibleName()


def keys(scene: Scene) -> None:
    QTest.keyClick(
        scene.built.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )


def test_an_agent_sees_neither_tag_nor_key(qtbot: QtBot, scene: Scene) -> None:
    put(scene)
    ring(qtbot, scene)
    assert "诉讼" not in chips(scene)
    assert not card(scene).tags_key.isVisible()
    keys(scene)
    assert not card(scene).tag_list.isVisible()


def test_who_may_sees_it_takes_it_away_and_puts_another_on(qtbot: QtBot, scene: Scene) -> None:
    put(scene)
    scene.tag_readers.add("1001")
    ring(qtbot, scene)
    qtbot.waitUntil(lambda: "诉讼" in chips(scene))
    keys(scene)
    qtbot.waitUntil(card(scene).tag_list.hasFocus)
    assert [row.target for row in card(scene).tag_list.rows] == ["litigation", "illness"]
    QTest.keyClick(card(scene).tag_list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "诉讼" not in chips(scene))
    card(scene).tag_list.choose("illness")
    QTest.keyClick(card(scene).tag_list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "疾病" in chips(scene))
    QTest.keyClick(card(scene).tag_list, Qt.Key.Key_Escape)
    assert not card(scene).tag_list.isVisible()
    written = [change for change in scene.store.changes if change.entity == "sensitive_tag"]
    assert [change.patch.get("ended") for change in written] == [False, True, False]


def test_who_sits_down_next_does_not_see_what_was_read_for_the_one_before(qtbot: QtBot, scene: Scene) -> None:
    put(scene)
    scene.tag_readers.add("1001")
    ring(qtbot, scene)
    qtbot.waitUntil(lambda: "诉讼" in chips(scene))
    scene.built.wiring.sign_out()
    assert "诉讼" not in chips(scene)
    scene.built.wiring.sign_in("1002")
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)
    assert "诉讼" not in chips(scene)

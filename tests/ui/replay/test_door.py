"""From the seat's window to the replay window: built when it is first asked for, with what was chosen in front."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.compose.replay import Ground, uses_of
from desk.domain.listening import Listener, Role
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.ui.replay.door import ReplayDoor
from desk.usecases.fakes import FakeOpener, FakeStore
from desk.usecases.listening_log import ListeningLog
from desk.usecases.replay import Replay
from tests.making import new_id
from tests.ui import harness, seat
from tests.ui.intake.scene import Keys
from tests.ui.seat import NOW


def supervisor() -> Listener:
    return Listener("1001", Role.SUPERVISOR)


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[harness.Scene]:
    """The seat's window over its store in memory; recordings are looked for in a real one, which is empty."""
    store = Store.open(tmp_path / "seat.db", Keys())
    memory = FakeStore()
    parts = harness.parts(memory)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", lambda: NOW, new_id, log.base_seq)
    listening = ListeningLog(log, author, lambda: NOW, new_id, "S01", supervisor)
    ground = Ground(
        settings=parts.settings,
        store=store,
        author=author,
        listener=supervisor,
        listening_log=listening,
        replay=Replay(SqlCallLog(store), FakeOpener(), listening, supervisor, lambda: NOW, 7),
        estate_map=parts.estate_map,
        find_person=parts.find_person,
        find_place=parts.find_place,
        find_category=parts.find_category,
        categories=parts.categories,
        central_search=SqlCallSearch(store),  # standing alone: not asked
    )
    window = harness.window_of(replace(parts, replay=lambda: uses_of(ground)))
    made = harness.Scene(window, memory, [], [])
    with harness.on_screen(qtbot, made, seat.snapshot()) as shown:
        yield shown
    store.close()


def test_its_key_opens_the_window_and_leaving_the_seat_closes_it(scene: harness.Scene, qtbot: QtBot) -> None:
    window = scene.built.window
    door = window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    qtbot.waitUntil(lambda: replay.search.model.loaded)
    assert replay.search.line.text() == ""
    door.open("call:c-1")
    qtbot.waitUntil(lambda: replay.search.model.loaded and replay.search.model.asked.call_id == "c-1")
    assert "not here" in replay.search.text or "这里没有" in replay.search.text
    scene.built.wiring.sign_out()
    assert door.window is None


def test_the_sheet_and_the_samples_stand_beside_the_call(scene: harness.Scene, qtbot: QtBot) -> None:
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    door.open()
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    for key, name in ((Qt.Key.Key_6, "samples_page"), (Qt.Key.Key_5, "score_page")):
        QTest.keyClick(replay, key, Qt.KeyboardModifier.ControlModifier)
        page = replay.findChild(QWidget, name)
        assert page is not None
        qtbot.waitUntil(page.isVisible)

"""The call below and the call above, heard by their keys, wherever the keyboard is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.replay.stage import Stage, staged
from tests.ui.replay.test_window import settle, shown

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Stage]:
    assert qapp is not None
    with staged(tmp_path, count_of=60) as made:
        made.window.open()
        made.window.activateWindow()
        settle(made, qtbot)
        yield made


def current(stage: Stage) -> str:
    found = stage.window.search.current
    assert found is not None
    return found.hit.call.call_id


def test_the_call_below_and_the_one_above_are_heard_by_keys(stage: Stage, qtbot: QtBot) -> None:
    calls = shown(stage)
    assert current(stage) == calls[0]
    place = 0
    for key, by in [(Key.Key_PageDown, 1)] * 4 + [(Key.Key_PageUp, -1)] * 3:
        QTest.keyClick(QApplication.focusWidget() or stage.window, key, Control)
        settle(stage, qtbot)
        place += by
        assert current(stage) == calls[place]
        assert stage.window._playing is not None
        assert stage.window._playing.hit.call.call_id == calls[place]
    assert stage.player.played

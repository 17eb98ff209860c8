"""The lamp of the lists that come in by a folder: there while the last one was not taken, and else not."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.domain.import_plan import ListsStand
from tests.ui import harness


def test_it_comes_and_goes_with_the_list_that_was_not_taken(scene: harness.Scene, qtbot: QtBot) -> None:
    lamp = scene.built.window.findChild(QWidget, "lamp_lists")
    assert lamp is not None
    assert not lamp.isVisible()
    scene.receive(ListsStand(trouble="Row 7 cannot be", report="/erp/refused/a.report.txt"))
    qtbot.waitUntil(lamp.isVisible)
    assert "Row 7 cannot be" in lamp.toolTip()
    scene.receive(ListsStand(remarks="3 remarks"))
    qtbot.waitUntil(lambda: not lamp.isVisible())

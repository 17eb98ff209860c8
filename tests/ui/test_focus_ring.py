"""Painted widgets show where the keyboard is: as soon as they have the focus, and no longer than that."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk.ui import theme
from desk.ui.player.wave import Wave
from desk.ui.rows import RowList
from desk.ui.rows_presenter import Row


def rows() -> RowList:
    made = RowList("rows", "Rows")
    made.show_rows([Row("lead", "text", "tail", "target")])
    return made


@pytest.mark.parametrize("make", [rows, Wave])
def test_the_ring_comes_and_goes_with_the_focus(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    window, line, painted = QWidget(), QLineEdit(), make()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(line)
    column.addWidget(painted)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()

    def ringed() -> bool:
        """On the screen, as it was painted last: a widget that is asked for its picture paints itself anew."""
        middle = painted.mapToGlobal(QPoint(painted.width() // 2, 1)) - window.screen().geometry().topLeft()
        seen = window.screen().grabWindow(0, middle.x(), middle.y(), 1, 1)
        return seen.toImage().pixelColor(0, 0) == QColor(theme.current().accent)

    for _ in range(2):
        line.setFocus()
        qtbot.waitUntil(lambda: line.hasFocus() and not ringed())
        painted.setFocus()
        qtbot.waitUntil(lambda: painted.hasFocus() and ringed())

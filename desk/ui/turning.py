"""Keys that scroll an area wherever the keyboard is: its rows take no focus. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea


def turned(area: QScrollArea, event: QKeyEvent, *, by_line: bool = False) -> bool:
    """PageUp and PageDown, with `by_line` Up and Down, too. False: the key is another one."""
    bar = area.verticalScrollBar()
    moves = {Qt.Key.Key_PageUp: -bar.pageStep(), Qt.Key.Key_PageDown: bar.pageStep()}
    if by_line:
        moves |= {Qt.Key.Key_Up: -bar.singleStep(), Qt.Key.Key_Down: bar.singleStep()}
    moved = moves.get(Qt.Key(event.key()))
    if moved is not None:
        bar.setValue(bar.value() + moved)
    return moved is not None

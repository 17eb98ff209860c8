"""A painted list of which one row is chosen and stands in full elsewhere, and the area that it scrolls in. Ui process,
Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desk.ui.rows import ROW_HEIGHT, RowList


class ChosenList(RowList):
    """`moved()`: another row is chosen. `removing()`: Delete was pressed."""

    moved = Signal()
    removing = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removing.emit()
            return
        before = self.chosen
        super().keyPressEvent(event)
        if self.chosen is not before:
            self.moved.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        before = self.chosen
        super().mouseReleaseEvent(event)
        if self.chosen is not before:
            self.moved.emit()

    @property
    def top_of_chosen(self) -> int:
        """In pixels."""
        chosen = self.chosen
        return (list(self.rows).index(chosen) if chosen is not None else 0) * ROW_HEIGHT


class LeavingList(ChosenList):
    """`left()`: Escape was pressed in it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def scrolled(name: str, *widgets: QWidget) -> QScrollArea:
    """These below each other, as tall as they are, in an area that takes no focus. `name` becomes its object name."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch()
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def follow(chosen: ChosenList, area: QScrollArea) -> None:
    """The row chosen stays in sight."""
    chosen.moved.connect(lambda: area.ensureVisible(0, chosen.top_of_chosen + ROW_HEIGHT // 2, 0, ROW_HEIGHT))

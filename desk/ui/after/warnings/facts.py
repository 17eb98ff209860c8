"""What a warning says, label by label. Built once and refilled. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desk.ui.after.warnings.presenter import FactLine
from desk.ui.labels import plain
from desk.ui.theme import Space


class Facts(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[FactLine]) -> None:
        while len(self._shown) < len(facts):
            row = len(self._shown)
            label, value = plain("muted"), plain("", wraps=True)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
            self._shown.append((label, value))
        for index, (label, value) in enumerate(self._shown):
            shown = index < len(facts)
            label.setVisible(shown)
            value.setVisible(shown)
            if shown:
                label.setText(facts[index].label)
                value.setText(facts[index].value)

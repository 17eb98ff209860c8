"""What was asked and answered so far, a line each, the question beside its answer. Built once and refilled. Ui process,
Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desk.ui.labels import plain
from desk.ui.theme import Space

MOST = 12


class AnswerLines(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._shown: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """(question, answer), the last `MOST` of them."""
        lines = lines[-MOST:]
        while len(self._shown) < len(lines):
            row = len(self._shown)
            question, answer = plain("muted", wraps=True), plain("strong", wraps=True)
            self._grid.addWidget(question, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(answer, row, 1, Qt.AlignmentFlag.AlignTop)
            self._shown.append((question, answer))
        for index, (question, answer) in enumerate(self._shown):
            shown = index < len(lines)
            question.setVisible(shown)
            answer.setVisible(shown)
            if shown:
                question.setText(lines[index][0])
                answer.setText(lines[index][1])
        self.setVisible(bool(lines))
        self.setAccessibleName("; ".join(f"{question} {answer}" for question, answer in lines))

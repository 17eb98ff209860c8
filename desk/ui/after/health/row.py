"""One finding: icon, what was looked at, how it is, and where it is not well, what to do. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout

from desk.ui.after.health.presenter import RowView
from desk.ui.icons import Picture
from desk.ui.labels import plain
from desk.ui.theme import Space

_TITLE_WIDTH, _LEVEL_WIDTH = 150, 60
_TOP = Qt.AlignmentFlag.AlignTop


class HealthRow(QFrame):
    def __init__(self, view: RowView) -> None:
        super().__init__()
        self.view = view
        self.setAccessibleName(f"{view.title}: {view.level}. {view.why} {view.remedy}".strip())
        title, level = plain("strong" if view.grave else "", wraps=True), plain(view.role)
        why = plain("" if view.grave else "muted", wraps=True)
        title.setText(view.title)
        level.setText(view.level)
        why.setText(view.why)
        title.setFixedWidth(_TITLE_WIDTH)
        level.setFixedWidth(_LEVEL_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, Space.XS, 0, Space.XS)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(3, 1)
        grid.addWidget(Picture(view.icon, view.ink), 0, 0, _TOP)
        grid.addWidget(level, 0, 1, _TOP)
        grid.addWidget(title, 0, 2, _TOP)
        grid.addWidget(why, 0, 3, _TOP)
        if view.remedy and view.grave:
            remedy = plain("", wraps=True)
            remedy.setText(f"→ {view.remedy}")
            grid.addWidget(remedy, 1, 3)

"""One seat's sheet: what it is, how it is, and what its last check found. Ui process, Qt's thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui.after.health import presenter as health_presenter
from desk.ui.after.health.row import HealthRow
from desk.ui.after.seats.presenter import Fact, Sheet
from desk.ui.labels import plain, selectable
from desk.ui.rows import Chips
from desk.ui.theme import Space

_TITLE_WIDTH = 92
_TOP = Qt.AlignmentFlag.AlignTop


class SeatSheet(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seat_sheet")
        self._title, self._chips = selectable("seat_title", "title"), Chips("seat_chips")
        self._checks_head, self._checks = selectable("seat_checks_head", "strong"), selectable("seat_checks", "muted")
        self._checks_head.setText(_("Last checks"))
        self._rows: list[HealthRow] = []
        self._labels: list[QLabel] = []
        self._found, self._grid = QVBoxLayout(), QGridLayout()
        self._found.setSpacing(0)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.XS)
        for column in (1, 3):
            self._grid.setColumnStretch(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, Space.S, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(self._title)
        whole.addWidget(self._chips)
        whole.addWidget(self._checks_head)
        whole.addLayout(self._found)
        whole.addWidget(self._checks)
        whole.addSpacing(Space.S)
        whole.addLayout(self._grid)

    def show_sheet(self, sheet: Sheet) -> None:
        self._title.setText(sheet.title)
        self._chips.show_chips(sheet.chips)
        for old in (*self._rows, *self._labels):
            old.hide()
            old.deleteLater()
        self._labels = []
        self._show_facts(sheet.left, 0)
        self._show_facts(sheet.right, 2)
        self._rows = [HealthRow(health_presenter.row(finding)) for finding in sheet.grave]
        for row in self._rows:
            self._found.addWidget(row)
        self._checks.setText(sheet.checks)
        for widget in (self._checks_head, self._checks):
            widget.setVisible(bool(sheet.checks))

    def _show_facts(self, facts: Sequence[Fact], column: int) -> None:
        """Titles and values below each other. A value that is one long word is broken, not cut."""
        for place, fact in enumerate(facts):
            title, value = plain("muted", wraps=True), plain(wraps=True)
            title.setText(fact.title)
            title.setFixedWidth(_TITLE_WIDTH)
            value.setText(fact.value)
            self._grid.addWidget(title, place, column, _TOP)
            self._grid.addWidget(value, place, column + 1, _TOP)
            self._labels += (title, value)

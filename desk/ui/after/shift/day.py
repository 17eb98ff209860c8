"""The first part of the shift's page: my turn and how it is kept, who is on duty, and for a supervisor the turns of
everybody today. Ui process, Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.adherence import Kept
from desk.domain.shifts import DutyTurn
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.shift import presenter
from desk.ui.after.shift.uses import ShiftParts
from desk.ui.chosen_list import ChosenList, follow, scrolled
from desk.ui.labels import selectable
from desk.ui.theme import Space

READ = "shift-day"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Day:
    mine: Kept
    month: Kept
    everybody: Kept | None  # None: not for an agent's eyes
    on_duty: Sequence[DutyTurn]
    names: presenter.Names


class DayPart(QWidget):
    def __init__(self, parts: ShiftParts) -> None:
        super().__init__()
        self.setObjectName("shift_day")
        self._parts = parts
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(Space.L)
        self._facts.setVerticalSpacing(Space.XS)
        self._facts.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        self._on_duty = selectable("shift_on_duty")
        self.list = ChosenList("shift_floor", _("Turns of today"))
        self._floor_head = _head(_("Turns of today"))
        area = scrolled("shift_floor_area", self.list)
        follow(self.list, area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(_head(_("My shift")))
        column.addLayout(self._facts)
        column.addSpacing(Space.S)
        column.addWidget(_head(_("On duty now")))
        column.addWidget(self._on_duty)
        column.addSpacing(Space.S)
        column.addWidget(self._floor_head)
        column.addWidget(area, 1)

    def start(self) -> None:
        self.refresh()

    def take_focus(self, page: QWidget) -> None:
        (self.list if self.list.rows else page).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        parts, who = self._parts, self._parts.work_number()
        self._parts.hub.worker.latest(READ, lambda: _read(parts, who), self._came, owner=self)

    def _came(self, day: _Day) -> None:
        parts = self._parts
        policy = parts.uses().roster.policy
        facts = presenter.my_day(day.mine, policy, parts.zone) + presenter.month(day.month, policy)
        self._show_facts(facts)
        self._on_duty.setText(presenter.on_duty(day.on_duty, day.names, parts.zone))
        rows = presenter.floor(day.everybody, day.names, parts.zone) if day.everybody is not None else []
        self.list.show_rows(rows)
        self._floor_head.setVisible(bool(rows))

    def _show_facts(self, facts: list[presenter.Fact]) -> None:
        while len(self._lines) < len(facts):
            name, text = QLabel(), selectable(f"shift_fact_{len(self._lines)}")
            theme.mark(name, "muted")
            row = len(self._lines)
            self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, row, 1)
            self._lines.append((name, text))
        for index, (name, text) in enumerate(self._lines):
            shown = index < len(facts)
            if shown:
                name.setText(facts[index][0])
                text.setText(facts[index][1])
            name.setVisible(shown)
            text.setVisible(shown)


def _read(parts: ShiftParts, who: str) -> _Day:
    roster, now = parts.uses().roster, parts.clock()
    midnight = datetime.combine(now.astimezone(parts.zone).date(), datetime.min.time(), parts.zone)
    return _Day(
        roster.kept(midnight, midnight + _DAY, who),
        roster.kept(midnight - 30 * _DAY, midnight, who),
        roster.kept(midnight, midnight + _DAY) if roster.may_write() else None,
        roster.on_duty(now),
        presenter.Names(roster.names()),
    )


def _head(words: str) -> QLabel:
    label = QLabel(words)
    theme.mark(label, "strong")
    return label

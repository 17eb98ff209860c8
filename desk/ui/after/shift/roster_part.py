"""The second part of the shift's page: the roster, a week at a time, with what is missing in it. A supervisor types a
turn ("1001 11-24 早班") or the path of a roster file into the one field; what a file would change is told first, and
Enter once more takes it in. Delete takes the chosen turn back. Ui process, Qt's thread."""

from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desk.faults import Fault
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.shift import presenter, words
from desk.ui.after.shift.uses import ShiftParts
from desk.ui.chosen_list import ChosenList, follow, scrolled
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.roster import RosterPlan, RosterRefused, RosterView

READ = "shift-roster"
DAYS = 7
FILES = frozenset({".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".txt"})


class RosterPart(QWidget):
    """`told(text)`: how it went."""

    told = Signal(str)

    def __init__(self, parts: ShiftParts) -> None:
        super().__init__()
        self.setObjectName("shift_roster")
        self.setAcceptDrops(True)
        self._parts = parts
        self._first: date | None = None
        self._plan: RosterPlan | None = None
        self._planned_for = ""
        self.list = ChosenList("roster_list", _("Roster"))
        self._days = TextLine(role="muted")
        self._overlaps = selectable("roster_overlaps", "error")
        self._says = selectable("roster_says")
        self.field = QLineEdit()
        self.field.setObjectName("roster_line")
        self.field.setPlaceholderText(_("1001 11-24 early shift, or the path of a roster file; then Enter"))
        self.field.setAccessibleName(_("A turn to enter, or a roster file"))
        self.before = KeyButton("roster_before", _("Week before"), "Ctrl+PgUp", "caret-left", "quiet")
        self.after = KeyButton("roster_after", _("Next week"), "Ctrl+PgDown", "caret-right", "quiet")
        self.remove = KeyButton("roster_remove", _("Take off the roster"), "Del", "trash", "quiet", listens=False)
        area = scrolled("roster_area", self.list)
        follow(self.list, area)
        head = QHBoxLayout()
        head.addWidget(self._days, 1)
        for button in (self.remove, self.before, self.after):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._overlaps)
        column.addWidget(area, 1)
        column.addWidget(self._says)
        column.addWidget(self.field)
        self._says.hide()
        self._overlaps.hide()
        self.field.returnPressed.connect(self._entered)
        self.field.textEdited.connect(lambda _text: self._forget_plan())
        self.list.removing.connect(self._take_back)
        self.remove.clicked.connect(self._take_back)
        self.before.clicked.connect(lambda: self._turn_to(-DAYS))
        self.after.clicked.connect(lambda: self._turn_to(DAYS))

    def start(self) -> None:
        self._first = None
        self.refresh()

    def take_focus(self, page: QWidget) -> None:
        (self.list if self.list.rows else page).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        uses, first = self._parts.uses, self._first

        def read() -> tuple[RosterView, bool]:
            roster = uses().roster
            return roster.read(first or roster.today(), DAYS), roster.may_write()

        self._parts.hub.worker.latest(READ, read, lambda found: self._came(*found), owner=self)

    def _came(self, view: RosterView, may_write: bool) -> None:
        self._first = view.days[0].day
        self._days.setText(f"{view.days[0].day:%Y-%m-%d} – {view.days[-1].day:%m-%d}")
        self.list.show_rows(presenter.roster(view, self._parts.clock(), self._parts.zone))
        for widget in (self.field, self.remove):
            widget.setVisible(may_write)
        said = [
            _("{who} has two turns at once, {day}.").format(
                who=presenter.Names(view.names).of(second.who), day=f"{second.start.astimezone(self._parts.zone):%m-%d}"
            )
            for _first, second in view.overlaps
        ]
        self._overlaps.setText("\n".join(said))
        self._overlaps.setVisible(bool(said))

    def _turn_to(self, days: int) -> None:
        if self._first is not None:
            self._first += timedelta(days=days)
            self.refresh()

    # what a supervisor does

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self.field.isVisible():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        file = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if file:
            self.field.setText(file)
            self._entered()

    def _entered(self) -> None:
        text = self.field.text().strip().strip('"')
        if not text:
            return
        if self._plan is not None and self._planned_for == text:
            self._take_in(self._plan)
        elif Path(text).suffix.lower() in FILES:
            self._compare(Path(text).expanduser(), text)
        else:
            self._add(text)

    def _add(self, line: str) -> None:
        roster = self._parts.uses().roster

        def done(_turn: object) -> None:
            self.field.clear()
            self._written(_("Entered."))

        self._parts.hub.worker.run(lambda: roster.add(line), done, self._failed, lane=SAVE_LANE, owner=self)

    def _compare(self, file: Path, text: str) -> None:
        uses = self._parts.uses()

        def look() -> RosterPlan:
            return uses.roster.compare(uses.read_file(file, uses.roster.reading()))

        self._say(_("Reading {file} ...").format(file=file.name))
        self._parts.hub.worker.latest(
            "roster-file", look, lambda plan: self._compared(plan, text), self._failed, owner=self
        )

    def _compared(self, plan: RosterPlan, text: str) -> None:
        said = presenter.plan(plan)
        if plan.changes_anything:
            self._plan, self._planned_for = plan, text
            said += "\n" + _("Enter once more takes it in.")
        self._say(said, role="warning" if plan.problems else "")

    def _take_in(self, plan: RosterPlan) -> None:
        roster = self._parts.uses().roster
        self._forget_plan()

        def done(_count: int) -> None:
            self.field.clear()
            self._written(_("The roster is taken in."))

        self._parts.hub.worker.run(lambda: roster.carry_out(plan), done, self._failed, lane=SAVE_LANE, owner=self)

    def _take_back(self) -> None:
        chosen, roster = self.list.chosen, self._parts.uses().roster
        if chosen is None or not chosen.target or not self.field.isVisible():
            return
        turn_id = chosen.target.partition(":")[2]
        self._parts.hub.worker.run(
            lambda: roster.end(turn_id),
            lambda _turn: self._written(_("Taken back. The same line typed again brings it back.")),
            self._failed,
            lane=SAVE_LANE,
            owner=self,
        )

    def _written(self, words_: str) -> None:
        step("roster_written")
        self._parts.written()
        self._say(words_)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        match error:
            case RosterRefused():
                self._say(words.problem(error.problem), role="error")
            case Fault():
                self._say(str(error), role="error")
            case PermissionError():
                self._say(_("Only a supervisor changes the roster."), role="error")
            case _:
                self._parts.hub.failed(error)

    def _forget_plan(self) -> None:
        self._plan, self._planned_for = None, ""

    def _say(self, text: str, role: str = "") -> None:
        theme.mark(self._says, role)
        self._says.setText(text)
        self._says.setVisible(bool(text))

"""The work lists in the middle of the window: which list (Alt and a digit), its table, the chosen row in full, whom to
call about it and what came of it. Worked like a call list: Ctrl+R dials, a digit records the outcome, and the next row
is in hand. Ctrl+Q opens it on the one queue and goes on to the next row; Shift+F1 opens it where it was left.

Where somebody was stays: the row that is chosen is chosen again when the list changes under it, at the same height;
while words are typed about it, the list is not read anew. Ui process, Qt's thread; read and written on the worker."""

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout

from desk.domain.outcome_rules import Effect
from desk.domain.what_next import Errand, What
from desk.domain.work_lists import Column, GroupBy, ListQuery, Moment, WorkItem, WorkList
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.lists import presenter, words
from desk.ui.after.lists.head import WorkHead
from desk.ui.after.lists.model import WorkModel
from desk.ui.after.lists.outcomes import OutcomeBar, Recorded
from desk.ui.after.lists.parts import WorkTools
from desk.ui.after.lists.presenter import Names, names_of
from desk.ui.after.lists.table import WorkTable
from desk.ui.after.lists.whole import WholeRow
from desk.ui.cover import Cover
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.usecases.work_through import Came, Contact

TICK_MS = 30_000
CONTACTS, COUNTS, NAMES = "work-contacts", "work-counts", "work-names"
ENTITIES = frozenset({*(one.value for one in What), "task", "attempt", "staff", "stay", "state_span"})
_SORTS = (Column.DUE, Column.PRIORITY, Column.ERRAND, Column.PLACE, Column.CATEGORY, Column.OWNER, Column.HANDLER)


class WorkPage(Cover):
    def __init__(self, tools: WorkTools) -> None:
        super().__init__()
        self.setObjectName("work_lists")
        self.setAccessibleName(_("Work lists"))
        self._tools, uses = tools, tools.uses
        self._names = Names(tools.category, {}, {}, {})
        now = tools.clock()
        self._query = ListQuery(WorkList.NEXT, "", Moment(now, now, now + timedelta(days=1)), Column.COST)
        self.model = WorkModel(tools.hub.worker, uses, self._query, lambda: self._names, tools.clock, tools.zone, self)
        self.table = WorkTable(self.model)
        self.head = WorkHead()
        self.filter = self.head.filter
        self.outcomes = OutcomeBar(tools.clock, tools.zone, uses.causes)
        self._chosen = ""
        self._row = self._above = 0  # where the chosen row is, and how many pixels of rows stand above it in sight
        self._place_kept = False
        self._writing = False  # an outcome is on its way to the disk: its key pressed twice records it once
        self._lay_out()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._time_passed)
        self._connect()

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda typed: self.model.narrow(typed, self._chosen, self._row))
        self.filter.went_down.connect(self._to_table)
        self.filter.left.connect(self._find_left)
        self.head.list_wanted.connect(self.show_list)
        self.head.sort_wanted.connect(self._next_sort)
        self.head.turn_wanted.connect(lambda: self._sort_by(self._query.sort))
        self.head.group_wanted.connect(self._next_group)
        self.head.open_wanted.connect(self.open_chosen)
        self.head.done.connect(self.left)
        self.table.opened.connect(self.open_chosen)
        self.table.left.connect(self._table_left)
        self.table.typed.connect(self.outcomes.press)
        self.table.sorted_by.connect(self._sort_by)
        self.table.folded.connect(self._fold)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _before: self._choose(index.row()))
        self.outcomes.recorded.connect(self._record)
        self.outcomes.explained.connect(self._explain)
        self.outcomes.done.connect(self._to_table)
        self.outcomes.call_key.clicked.connect(self.call)
        self.outcomes.other_key.clicked.connect(self._tell_number)
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.came.connect(self._came)
        self.model.changed.connect(self._show_chosen)
        self._tools.hub.rows_changed.connect(self._rows_changed)
        self._tools.hub.agent_changed.connect(self._another_agent)

    # ---- what the window does

    def start(self) -> None:
        """The page comes to the front, where it was left."""
        self._ask(replace(self._query, who=self._who()))
        self._to_table()
        step("work_lists_shown", work_list=self._query.work_list.value)

    def come_back(self) -> None:
        self.refresh()
        self._to_table()

    def show_next(self) -> None:
        """What is next: the queue; where it is in front already, the row after the chosen one."""
        if self._query.work_list is WorkList.NEXT and self.isVisible() and self._chosen:
            self._step_on()
        else:
            self.show_list(WorkList.NEXT)
        self._to_table()

    def show_list(self, which: WorkList) -> None:
        sort = Column.COST if which is WorkList.NEXT else Column.DUE
        self._chosen = ""
        self._ask(ListQuery(which, self._who(), self._query.moment, sort))

    def refresh(self) -> None:
        if self.isVisible() and not self.outcomes.is_being_typed():
            self._read_again()

    def _read_again(self) -> None:
        self.model.refresh()
        self._count()

    def chosen(self) -> WorkItem | None:
        return self.model.item(self._chosen)

    def open_chosen(self) -> None:
        """Its ticket, with the panel for what is to be done; a group opens or folds."""
        row = self.table.currentIndex().row()
        if self.model.heading_at(row) is not None:
            self._fold(row)
            return
        item = self.chosen()
        if item is None:
            return
        if item.ticket is not None:
            self._tools.open_ticket(item.ticket.ticket_id, presenter.PANELS.get(item.errand, ""))
        elif item.errand is Errand.FOLLOW_UP:
            self._tools.hub.follow_up_wanted.emit(item.about_id)
        else:
            self._tools.told(_("It belongs to no ticket: call with Ctrl+R, then press the digit of what came of it."))

    def call(self) -> None:
        if self.outcomes.number:
            self._tools.hub.call_about(self.outcomes.number, self.outcomes.about)

    # ---- which list

    def _who(self) -> str:
        agent = self._tools.hub.agent
        return agent.number if agent else ""

    def _ask(self, query: ListQuery) -> None:
        """What is asked for now; the model follows when it has come."""
        self._query = query
        self.head.show_query(query)
        self.table.show_sort(query.sort, descending=query.descending)
        self._read_names()
        self.model.ask(query)
        self._count()

    def _sort_by(self, column: Column) -> None:
        """The same column again: the other way round."""
        query = self._query
        descending = not query.descending if query.sort is column else False
        self._ask(replace(query, sort=column, descending=descending))

    def _next_sort(self) -> None:
        query = self._query
        sorts = (Column.COST, *_SORTS)
        at = sorts.index(query.sort) if query.sort in sorts else -1
        self._ask(replace(query, sort=sorts[(at + 1) % len(sorts)], descending=False))

    def _next_group(self) -> None:
        groups = list(GroupBy)
        query = self._query
        self._ask(replace(query, group=groups[(groups.index(query.group) + 1) % len(groups)]))

    def _fold(self, row: int) -> None:
        heading = self.model.heading_at(row)
        if heading is not None:
            self._place_kept = True
            self.model.fold(heading.group)
            self.table.choose(row)

    # ---- what is read beside it

    def _read_names(self) -> None:
        uses = self._tools.uses

        def read() -> Names:
            buildings: dict[str, str] = {one.building_id: one.name for one in uses.buildings()}
            return names_of(self._tools.category, uses.staff(), buildings)

        self._tools.hub.worker.latest(NAMES, read, self._names_came, owner=self)

    def _names_came(self, names: Names) -> None:
        if names != self._names:
            self._names = names
            self.model.tick()
            self._show_chosen()

    def _count(self) -> None:
        self._tools.hub.worker.latest(COUNTS, self._tools.uses.work.counts, self.head.show_counts, owner=self)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if ENTITIES.intersection(entities):
            self.refresh()

    def _another_agent(self) -> None:
        """Somebody else's lists are not shown to whoever comes next."""
        self._chosen = ""
        self.filter.clear()
        self.model.drop()
        if self.isVisible() and self._who():
            self.start()

    def _time_passed(self) -> None:
        if self.isVisible():
            self.refresh()
        else:
            self._tick.stop()

    # ---- which row

    def _keep_place(self) -> None:
        row = self.table.currentIndex().row()
        if row >= 0 and not self._place_kept:
            self._row = row
            self._above = self.table.rowViewportPosition(row)
        self._place_kept = False

    def _came(self) -> None:
        """The list is here: the row that was chosen is chosen again, else the one that has come into its place."""
        count, held = self.model.rowCount(), self.table.hasFocus() or self.hasFocus()
        self._empty.setVisible(count == 0)
        self.table.setVisible(count > 0)
        if held:
            self._to_table()
        narrowed = bool(self.model.filter.strip())
        nothing = _("No row has these words. Esc shows all.") if narrowed else words.nothing(self.model.query.work_list)
        self._empty.setText(nothing)
        self.head.show_found(presenter.found(self.model.arranged.matches, len(self.model.keys.ids)))
        if not count:
            self._chosen = ""
            self._show_chosen()
            return
        there = self.model.row_of(self._chosen) if self._chosen else -1
        row = there if there >= 0 else min(self._row, count - 1) if self._chosen else 0
        while row < count - 1 and self.model.heading_at(row) is not None and there < 0:
            row += 1
        self.table.place(row, self._above)
        self._row = row
        self._choose(row)

    def _choose(self, row: int) -> None:
        key = self.model.key_at(row)
        if key:
            self._chosen = key
            self.model.want(row, row)
        self._row = max(row, 0)
        self._show_chosen()

    def _step_on(self) -> None:
        """The row below, headings passed over."""
        row = self.table.currentIndex().row() + 1
        while row < self.model.rowCount() and self.model.heading_at(row) is not None:
            row += 1
        if row < self.model.rowCount():
            self.table.choose(row)
            self.table.scrollTo(self.model.index(row, 0))
        else:
            self._tools.told(_("That was the last row of this list."))

    def _show_chosen(self) -> None:
        on_heading = self.model.heading_at(self.table.currentIndex().row()) is not None
        item = None if on_heading or not self.model.rowCount() else self.chosen()
        view = presenter.view(item, self.model.moment, self._names, self._tools.zone) if item is not None else None
        self._whole.show_view(view)
        self.head.show_open(can=item is not None and item.ticket is not None)
        self.outcomes.show_item(item)
        self._tell_number()
        if item is not None:
            work, worker = self._tools.uses.work, self._tools.hub.worker
            worker.latest(CONTACTS, lambda: (item, work.contacts(item)), self._contacts_came, owner=self)

    def _contacts_came(self, found: tuple[WorkItem, tuple[Contact, ...]]) -> None:
        item, contacts = found
        if (now := self.chosen()) is not None and item.matter == now.matter:
            self.outcomes.show_contacts(contacts)
            self._tell_number()

    def _tell_number(self) -> None:
        """What Ctrl+R calls: see `dial_anywhere`."""
        for widget in (self.table, self.outcomes.note):
            widget.setProperty("number_to_call", self.outcomes.number)
            widget.setProperty("call_about", self.outcomes.about)

    # ---- what came of it

    def _record(self, what: Recorded) -> None:
        work, item = self._tools.uses.work, what.item
        if self._writing:
            return
        self._writing = True
        call = self._tools.hub.errands.call_id(item.belongs_to)
        worker = self._tools.hub.worker
        worker.run(lambda: what.put(work, call), lambda came: self._recorded(item, came), self._refused, lane="save")

    def _recorded(self, item: WorkItem, came: Came) -> None:
        self._writing = False
        step("outcome_recorded", about=item.key)
        is_asked = False
        if is_in_hand := item.key == self._chosen:
            self.outcomes.note.clear()
            is_asked = presenter.was_chased(came) and self.outcomes.ask_why()
        if came.attempt is not None or came.effect is not Effect.ASK_MORE:
            self._tools.hub.errands.settled(item.belongs_to)
        if came.attempt is not None:
            self._tools.told(presenter.recorded(came.attempt, self._tools.clock(), self._tools.zone))
        self._tools.written()
        if came.effect is Effect.ASK_MORE and item.ticket is None and item.errand is Errand.FOLLOW_UP:
            self._tools.hub.follow_up_wanted.emit(item.about_id)
            return
        if came.effect is Effect.ASK_MORE and item.ticket is not None:
            self._tools.open_ticket(item.ticket.ticket_id, presenter.PANELS.get(item.errand, ""))
            return
        self._go_on(steps=is_in_hand and not is_asked)

    def _explain(self, item: WorkItem, cause: str) -> None:
        """Why it is late was said, or is not to be said now: on to the next row all the same."""
        work, steps = self._tools.uses.work, item.key == self._chosen

        def explained(_none: None) -> None:
            self._tools.told(_("Recorded: {said}.").format(said=cause))
            self._tools.written()
            self._go_on(steps=steps)

        if cause:
            self._tools.hub.worker.run(lambda: work.explain(item, cause), explained, self._refused, lane="save")
        else:
            self._go_on(steps=steps)

    def _go_on(self, *, steps: bool) -> None:
        if steps and self.table.currentIndex().row() + 1 < self.model.rowCount():
            self._step_on()
        self._to_table()
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._writing = False
        if said := presenter.refused(error):
            self._tools.told(said)
        else:
            self._tools.hub.failed(error)
        self._read_again()

    # ---- the keyboard

    def _to_table(self) -> None:
        (self.table if self.model.rowCount() else self).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _table_left(self) -> None:
        if not self.outcomes.not_now():
            self.left.emit()

    def _find_left(self) -> None:
        """Esc in the filter: all rows again; once more: away."""
        if self.filter.text():
            self.filter.clear()
        else:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._find_left()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    # ---- where things stand

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self.head)
        column.addWidget(self.table, 1)
        self._empty = QLabel()
        self._empty.setObjectName("work_empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.mark(self._empty, "muted")
        self._empty.hide()
        column.addWidget(self._empty, 1)
        self._whole = WholeRow()
        column.addWidget(self._whole)
        column.addWidget(self.outcomes)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

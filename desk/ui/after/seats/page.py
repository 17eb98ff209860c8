"""The seat register's page: all seats, and below them the chosen one's sheet. Ctrl+E edits what was bought,
Alt+X writes all of them into a file. An agent sees the own seat alone, and changes nothing. Built when it is first
opened. Ui process, Qt's thread; read and written on the worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.domain.seat_register import BadService, SeatCheck, SeatRecord
from desk.health import seat_sheet
from desk.i18n import _
from desk.ui.after.seats import presenter
from desk.ui.after.seats.editor import SeatEditor
from desk.ui.after.seats.sheet import SeatSheet
from desk.ui.after.seats.uses import SeatsParts
from desk.ui.chosen_list import LeavingList, follow, scrolled
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.labels import selectable
from desk.ui.rows import ROW_HEIGHT
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.turning import turned
from desk.ui.worker import SAVE_LANE

READ, READ_CHECKS = "seats", "seat-checks"
_ROWS_SHOWN = 4
_ENTITIES = frozenset({"seat_record", "seat_check"})


@dataclass(frozen=True, slots=True)
class _Came:
    records: Sequence[SeatRecord]
    may_edit: bool


class SeatsPage(Cover):
    returns = True

    def __init__(self, parts: SeatsParts, choose_file: "Callable[[QWidget, Callable[[str], None]], None]") -> None:
        super().__init__()
        self.setObjectName("seats_page")
        self.setAccessibleName(_("Seat register"))
        self._parts, self._choose_file = parts, choose_file
        self._records: Sequence[SeatRecord] = ()
        self._may_edit = self._writing = False
        self.list = LeavingList("seat_list", _("Seats"))
        self.sheet, self.editor = SeatSheet(), SeatEditor()
        self.says, self._empty = selectable("seats_says", "muted"), selectable("seats_empty", "muted")
        self.edit = KeyButton("seat_edit", _("Purchase and service"), "Ctrl+E", "pencil-simple", "primary")
        self.export = KeyButton("seats_export", _("All into a file"), "Alt+X", "export")
        self.done = KeyButton("seats_done", _("Done"), "Esc", "check", "quiet")
        self._lay_out()
        self.list.moved.connect(self._show_chosen)
        self.list.opened.connect(lambda _target: self._edit())
        self.list.left.connect(self.left)
        self.edit.clicked.connect(self._edit)
        self.export.clicked.connect(lambda: self._choose_file(self, self._export))
        self.done.clicked.connect(lambda: self.left.emit())
        self.editor.save_wanted.connect(self._save)
        self.editor.left.connect(self._leave_editor)
        parts.hub.rows_changed.connect(self._rows_changed)

    @property
    def chosen(self) -> SeatRecord | None:
        row = self.list.chosen
        return next((r for r in self._records if row is not None and row.target == presenter.target(r)), None)

    def start(self) -> None:
        self._in_front(self.sheet_area)
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.refresh()
        step("seats_shown")

    def refresh(self) -> None:
        uses = self._parts.uses

        def read() -> _Came:
            register = uses().register
            return _Came(register.all(), register.may_edit)

        self._parts.hub.worker.latest(READ, read, self._came, owner=self)

    def _came(self, came: _Came) -> None:
        self._records, self._may_edit = came.records, came.may_edit
        now, zone = self._parts.clock(), self._parts.zone
        self.list.show_rows([presenter.row(record, now, zone) for record in came.records])
        self._empty.setVisible(not came.records)
        self._list_area.setFixedHeight(min(_ROWS_SHOWN, max(1, len(came.records))) * ROW_HEIGHT + 2)
        self._list_area.setVisible(bool(came.records) and self._pages.currentWidget() is not self.editor)
        self.says.setText(presenter.summary(came.records, now, zone) if came.records else "")
        self.export.setEnabled(bool(came.records))
        if self.has_lost_keyboard() and self.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.chosen
        self.sheet.setVisible(chosen is not None)
        reading = self._pages.currentWidget() is not self.editor
        self.edit.setVisible(reading and chosen is not None and self._may_edit)
        if chosen is None:
            return
        self._fill(chosen, ())
        uses, record_id = self._parts.uses, chosen.seat_record_id
        self._parts.hub.worker.latest(
            READ_CHECKS,
            lambda: uses().register.checks(record_id),
            lambda checks: self._fill(chosen, checks),
            owner=self,
        )

    def _fill(self, record: SeatRecord, checks: Sequence[SeatCheck]) -> None:
        if self.chosen is record:
            self.sheet.show_sheet(presenter.sheet(record, checks, self._parts.clock(), self._parts.zone))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not turned(self.sheet_area, event):
            super().keyPressEvent(event)

    # ---- what is written

    def _edit(self) -> None:
        if self.chosen is not None and self._may_edit:
            self._in_front(self.editor)
            self.editor.open(self.chosen)

    def _leave_editor(self) -> None:
        self._in_front(self.sheet_area)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _in_front(self, part: QWidget) -> None:
        """Esc and Ctrl+E are the editor's while it is there."""
        self._pages.setCurrentWidget(part)
        reading = part is not self.editor
        for button in (self.done, self.export):
            button.setVisible(reading)
        self.edit.setVisible(reading and self._may_edit and self.chosen is not None)
        self._list_area.setVisible(reading and bool(self._records))

    def _save(self) -> None:
        record, typed, uses = self.editor.record, self.editor.typed(), self._parts.uses
        if record is None or self._writing:
            return
        self._writing = True

        def saved(_record: SeatRecord) -> None:
            self._writing = False
            self._parts.written()
            step("seat_edited")
            self._leave_editor()
            self.refresh()

        def failed(error: Exception) -> None:
            self._writing = False
            if isinstance(error, BadService):
                self.editor.say(seat_sheet.refusal(error), error.field)
            elif isinstance(error, PermissionError):
                self.editor.say(_("Purchase and service data are written by supervisors and IT."))
            else:
                self._parts.hub.failed(error)

        self._parts.hub.worker.run(
            lambda: uses().register.edit(record.seat_record_id, typed), saved, failed, lane=SAVE_LANE, owner=self
        )

    def _export(self, name: str) -> None:
        uses, file = self._parts.uses, Path(name)

        def failed(error: Exception) -> None:
            if isinstance(error, OSError):
                said = _("The file could not be written ({detail}). Choose another place.")
                self.says.setText(said.format(detail=error.strerror or type(error).__name__))
            else:
                self._parts.hub.failed(error)

        self._parts.hub.worker.run(
            lambda: uses().export(file),
            lambda _none: self.says.setText(_("Written: {file}").format(file=file)),
            failed,
            owner=self,
        )

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if self.isVisible() and _ENTITIES.intersection(entities):
            self.refresh()

    def _lay_out(self) -> None:
        title = selectable("seats_title", "title")
        title.setWordWrap(False)
        title.setText(_("Seat register"))
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(title)
        head.addWidget(self.says, 1)
        head.addWidget(self.done)
        self._empty.setText(_("No seat has written itself down yet; it does so within a minute after its start."))
        self._empty.hide()
        self._list_area = scrolled("seats_area", self.list)
        follow(self.list, self._list_area)
        self.sheet_area = scrolled("seat_sheet_area", self.sheet)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.sheet_area)
        self._pages.addWidget(self.editor)
        line = QFrame()
        line.setProperty("role", "line")
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.edit, self.export):
            keys.addWidget(button)
        keys.addStretch(1)
        for button in (self.edit, self.export, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self._list_area)
        column.addWidget(line)
        column.addWidget(self._pages, 1)
        column.addLayout(keys)


def ask_for_file(owner: QWidget, do: Callable[[str], None]) -> None:
    name = _("Seat register") + ".csv"
    dialog = QFileDialog(owner.window(), _("Write to"), str(Path.home() / name), _("CSV for spreadsheets (*.csv)"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.selectFile(name)
    dialog.fileSelected.connect(do)
    dialog.open()

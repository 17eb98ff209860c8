"""Writing a notice: title, what it says, which buildings, from when until when; each said back as it is understood.
What is wrong is said at once, in one line. Ctrl+Enter writes it, Esc leaves it as it was.

Ui process, Qt's thread; written on the worker."""

from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desk.domain.identity import BuildingId, EstateId
from desk.domain.notice_scope import Scope, read_scope
from desk.domain.notices import Notice
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.incidents import when, words
from desk.ui.after.incidents.parts import IncidentTools
from desk.ui.key_button import KeyButton
from desk.ui.rows_presenter import short_time
from desk.ui.theme import Size, Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.write_notice import NoticeRefused


class NoticeEditor(QFrame):
    """`done(Notice | None)`: written, or left."""

    done = Signal(object)

    def __init__(self, parts: IncidentTools) -> None:
        super().__init__()
        self.setObjectName("notice_editor")
        theme.mark(self, "card")
        self._parts = parts
        self._before: Notice | None = None
        self._categories: tuple[str, ...] = ()
        self._incident_id: str | None = None
        self._writing = False  # until it is on the disk its key does not write it once more
        self.title = self._line("notice_title", _("Title"), _("No water in building 5"))
        self.scope = self._line("notice_scope", _("Buildings"), _("5, 6, 8-10; empty: the whole estate"))
        self.start = self._line("notice_start", _("From"), _("now, today 14:00, tomorrow ..."))
        self.until = self._line("notice_until", _("Until"), _("18:00, tomorrow 9:00, 1125 18:00 ..."))
        self.text = QPlainTextEdit()
        self.text.setObjectName("notice_text")
        self.text.setAccessibleName(_("What to tell callers"))
        self.text.setPlaceholderText(_("What to tell callers"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(3 * Size.CONTROL)
        self._read = {name: QLabel() for name in ("scope", "start", "until")}
        self._wrong = QLabel()
        self._wrong.setObjectName("notice_wrong")
        self._wrong.setWordWrap(True)
        theme.mark(self._wrong, "error")
        self._wrong.hide()
        self.save = KeyButton("notice_save", _("Write it"), "Ctrl+Return", "check", "primary")
        self.leave = KeyButton("notice_leave", _("Leave"), "Esc", "arrow-left", "quiet", listens=False)
        self.save.clicked.connect(self._save)
        self.leave.clicked.connect(lambda: self.done.emit(None))
        for line in (self.scope, self.start, self.until):
            line.textChanged.connect(lambda _text: self._say_back())
        self._lay_out()
        self.hide()

    def open(self, notice: Notice | None, *, incident_id: str | None = None) -> None:
        """This notice, or an empty one. `incident_id`: the incident it tells of."""
        self._before, self._incident_id = notice, incident_id or (notice.incident_id if notice else None)
        self._categories = notice.categories if notice else ()
        zone = self._parts.zone
        self.title.setText(notice.title if notice else "")
        self.text.setPlainText(notice.text if notice else "")
        self.scope.setText(self._scope_text(notice) if notice else "")
        self.start.setText(when.as_typed(notice.start, zone) if notice else "")
        self.until.setText(when.as_typed(notice.until, zone) if notice and notice.until > notice.start else "")
        self._wrong.hide()
        self._say_back()
        self.show()
        self.title.setFocus(Qt.FocusReason.OtherFocusReason)
        self.title.selectAll()

    # what stands in it

    def _scope(self) -> Scope:
        view = self._parts.uses.estate_map.view()
        return read_scope(self.scope.text(), view.estates.values(), view.buildings.values())

    def _scope_text(self, notice: Notice) -> str:
        view = self._parts.uses.estate_map.view()
        estate = view.estates.get(notice.estate_id)
        names = [view.buildings[one].name for one in notice.building_ids if one in view.buildings]
        before = estate.name if estate and len(view.estates) > 1 else ""
        return " ".join(part for part in (before, ", ".join(names)) if part)

    def _times(self) -> tuple[datetime | None, datetime | None]:
        now, zone = self._parts.clock(), self._parts.zone
        return when.begins(self.start.text(), now, zone), when.ends(self.until.text(), now, zone)

    def _say_back(self) -> None:
        now, zone = self._parts.clock(), self._parts.zone
        scope = self._scope()
        view = self._parts.uses.estate_map.view()
        if scope.estate_id is None:
            said, good = _("not in the register: {part}").format(part=scope.unclear or _("which estate?")), False
        elif scope.building_ids:
            names = [view.buildings[one].name for one in scope.building_ids if one in view.buildings]
            said, good = _(", ").join(names[:6]) + (" …" if len(names) > 6 else ""), True
        else:
            said, good = _("the whole estate"), True
        self._say("scope", said, good=good)
        start, until = self._times()
        self._say("start", short_time(start, now, zone) if start else _("not understood"), good=start is not None)
        typed = bool(self.until.text().strip())
        read = short_time(until, now, zone) if until else _("not understood") if typed else ""
        self._say("until", read, good=until is not None or not typed)

    def _say(self, name: str, text: str, *, good: bool) -> None:
        self._read[name].setText(text)
        theme.mark(self._read[name], "muted" if good else "warning")

    def notice(self) -> Notice | None:
        """As it stands; None where a time is not understood."""
        start, until = self._times()
        if start is None or until is None:
            return None
        scope = self._scope()
        return Notice(
            self._before.notice_id if self._before else "",
            scope.estate_id or EstateId(""),
            self.title.text(),
            self.text.toPlainText(),
            start,
            until,
            scope.building_ids if scope.estate_id else (BuildingId(""),),
            categories=self._categories,
            incident_id=self._incident_id,
        )

    # writing

    def _save(self) -> None:
        notice, parts = self.notice(), self._parts
        if self._writing:
            return
        if notice is None:
            field = self.start if self._times()[0] is None else self.until
            self._refuse(_("Not written: {what}").format(what=_("say until when: 18:00, tomorrow 9:00, 1125 18:00")))
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        number = parts.work_number()

        self._writing = True

        def written(one: Notice) -> None:
            self._writing = False
            parts.written()
            parts.told(_("The notice is written; every seat has it."))
            self.done.emit(one)

        parts.hub.worker.run(
            lambda: parts.uses.writing.write(notice, number), written, self._failed, lane=SAVE_LANE, owner=self
        )

    def _failed(self, error: Exception) -> None:
        self._writing = False
        if isinstance(error, NoticeRefused):
            self._refuse(words.notice_refusals(error.reasons))
            wanted = {"title": self.title, "until": self.until, "text": self.text}
            first: QWidget = wanted.get(next(iter(error.reasons)), self.scope)
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._refuse(_("Not saved: this seat's disk cannot be written. Try again."))
        self._parts.hub.failed(error)

    def _refuse(self, text: str) -> None:
        self._wrong.setText(text)
        self._wrong.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit(None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _line(self, name: str, words_: str, hint: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setAccessibleName(words_)
        line.setPlaceholderText(hint)
        return line

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        rows = ((self.title, ""), (self.scope, "scope"), (self.start, "start"), (self.until, "until"))
        for row, (line, read) in enumerate(rows):
            label = QLabel(line.accessibleName())
            label.setBuddy(line)
            theme.mark(label, "muted")
            grid.addWidget(label, row, 0)
            if read:
                grid.addWidget(line, row, 1)
                grid.addWidget(self._read[read], row, 2)
            else:
                grid.addWidget(line, row, 1, 1, 2)
        grid.addWidget(self.text, len(rows), 1, 1, 2)
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.save, self.leave):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keys.addWidget(self.save)
        keys.addWidget(self._wrong, 1)
        keys.addStretch()
        keys.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(grid)
        column.addLayout(keys)
        order: list[QWidget] = [self.title, self.scope, self.start, self.until, self.text]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

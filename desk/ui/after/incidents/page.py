"""The page of incidents and notices: what the radar has seen and what stands, is to come or has ended of late. Up and
Down choose, Enter opens the incident's ticket or the notice, Alt+I writes a notice, Esc leaves. A reason is asked for
in a line of the page, never in a dialog.

Ui process, Qt's thread; read and written on the worker."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.domain.identity import EstateId, HouseholdId
from desk.domain.notices import Notice
from desk.domain.promises import Promise
from desk.domain.radar import Alarm
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.incidents import presenter, words
from desk.ui.after.incidents.card import IncidentCard
from desk.ui.after.incidents.notice_editor import NoticeEditor
from desk.ui.after.incidents.parts import IncidentTools
from desk.ui.after.warnings.fields import mark_wrong
from desk.ui.chosen_list import LeavingList, scrolled
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.rows import ROW_HEIGHT
from desk.ui.rows_presenter import Row
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import SAVE_LANE
from desk.usecases.confirm_incident import Confirmed, IncidentGone
from desk.usecases.file_ticket import IntakeRefused

T = TypeVar("T")
READ = "incidents-page"
Homes = dict[HouseholdId, tuple[str, str]]  # place in words, a number of the household


class IncidentPage(Cover):
    """Its rows: incidents first, then notices."""

    def __init__(self, parts: IncidentTools) -> None:
        super().__init__()
        self.setObjectName("incidents_page")
        self.setAccessibleName(_("Notices and incidents"))
        self._parts = parts
        self._alarms: list[Alarm] = []
        self._notices: Sequence[Notice] = ()
        self._backs: dict[str, list[Promise]] = {}
        self._homes: Homes = {}
        self._replies: dict[str, str] = {}
        self._asked: Callable[[Alarm, str], None] | None = None
        self._about: Alarm | None = None  # what the reason is of, whatever is chosen by then
        self._is_needed = False
        self.list = _List("incident_list", _("Notices and incidents"))
        self.card = IncidentCard()
        self.editor = NoticeEditor(parts)
        self.reason = QLineEdit()
        self.reason.setObjectName("incident_reason")
        self._reason_row = QWidget()
        self._says, self._text = QLabel(), QLabel()
        self._empty = QLabel(_("No notices, no incidents. Alt+I writes a notice."))
        self.write = KeyButton("notice_write", _("Write a notice"), "Alt+I", "megaphone")
        self.open_key = KeyButton("incident_open", _("Open"), "Enter", "arrow-square-out", listens=False)
        self.end_notice = KeyButton("notice_end", _("End it now"), "Alt+U", "check")
        self._lay_out()
        self.list.moved.connect(self._show_chosen)
        self.list.left.connect(self.left)
        self.list.opened.connect(lambda _target: self._open_chosen())
        self.write.clicked.connect(self._write)
        self.open_key.clicked.connect(self._open_chosen)
        self.end_notice.clicked.connect(self._end_notice)
        self.editor.done.connect(lambda _notice: self._edited())
        self.card.confirm_wanted.connect(self._confirm)
        self.card.end_wanted.connect(lambda: self._ask(_("What was the matter? (may stay empty)"), self._end))
        self.card.dismiss_wanted.connect(lambda: self._ask(_("Why is it none?"), self._dismiss, needed=True))
        self.card.reply_changed.connect(self._say_reply)
        self.reason.returnPressed.connect(self._answered)
        parts.hub.rows_changed.connect(lambda _entities: self._refresh())

    # what the window does

    def start(self) -> None:
        """The page comes to the front."""
        self._say("")
        self._hide_reason()
        self.refresh()
        self._take_focus()
        step("incidents_listed")

    def come_back(self) -> None:
        """What was opened from it is left again: what is chosen stays chosen."""
        self.refresh()
        self._take_focus()

    def show_incident(self, incident_id: str) -> None:
        """This one is chosen as soon as it is there."""
        self.list.wanted = f"incident:{incident_id}"
        self.refresh()

    def refresh(self) -> None:
        uses = self._parts.uses

        def read() -> tuple[list[Alarm], Sequence[Notice], dict[str, list[Promise]], dict[str, str], Homes]:
            alarms = uses.watching.look()
            backs = {one.id: uses.confirming.call_backs(one) for one in alarms}
            unnumbered = {p.household_id for each in backs.values() for p in each if p.household_id and not p.number}
            homes = {one: uses.home(one) for one in unnumbered}
            return alarms, uses.writing.listed(), backs, {one.id: uses.confirming.reply(one) for one in alarms}, homes

        self._parts.hub.worker.latest(READ, read, lambda found: self._came(*found), owner=self)

    # what it shows

    def _refresh(self) -> None:
        if self.isVisible():
            self.refresh()

    def _came(
        self,
        alarms: list[Alarm],
        notices: Sequence[Notice],
        backs: dict[str, list[Promise]],
        replies: dict[str, str],
        homes: Homes,
    ) -> None:
        self._alarms, self._notices, self._backs, self._replies = alarms, notices, backs, replies
        self._homes = homes
        tongue = self._parts.tongue()
        was_here, was_listed = self.has_keyboard(), self.hasFocus() or self.list.hasFocus()
        rows: list[Row] = [presenter.alarm_row(one, tongue) for one in alarms]
        rows += [presenter.notice_row(one, tongue) for one in presenter.notice_order(notices, tongue.now)]
        self.list.show_chosen(rows)
        self._empty.setVisible(not rows)
        self._show_chosen()
        if self.isVisible() and (was_listed or (was_here and self.has_lost_keyboard())):
            self._take_focus()

    def _take_focus(self) -> None:
        widget = self.list if self.list.rows else self
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_chosen(self) -> None:
        alarm, notice = self.chosen_alarm(), self.chosen_notice()
        if self.editor.isVisible():
            alarm = notice = None
        view = None
        if alarm is not None:
            reply, backs = self._replies.get(alarm.id, ""), self._backs.get(alarm.id, [])
            view = presenter.incident(alarm, reply, backs, self._parts.tongue(), self._homes)
        self.card.show_view(alarm, view)
        self._text.setText(notice.text if notice else "")
        self._text.setVisible(bool(notice and notice.text))
        self.end_notice.setVisible(notice is not None and notice.until > self._parts.clock())
        self.open_key.setVisible(notice is not None or bool(view and view.ticket_id))
        self.open_key.say(_("Change") if notice is not None else _("Open the ticket"))
        self._area.ensureVisible(0, self.list.top_of_chosen, 0, ROW_HEIGHT)

    def chosen_alarm(self) -> Alarm | None:
        target = self.list.chosen.target if self.list.chosen else ""
        return next((one for one in self._alarms if presenter.alarm_target(one) == target), None)

    def chosen_notice(self) -> Notice | None:
        target = self.list.chosen.target if self.list.chosen else ""
        return next((one for one in self._notices if presenter.notice_target(one) == target), None)

    # what is done

    def _open_chosen(self) -> None:
        alarm, notice = self.chosen_alarm(), self.chosen_notice()
        if notice is not None:
            self._edit(notice)
        elif alarm is not None and alarm.incident is not None and alarm.incident.ticket_id:
            self._parts.open_ticket(alarm.incident.ticket_id)

    def _write(self) -> None:
        """A new one; of the incident that is chosen, what is known of it stands there already."""
        if self.editor.isVisible():
            return
        alarm = self.chosen_alarm()
        if alarm is None:
            self._edit(None)
            return
        tongue, now = self._parts.tongue(), self._parts.clock()
        building = self._parts.uses.estate_map.building(alarm.building_id)
        title = f"{tongue.place(alarm.building_id)} {tongue.category(alarm.category)}"
        estate = EstateId(building.estate_id if building else "")
        reply = self.card.reply.text().strip()
        known = Notice("", estate, title, reply, now, now, (alarm.building_id,), categories=(alarm.category,))
        self._edit(known, alarm.id)

    def _edit(self, notice: Notice | None, incident_id: str | None = None) -> None:
        self.editor.open(notice, incident_id=incident_id)
        self._show_chosen()

    def _edited(self) -> None:
        self.editor.hide()
        self._show_chosen()
        self.refresh()
        self._take_focus()

    def _end_notice(self) -> None:
        notice, writing = self.chosen_notice(), self._parts.uses.writing
        if notice is not None:
            self._do(lambda: writing.end(notice.notice_id), _("The notice is ended."))

    def _confirm(self) -> None:
        alarm = self.chosen_alarm()
        if alarm is None:
            return
        reply, left = self.card.reply.text().strip(), self.card.left_out
        confirming = self._parts.uses.confirming

        def done(made: Confirmed) -> None:
            self._parts.written()
            said = _("Ticket {number} is made; {n} to call back.").format(
                number=made.parent.number, n=len(made.call_backs)
            )
            self._say(said)
            step("incident_confirmed", incident_id=made.incident.incident_id, ticket_id=made.parent.ticket_id)
            self._refresh()

        self._parts.hub.worker.run(
            lambda: confirming.confirm(alarm, reply, left), done, self._failed, lane=SAVE_LANE, owner=self
        )

    def _dismiss(self, alarm: Alarm, why: str) -> None:
        confirming = self._parts.uses.confirming
        self._do(lambda: confirming.dismiss(alarm, why), _("Put down as no incident. New reports raise it again."))

    def _end(self, alarm: Alarm, what: str) -> None:
        confirming = self._parts.uses.confirming
        self._do(lambda: confirming.over(alarm.id, what), _("It is over. Those to be called back are due now."))

    def _say_reply(self, text: str) -> None:
        alarm, confirming = self.chosen_alarm(), self._parts.uses.confirming
        if alarm is not None:
            self._do(lambda: confirming.say(alarm.id, text), _("The reply is changed on every seat."))

    def _do(self, work: Callable[[], T], said: str) -> None:
        def done(_result: T) -> None:
            self._parts.written()
            self._say(said)
            self.refresh()

        self._parts.hub.worker.run(work, done, self._failed, lane=SAVE_LANE, owner=self)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, IncidentGone):
            self._say(_("Somebody has ended it meanwhile."))
            self.refresh()
            return
        if isinstance(error, IntakeRefused):
            self._say(words.not_made())
            return
        self._say(_("Not saved: this seat's disk cannot be written. Try again."))
        self._parts.hub.failed(error)

    # a reason

    def _ask(self, what: str, then: Callable[[Alarm, str], None], *, needed: bool = False) -> None:
        self._asked, self._about, self._is_needed = then, self.chosen_alarm(), needed
        mark_wrong(self.reason, wrong=False)
        self.reason.setPlaceholderText(what)
        self.reason.setAccessibleName(what)
        self.reason.clear()
        self._reason_row.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answered(self) -> None:
        then, about, text = self._asked, self._about, self.reason.text().strip()
        if self._is_needed and not text:
            mark_wrong(self.reason, wrong=True)
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._hide_reason()
        if then is not None and about is not None:
            then(about, text)
        self._take_focus()

    def _hide_reason(self) -> None:
        self._asked = self._about = None
        self._reason_row.hide()

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._reason_row.isVisible():
            self._hide_reason()
            self._take_focus()
        elif any(one.hasFocus() for one in self.card.findChildren(QWidget)):
            self._leave_card()
        else:
            self.left.emit()

    def _leave_card(self) -> None:
        """Escape in the reply: as it was, and back to the list."""
        alarm = self.chosen_alarm()
        if self.card.reply.hasFocus() and alarm is not None:
            self.card.reply.setText(self._replies.get(alarm.id, ""))
        self._take_focus()

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        title = QLabel(_("Notices and incidents"))
        theme.mark(title, "title")
        done = KeyButton("incidents_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.clicked.connect(lambda: self.left.emit())
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.addWidget(title, 1)
        head.addWidget(done)
        column.addLayout(head)
        self._area = scrolled("incident_rows", self.list, self._empty)
        column.addWidget(self._area, 1)
        for label, role in ((self._says, "ok"), (self._text, ""), (self._empty, "muted")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            theme.mark(label, role)
        reason = QHBoxLayout(self._reason_row)
        reason.setContentsMargins(0, 0, 0, 0)
        reason.addWidget(self.reason, 1)
        enter = KeyButton("incident_reason_done", _("Go on"), "Enter", "check", "quiet", listens=False)
        enter.clicked.connect(self._answered)
        reason.addWidget(enter)
        self._reason_row.hide()
        for widget in (self._text, self.card, self.editor, self._reason_row, self._says):
            column.addWidget(widget)
        self._says.hide()
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.write, self.open_key, self.end_notice):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            keys.addWidget(button)
        keys.addStretch()
        column.addLayout(keys)


class _List(LeavingList):
    """`wanted`: the target of a row that is to be chosen when it comes."""

    wanted = ""

    def show_chosen(self, rows: Sequence[Row]) -> None:
        self.show_rows(rows)
        if self.wanted and self.choose(self.wanted):
            self.wanted = ""

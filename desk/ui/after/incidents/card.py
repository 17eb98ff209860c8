"""The incident that is chosen on the page: who reported it, the reply for those who call, who is still to be called
back, and its keys. Before it is confirmed each report can be left out (Space): it has another cause and stays by
itself. Ui process, Qt's thread; what it says is decided in the presenter."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from desk.domain.identity import TicketId
from desk.domain.radar import Alarm
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.incidents.presenter import IncidentView
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space

SHOWN = 8


class IncidentCard(QFrame):
    """`confirm_wanted`, `end_wanted`, `dismiss_wanted`: keys. `reply_changed(text)`: another reply for those who
    call."""

    confirm_wanted = Signal()
    end_wanted = Signal()
    dismiss_wanted = Signal()
    reply_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("incident_card")
        theme.mark(self, "card")
        self._alarm: Alarm | None = None
        self._confirmed = False
        self._title, self._says, self._backs, self._more = (QLabel() for _count in range(4))
        for label, role in ((self._title, "strong"), (self._says, "muted"), (self._backs, ""), (self._more, "muted")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            theme.mark(label, role)
        self._backs.setObjectName("incident_call_backs")
        self._reports = [QCheckBox() for _count in range(SHOWN)]
        self.reply = QLineEdit()
        self.reply.setObjectName("incident_reply")
        self.reply.setAccessibleName(_("What to tell those who call"))
        self.reply.setPlaceholderText(_("What to tell those who call"))
        self.reply.editingFinished.connect(self._reply_edited)
        self.confirm = KeyButton("incident_confirm", _("Make one ticket"), "Alt+G", "git-merge", "primary")
        self.end = KeyButton("incident_end", _("It is over"), "Alt+O", "check", "primary")
        self.dismiss = KeyButton("incident_dismiss", _("No incident"), "Alt+L", "prohibit")
        self.confirm.clicked.connect(lambda: self.confirm_wanted.emit())
        self.end.clicked.connect(lambda: self.end_wanted.emit())
        self.dismiss.clicked.connect(lambda: self.dismiss_wanted.emit())
        self._lay_out()
        self.hide()

    @property
    def left_out(self) -> set[TicketId]:
        """Tickets of the reports that were unticked."""
        alarm = self._alarm
        if alarm is None or self._confirmed:
            return set()
        shown = zip(alarm.reports, self._reports, strict=False)
        return {report.ticket_id for report, box in shown if not box.isChecked()}

    def show_view(self, alarm: Alarm | None, view: IncidentView | None) -> None:
        before, self._alarm = self._alarm, alarm
        self.setVisible(view is not None)
        if alarm is None or view is None:
            return
        same = before is not None and before.id == alarm.id
        self._confirmed = view.confirmed
        self._title.setText(view.title)
        self._says.setText(view.says)
        reports = () if view.confirmed else view.reports
        for index, box in enumerate(self._reports):
            box.setVisible(index < len(reports))
            if index < len(reports):
                box.setText(reports[index])
                if not same:
                    box.setChecked(True)
        lines = view.call_backs if view.confirmed else reports
        rest = len(lines) - SHOWN
        self._more.setText(_("and {n} more").format(n=rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        self._backs.setText("\n".join(view.call_backs[:SHOWN]))
        self._backs.setVisible(bool(view.call_backs))
        if not self.reply.hasFocus() or not same:
            self.reply.setText(view.reply)
            self.reply.setCursorPosition(0)
        self.confirm.setVisible(not view.confirmed)
        self.dismiss.setVisible(not view.confirmed)
        self.end.setVisible(view.confirmed)

    def _reply_edited(self) -> None:
        if self._confirmed and self._alarm is not None and self._alarm.incident is not None:
            text = self.reply.text().strip()
            if text != self._alarm.incident.reply:
                self.reply_changed.emit(text)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        for widget in (self._title, self._says, *self._reports, self._more, self._backs, self.reply):
            column.addWidget(widget)
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        for button in (self.confirm, self.end, self.dismiss):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            keys.addWidget(button)
        keys.addStretch()
        column.addSpacing(Space.XS)
        column.addLayout(keys)

"""The panel of a ticket's page (Alt+W): a warning is raised here, and gone on with where there is one already. What was
typed stays when the panel is closed, as long as the ticket is the same one. Ui process, Qt's thread."""

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.domain.identity import TicketId
from desk.domain.ladder import LadderRefusal
from desk.domain.warning_moves import WarningFacts
from desk.i18n import _
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.after.warnings import words
from desk.ui.after.warnings.area import FittedArea
from desk.ui.after.warnings.card import WarningCard
from desk.ui.after.warnings.form import WarningForm
from desk.ui.after.warnings.parts import WarningTools
from desk.ui.labels import plain
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.turning import turned
from desk.usecases.raise_warning import Prefilled, WarningRefused
from desk.usecases.read_ticket import TicketPage
from desk.usecases.read_warnings import WarningPage

READ = "warning-of-ticket"
_TALLEST = 330  # px: the ticket itself is to be seen below


class WarningPanel(TicketPanel):
    """`offer(unhappy_with)`: the next opening begins with these words (what the resident said at a follow-up)."""

    def __init__(self, tools: WarningTools) -> None:
        super().__init__("warning_panel")
        self.setAccessibleName(_("Complaint early warning"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tools = tools
        self._ticket_id: TicketId | None = None
        self._prefilled_for = ""  # the ticket that the form was filled for
        self._offered = ""
        self._wants_focus = False
        self.card = WarningCard("ticket_warning", tools)
        self.form = WarningForm("raise_warning")
        self._says = plain("muted", wraps=True)
        self._says.setText(_("Looking for warnings of this ticket ..."))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, Space.S, 0)
        cards.addWidget(self.card)
        self._area = FittedArea(inside, _TALLEST)
        for widget in (self._says, self.form, self._area):
            column.addWidget(widget)
        self._area.hide()
        self.card.stepped.connect(self._card_stepped)
        self.card.told.connect(self.told)
        self.card.left.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self.form.done.connect(self._raise)
        self.form.left.connect(self.left)

    def offer(self, unhappy_with: str) -> None:
        self._offered, self._prefilled_for = unhappy_with, ""

    def open_for(self, page: TicketPage) -> None:
        self._ticket_id, self._wants_focus = page.ticket.ticket_id, True
        self._read()

    def refresh(self, page: TicketPage) -> None:
        self._ticket_id = page.ticket.ticket_id
        self._read()

    def forget(self) -> None:
        self._ticket_id, self._prefilled_for, self._offered = None, "", ""
        self.form.start(WarningFacts(), evidence=0)
        self.card.show_page(None)

    def step_back(self) -> bool:
        return self.card.step_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not turned(self._area, event):
            super().keyPressEvent(event)

    def _read(self) -> None:
        wanted, uses = self._ticket_id, self._tools.uses
        if wanted is None:
            return

        def look() -> tuple[WarningPage | None, Prefilled | None]:
            return uses.get().reading.of_ticket(wanted), uses.get().raising.prefilled(wanted)

        self._tools.hub.worker.latest(READ, look, lambda found: self._came(wanted, *found), owner=self)

    def _came(self, ticket_id: TicketId, page: WarningPage | None, prefilled: Prefilled | None) -> None:
        if ticket_id != self._ticket_id:
            return
        self._says.hide()
        is_open = prefilled is not None and prefilled.open is not None
        self.card.show_page(page)
        self._area.setVisible(page is not None)
        self.form.setVisible(not is_open and prefilled is not None)
        if not is_open and prefilled is not None and self._prefilled_for != ticket_id:
            self._prefilled_for = ticket_id
            self.form.start(prefilled.facts, evidence=len(prefilled.calls))
            if self._offered:
                self.form.fields["unhappy_with"].setText(self._offered)
                self._offered = ""
        if self._wants_focus:
            self._wants_focus = False
            if self.form.isVisibleTo(self):
                self.form.focus_first()
            else:
                self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            step("warning_panel_shown")

    def _raise(self) -> None:
        wanted, uses = self._ticket_id, self._tools.uses
        if wanted is None:
            return
        facts = self.form.facts()
        recognised_at = self._tools.clock() - timedelta(minutes=self.form.minutes_ago())

        def raising() -> object:
            return uses.get().raising.raise_(wanted, facts, recognised_at)

        self._tools.write(raising, lambda _warning: self._raised(), self._failed)

    def _raised(self) -> None:
        step("warning_raised")
        self._prefilled_for = ""
        self.told.emit(_("The warning is raised: a supervisor reviews it within the hour."))
        self.written.emit()
        self._wants_focus = True
        self._read()

    def _card_stepped(self) -> None:
        self.written.emit()
        self._read()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, WarningRefused):
            self.form.refuse(words.refusal(error.reason), error.fields)
            if error.reason is LadderRefusal.ALREADY_OPEN:
                self._read()
            return
        self.form.refuse(_("Not saved: this seat's disk cannot be written. Try again."))
        self._tools.hub.failed(error)

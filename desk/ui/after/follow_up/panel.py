"""The panel of a ticket's page (Alt+F): the follow-up of this ticket that is due, or one that is made before it is.
What was answered stays when the panel is closed. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from desk.domain.identity import TicketId
from desk.i18n import _
from desk.ui.after.follow_up import words
from desk.ui.after.follow_up.card import FollowUpCard
from desk.ui.after.follow_up.parts import FollowUpTools
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.labels import plain
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.usecases.follow_up_paper import FollowUpRefused, Paper, WhyNot
from desk.usecases.read_ticket import TicketPage

READ = "follow-up-of-ticket"


class FollowUpPanel(TicketPanel):
    def __init__(self, tools: FollowUpTools) -> None:
        super().__init__("follow_up_panel")
        self.setAccessibleName(_("Follow-up"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tools = tools
        self._ticket_id: TicketId | None = None
        self._wants_focus = False
        self._says = plain("muted", wraps=True)
        self.card = FollowUpCard("ticket_follow_up", tools, says_which=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self._says)
        column.addWidget(self.card)
        self.card.hide()
        self.card.told.connect(self.told)
        self.card.made.connect(self._made)

    def open_for(self, page: TicketPage) -> None:
        self._wants_focus = True
        self._look_at(page)

    def refresh(self, page: TicketPage) -> None:
        self._look_at(page)

    def forget(self) -> None:
        self._ticket_id = None
        self.card.show_paper(None)

    def step_back(self) -> bool:
        return self.card.step_back()

    def _look_at(self, page: TicketPage) -> None:
        if page.ticket.ticket_id != self._ticket_id:
            self._ticket_id = page.ticket.ticket_id
            self.card.show_paper(None)
            self._say(_("Looking for what is due ..."))
        self._read()

    def _read(self) -> None:
        wanted, work = self._ticket_id, self._tools.uses.work
        if wanted is None:
            return

        def look() -> Paper | WhyNot:
            try:
                return work.for_ticket(wanted)
            except FollowUpRefused as refused:
                return refused.why

        self._tools.hub.worker.latest(READ, look, lambda found: self._came(wanted, found), owner=self)

    def _came(self, ticket_id: TicketId, found: Paper | WhyNot) -> None:
        if ticket_id != self._ticket_id:
            return
        if isinstance(found, Paper):
            self._say("")
            self.card.show_paper(found)
        elif self.card.paper is None:
            self._say(words.why(found))
        if self._wants_focus:
            self._wants_focus = False
            if isinstance(found, Paper):
                self.card.take_focus()
            else:
                self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            step("follow_up_shown")

    def _made(self) -> None:
        self.written.emit()
        if self.card.view is not None and self.card.view.over:
            self.left.emit()

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

"""The calm line on top of the form that says how the last step ended: filed with its spoken number, joined, or not
possible and why. It stays until the next one; its key opens the ticket. Ui process, Qt's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desk.domain.identity import TicketId
from desk.domain.tickets import Ticket
from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


class Strip(QFrame):
    """`open_requested(ticket_id)`: the agent wants to see the ticket it speaks of."""

    open_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intake_strip")
        self._ticket_id: TicketId | None = None
        self._words = QLabel()
        self._words.setObjectName("intake_strip_words")
        self._words.setWordWrap(True)
        self._number = QLabel()
        self._number.setObjectName("intake_strip_number")
        self._number.setProperty("role", "title")
        self._open = KeyButton("open_filed", _("Open"), "Ctrl+O", "arrow-square-out", "quiet")
        self._open.clicked.connect(self._ask)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        layout.setSpacing(Space.M)
        layout.addWidget(self._words)
        layout.addWidget(self._number)
        layout.addStretch()
        layout.addWidget(self._open)
        self.hide()

    @property
    def text(self) -> str:
        return f"{self._words.text()} {self._number.text()}".strip() if not self.isHidden() else ""

    def say_filed(self, ticket: Ticket, *, closed: bool) -> None:
        self._say(_("Closed at once") if closed else _("Filed"), "banner-go", ticket.number, ticket.ticket_id)

    def say_joined(self, ticket: Ticket, *, by_call: bool) -> None:
        joined = _("The call joins ticket") if by_call else _("Asked again about ticket")
        self._say(joined, "banner-go", ticket.number, ticket.ticket_id)

    def say_trouble(self, text: str) -> None:
        self._say(text, "banner-danger")

    def say_notice(self, text: str) -> None:
        self._say(text, "banner-accent")

    def clear(self) -> None:
        self._ticket_id = None
        self.hide()

    def _say(self, text: str, role: str, number: str = "", ticket_id: TicketId | None = None) -> None:
        self._ticket_id = ticket_id
        self._words.setText(text)
        self._number.setText(number)
        self._number.setVisible(bool(number))
        self._open.setVisible(ticket_id is not None)
        self._open.setEnabled(ticket_id is not None)
        self.setAccessibleName(f"{text} {number}".strip())
        theme.mark(self, role)
        for label in (self._words, self._number):
            theme.repolish(label)
        self.show()

    def _ask(self) -> None:
        if self._ticket_id is not None:
            self.open_requested.emit(self._ticket_id)

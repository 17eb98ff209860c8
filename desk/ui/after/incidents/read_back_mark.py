"""The line on a ticket's page that says that its place is in doubt, and why: nobody is sent before it was read back;
with the key for "no, not there". Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desk.domain.read_back import Ask
from desk.domain.tickets import OPEN_STAGES, Ticket
from desk.i18n import _
from desk.ui import theme
from desk.ui.after.correction.assembly import KEY as CORRECT_KEY
from desk.ui.icons import Picture
from desk.ui.intake import words
from desk.ui.key_button import KeyButton
from desk.ui.theme import Space


class ReadBackMark(QFrame):
    """`denied()`: it was read back, and is not so."""

    denied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("read_back_mark")
        theme.mark(self, "banner-warn")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Picture("map-pin", "on_warn_soft"))
        row.addWidget(self._words, 1)
        self.not_so = KeyButton("read_back_denied", _("Not so"), CORRECT_KEY, "pencil-simple", "quiet", listens=False)
        self.not_so.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.not_so.clicked.connect(lambda: self.denied.emit())
        row.addWidget(self.not_so)
        self.hide()

    def show_ticket(self, ticket: Ticket) -> None:
        """This ticket is in front, as its row is now."""
        why = next((one for one in Ask if one.value == ticket.read_back_asked), None)
        waits = why is not None and ticket.read_back_at is None and ticket.stage in OPEN_STAGES
        if why is not None and waits:
            said = words.read_back(why, ticket.place_text)
            self._words.setText(said)
            self.setAccessibleName(said)
        self.setVisible(waits)


def why_not(ticket: Ticket) -> str:
    """Why it cannot be read back now, "" where it can."""
    if ticket.read_back_at is not None:
        return _("It was read back already")
    return "" if ticket.read_back_asked else _("Nothing about its place is in doubt")

"""A panel of the ticket's page: dispatching, a follow-up, an early warning. One is open at a time, below the ticket's
head; Escape leaves it, and what was typed stays until it is done or the ticket is another one. Ui process, Qt's
thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from desk.ui import theme
from desk.usecases.read_ticket import TicketPage


class TicketPanel(QFrame):
    """`written`: a change was appended; the page is read anew and the centre may have it. `left`: back to the page.
    `told(text)`: a word for the line at the bottom (it went through; why it did not)."""

    written = Signal()
    left = Signal()
    told = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        theme.mark(self, "panel")

    def open_for(self, page: TicketPage) -> None:
        """It is shown for this ticket, with the keyboard on its first field."""
        raise NotImplementedError

    def refresh(self, page: TicketPage) -> None:
        """The ticket's rows have changed while it is open: what is typed stays."""
        raise NotImplementedError

    def forget(self) -> None:
        """Somebody else sits here now: what was typed was not theirs."""
        raise NotImplementedError

    def step_back(self) -> bool:
        """Escape: leave what is open within it. False: nothing was, and the panel is left. Its own Escape key is only
        shown (`listens=False`): the page has it."""
        return False

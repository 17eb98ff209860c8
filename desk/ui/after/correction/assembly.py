"""Puts correcting onto the ticket's page: the panel's key, which the move of that name and the line about a place in
doubt lead to as well. The panel is built when it is first opened. Ui process, Qt's thread; once, when the window is
built."""

from typing import TYPE_CHECKING

from desk.domain.moves import MoveKind
from desk.i18n import _
from desk.ui.intake.parts import IntakeParts
from desk.ui.ticket.page import TicketView
from desk.usecases.correct_ticket import CorrectTicket

if TYPE_CHECKING:
    from desk.ui.after.ticket_panel import TicketPanel

KEY = "Alt+E"


def join_correction(ticket: TicketView, uses: CorrectTicket | None, intake: IntakeParts) -> None:
    """Nothing where nothing can be corrected from this window."""
    if uses is None:
        return

    def panel() -> "TicketPanel":
        from desk.ui.after.correction.panel import CorrectPanel

        return CorrectPanel(uses, intake)

    ticket.action_bar.add(panel, KEY, _("Correct"), "pencil-simple", move=MoveKind.CORRECT)

"""Puts dispatching onto the ticket's page: the panel's key, and the key that calls whoever has the work. The panel is
built when it is first opened. Ui process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from desk.domain.moves import MoveKind
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.ticket.page import TicketView
from desk.usecases.read_ticket import TicketPage

if TYPE_CHECKING:
    from desk.ui.after.dispatch.panel import DispatchPanel
    from desk.ui.after.dispatch.uses import DispatchUses

DISPATCH_KEY, CALL_KEY = "Alt+D", "Alt+C"


class Dispatching:
    """`panel()`: built now at the latest."""

    def __init__(
        self,
        hub: Hub,
        uses: "Callable[[], DispatchUses]",
        ticket: TicketView,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._hub, self._uses, self._clock, self._zone = hub, uses, clock, zone
        self._bar = ticket.action_bar
        self._panel: DispatchPanel | None = None
        self._key = self._bar.add(self.panel, DISPATCH_KEY, _("Dispatch"), "paper-plane-tilt", move=MoveKind.DISPATCH)
        self._bar.add_deed(self._call, CALL_KEY, _("Call handler"), "phone-outgoing", fits=has_handler)

    def panel(self) -> "DispatchPanel":
        if self._panel is None:
            from desk.ui.after.dispatch.panel import DispatchPanel, DispatchTools

            tools = DispatchTools(hub=self._hub, uses=self._uses(), clock=self._clock, zone=self._zone)
            self._panel = DispatchPanel(tools)
        return self._panel

    def open(self) -> None:
        """The panel of the ticket in front (a list's row leads to it, and the move of that name)."""
        self._bar.open(self._key)

    def _call(self, _page: TicketPage) -> None:
        self._bar.open(self._key)
        if self._bar.open_panel is self._panel:  # else the bar has said why it cannot be opened
            self.panel().call_handler()


def has_handler(page: TicketPage) -> str:
    """Why nobody can be called about it, "" where somebody can."""
    return "" if page.ticket.handler_id else _("Nobody has it yet: dispatch it first.")


def join_dispatch(
    hub: Hub,
    uses: "Callable[[], DispatchUses] | None",
    ticket: TicketView,
    clock: Callable[[], datetime],
    zone: tzinfo,
) -> Dispatching | None:
    """None where nothing can be dispatched from this window."""
    return Dispatching(hub, uses, ticket, clock, zone) if uses is not None else None

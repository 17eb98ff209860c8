"""Puts early warnings into the places that the window has for them: a page over the middle with its key, a lamp, a
panel on the ticket's page. The page and the panel are built when they are first opened. Ui process, Qt's thread; once,
when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

from desk.i18n import _
from desk.ui.after.warnings.parts import KEY, PANEL_KEY, LateUses, WarningTools, WarningUses
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.lamps.warnings import WarningLamp
from desk.ui.middle import Middle
from desk.ui.ticket.page import TicketView

if TYPE_CHECKING:
    from desk.ui.after.warnings.panel import WarningPanel


class Warnings:
    """`lamp` stands with the others. `panel()`: the panel of the ticket's page, built now at the latest (a follow-up
    that ends unsatisfied offers it, see `WarningPanel.offer`)."""

    def __init__(
        self,
        hub: Hub,
        uses: Callable[[], WarningUses],
        middle: Middle,
        ticket: TicketView,
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
        play: Callable[[str], None],
    ) -> None:
        """`nudge`: something was appended, the centre may have it. `play`: a call is to be heard."""
        late = LateUses(uses)
        self.lamp = WarningLamp(hub, lambda: late.get().reading.all())
        self._hub, self._middle = hub, middle
        self._ticket = ticket

        def written() -> None:
            hub.store_works()
            nudge()
            self.lamp.look()
            ticket.refresh()

        self._tools = WarningTools(hub=hub, uses=late, clock=clock, zone=zone, written=written, play=play)
        self._panel: WarningPanel | None = None
        self._page = middle.pages.late_cover(self._build_page)
        QShortcut(QKeySequence(KEY), middle, self.toggle).setWhatsThis(_("Early warnings"))
        self.lamp.wanted.connect(self.toggle)
        self._panel_key = ticket.action_bar.add(self.panel, PANEL_KEY, _("Early warning"), "warning-octagon")

    def toggle(self) -> None:
        """Show the page; what it covered where it is in front already."""
        if self._hub.agent is not None:
            self._middle.pages.toggle(self._page.get())

    def show(self, warning_id: str) -> None:
        """The page, with this one chosen."""
        from desk.ui.after.warnings.page import WarningsPage

        page = self._page.get()
        if isinstance(page, WarningsPage):
            page.choose(warning_id)
            if not page.isVisible():
                self._middle.pages.toggle(page)

    def panel(self) -> "WarningPanel":
        if self._panel is None:
            from desk.ui.after.warnings.panel import WarningPanel

            self._panel = WarningPanel(self._tools)
        return self._panel

    def offer(self, unhappy_with: str) -> None:
        """Open the panel of the ticket in front, with these words in it."""
        self.panel().offer(unhappy_with)
        self._ticket.action_bar.open(self._panel_key)

    def _build_page(self) -> Cover:
        from desk.ui.after.warnings.page import WarningsPage

        return WarningsPage(self._tools, self._middle.show_ticket)

"""Puts incidents and notices into the places that the window has for them: the banner below the calls, the page over
the middle with its key, the key of the ticket's page that says its place was read back. The radar is asked whenever
tickets or calls have changed, and once a minute for what is over. The page is built when it is first opened. Ui
process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from desk.domain.identity import TicketId
from desk.domain.moves import MoveKind
from desk.domain.radar import Alarm
from desk.i18n import _
from desk.ui.after.incidents import presenter, words
from desk.ui.after.incidents.banner import PAGE_KEY, IncidentBanner
from desk.ui.after.incidents.parts import IncidentTools, IncidentUses
from desk.ui.after.incidents.read_back_mark import ReadBackMark, why_not
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.middle import Middle
from desk.ui.rows_presenter import CategoryName
from desk.ui.side.panel import SidePanel
from desk.ui.steps import step
from desk.ui.ticket.page import TicketView
from desk.ui.worker import LAMPS_LANE, SAVE_LANE
from desk.usecases.confirm_incident import Confirmed
from desk.usecases.file_ticket import IntakeRefused
from desk.usecases.read_ticket import TicketPage

if TYPE_CHECKING:
    from desk.ui.after.incidents.page import IncidentPage

WATCH = "incident-watch"
SOON_MS = 300  # changes come in bunches
AGAIN_MS = 60_000
_WATCHED = frozenset({"ticket", "call", "incident", "building"})


class Incidents(QObject):
    """`banner` is given its place by the window. `alarms`: what the radar sees now, the newest first."""

    def __init__(
        self,
        hub: Hub,
        uses: IncidentUses,
        middle: Middle,
        ticket: TicketView,
        side: SidePanel,
        category: CategoryName,
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
        told: Callable[[str], None],
    ) -> None:
        """`nudge`: something was appended, the centre may have it. `told`: a word for the line at the bottom."""
        super().__init__(middle)
        self._hub, self._uses, self._middle, self._side = hub, uses, middle, side
        self._ticket, self._nudge, self._told = ticket, nudge, told
        self.alarms: list[Alarm] = []
        self._put_away: set[str] = set()
        self._tools = IncidentTools(
            hub=hub,
            uses=uses,
            category=category,
            clock=clock,
            zone=zone,
            written=self._written,
            told=told,
            open_ticket=middle.show_ticket,
        )
        self.banner = IncidentBanner()
        self.banner.confirm_wanted.connect(self._confirm)
        self.banner.page_wanted.connect(self.toggle)
        self.banner.put_away.connect(self._away)
        self._page = middle.pages.late_cover(self._build_page)
        QShortcut(QKeySequence(PAGE_KEY), middle, self.toggle)
        self._key = ticket.action_bar.add_deed(
            self._read_back, "Alt+V", _("Read back"), "map-pin", fits=self._may_be_read_back
        )
        self._mark = ReadBackMark()
        self._mark.denied.connect(lambda: ticket.action_bar.opens_for(MoveKind.CORRECT))
        ticket.marks_place.addWidget(self._mark)
        ticket.ticket_changed.connect(lambda _ticket_id: self._mark.hide())
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.look)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.look)
        self._again.start()
        hub.rows_changed.connect(self._rows_changed)
        hub.agent_changed.connect(self.look)
        hub.lock_changed.connect(self._show)
        middle.form.filed.connect(lambda _ticket: self._soon.start())
        middle.form.joined.connect(lambda _ticket_id: self._soon.start())
        hub.callers.pop_changed.connect(lambda _call_id: self._show_reply())
        hub.callers.subject_changed.connect(lambda _call_id: self._show_reply())

    def toggle(self) -> None:
        """Show the page; what it covered where it is in front already."""
        if self._hub.agent is not None:
            self._middle.pages.toggle(self._page.get())

    def look(self) -> None:
        """Ask the radar. What it sees for the first time is kept, in the name of whoever sits here."""
        if self._hub.agent is None:
            self._came((), kept=False)
            return
        watching = self._uses.watching

        def read() -> tuple[list[Alarm], bool]:
            found = watching.look()
            return found, bool(watching.note(found))

        self._hub.worker.latest(
            WATCH, read, lambda found: self._came(found[0], kept=found[1]), lane=LAMPS_LANE, owner=self
        )

    def _came(self, alarms: "list[Alarm] | tuple[()]", *, kept: bool) -> None:
        new = {one.id for one in alarms} - {one.id for one in self.alarms}
        self.alarms = list(alarms)
        if kept:
            self._nudge()
        for one in sorted(new):
            step("incident_seen", incident_id=one)
        self._show()
        self._show_reply()

    def _show(self) -> None:
        hub, tools = self._hub, self._tools
        shown = hub.agent is not None and not hub.locked
        view = presenter.banner(self.alarms, frozenset(self._put_away), tools.tongue()) if shown else None
        self.banner.show_view(view)

    def _show_reply(self) -> None:
        """Whoever calls from the building of a confirmed incident is told what its reply says."""
        callers = self._hub.callers
        pop = callers.pop(callers.subject)
        candidates = pop.profile.candidates if pop.profile else ()
        building = candidates[pop.chosen].building if candidates else None
        found = presenter.at_building(self.alarms, building)
        reply = found.incident.reply if found is not None and found.incident is not None else ""
        self._side.show_reply(reply)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if _WATCHED.intersection(entities):
            self._soon.start()

    def _confirm(self, incident_id: str) -> None:
        """The banner's key: with the usual reply and all who reported."""
        alarm = next((one for one in self.alarms if one.id == incident_id), None)
        confirming = self._uses.confirming
        if alarm is not None:
            self._hub.worker.run(
                lambda: confirming.confirm(alarm), self._confirmed, self._failed, lane=SAVE_LANE, owner=self
            )

    def _failed(self, error: Exception) -> None:
        if isinstance(error, IntakeRefused):
            self._told(words.not_made())
        else:
            self._hub.failed(error)

    def _confirmed(self, made: Confirmed) -> None:
        self._written()
        said = _("Ticket {number} is made; {n} to call back.")
        self._told(said.format(number=made.parent.number, n=len(made.call_backs)))
        step("incident_confirmed", incident_id=made.incident.incident_id, ticket_id=made.parent.ticket_id)
        if not self._middle.is_busy():  # nothing takes a form away that somebody is typing in
            page = self._incident_page()
            page.show_incident(made.incident.incident_id)
            if not page.isVisible():
                self._middle.pages.toggle(page)

    def _away(self, incident_id: str) -> None:
        self._put_away.add(incident_id)
        self._show()

    def _may_be_read_back(self, page: TicketPage) -> str:
        """Asked whenever the page has been read: what is in doubt is shown with it."""
        self._mark.show_ticket(page.ticket)
        why = why_not(page.ticket)
        self._key.setVisible(not why)  # for most tickets there is nothing to read back: no room is taken for it
        return why

    def _read_back(self, page: TicketPage) -> None:
        """Somebody has read the place of the ticket in front back to the resident, who agreed."""
        gate, ticket_id = self._uses.read_back, page.ticket.ticket_id

        def done(_none: None) -> None:
            self._written()
            self._ticket.refresh()
            self._told(_("The place is read back. It can be dispatched."))

        self._hub.worker.run(lambda: gate.done(TicketId(ticket_id)), done, lane=SAVE_LANE, owner=self)

    def _written(self) -> None:
        """Tickets, promises and incidents have changed: whoever shows them reads them anew, as after sync."""
        self._hub.store_works()
        self._nudge()
        self._hub.rows_changed.emit(("ticket", "promise", "incident", "notice"))

    def _incident_page(self) -> "IncidentPage":
        from desk.ui.after.incidents.page import IncidentPage

        page = self._page.get()
        assert isinstance(page, IncidentPage)  # noqa: S101 - it is what `_build_page` gives
        return page

    def _build_page(self) -> Cover:
        from desk.ui.after.incidents.page import IncidentPage

        return IncidentPage(self._tools)

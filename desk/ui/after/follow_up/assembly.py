"""Puts follow-ups into the places that the window has for them: a panel on the ticket's page, and a page over the
middle with its key. Both are built when they are first opened. Ui process, Qt's thread; once, when the window is
built."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from desk.domain.listening import Role
from desk.domain.moves import MoveKind
from desk.domain.tickets import OPEN_STAGES, Stage
from desk.i18n import _
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.middle import Middle
from desk.ui.ticket.page import TicketView
from desk.ui.worker import SAVE_LANE
from desk.usecases.read_ticket import TicketPage

if TYPE_CHECKING:
    from desk.ui.after.follow_up.panel import FollowUpPanel
    from desk.ui.after.follow_up.parts import FollowUpTools, FollowUpUses
    from desk.ui.after.warnings.assembly import Warnings

KEY, PANEL_KEY = "Ctrl+Shift+F", "Alt+F"
ROUNDS_AFTER_MS = 60_000  # after the sign-in: the seat has other things to do first


def fits(page: TicketPage) -> str:
    """Why nothing is to be followed up now, "" where something is. A closed ticket may have a spot check."""
    stage = page.ticket.stage
    if stage is Stage.REGISTERED or (stage not in OPEN_STAGES and stage is not Stage.CLOSED):
        return _("Nothing is to be followed up: the ticket has not been dispatched, or it is closed.")
    return ""


@runtime_checkable
class OnePage(Protocol):
    """`desk.ui.after.follow_up.page.FollowUpsPage`, which is not imported before it is opened."""

    def want(self, follow_up_id: str) -> None: ...


class FollowUpPlaces:
    def __init__(
        self,
        hub: Hub,
        uses: "Callable[[], FollowUpUses] | None",
        middle: Middle,
        ticket: TicketView,
        category: Callable[[str], str],
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
        warnings: "Warnings | None",
        tell: Callable[[str], None],
    ) -> None:
        """`uses` None: there is nothing to follow up with. `nudge`: something was appended, the centre may have it.
        `tell`: a word for the line at the bottom."""
        self._hub, self._uses, self._middle, self._ticket = hub, uses, middle, ticket
        self._category, self._clock, self._zone, self._nudge = category, clock, zone, nudge
        self._warnings, self._tell = warnings, tell
        self._tools: FollowUpTools | None = None
        if uses is None:
            return
        self._page = middle.pages.late_cover(self._build_page)
        QShortcut(QKeySequence(KEY), middle, self.toggle)
        self._rounds = QTimer(middle, singleShot=True, interval=ROUNDS_AFTER_MS)
        self._rounds.timeout.connect(self._see_to_surveys)
        hub.agent_changed.connect(self._rounds.start)
        hub.follow_up_wanted.connect(self.show_one)
        ticket.action_bar.add(
            self._build_panel, PANEL_KEY, _("Follow-up"), "phone-outgoing", fits=fits, leads=MoveKind.FOLLOW_UP
        )

    def toggle(self) -> None:
        """Show the page; what it covered where it is in front already."""
        if self._hub.agent is not None:
            self._middle.pages.toggle(self._page.get())

    def show_one(self, follow_up_id: str) -> None:
        """Open the page with this one in hand."""
        page = self._page.get()
        if self._hub.agent is None or not isinstance(page, OnePage):
            return
        page.want(follow_up_id)
        if not page.isVisible():
            self._middle.pages.toggle(page)

    def tools(self) -> "FollowUpTools":
        from desk.ui.after.follow_up.parts import FollowUpTools

        if self._tools is None:
            assert self._uses is not None  # noqa: S101 - its keys are there only with it
            self._tools = FollowUpTools(
                hub=self._hub,
                uses=self._uses(),
                clock=self._clock,
                zone=self._zone,
                category=self._category,
                written=self._written,
                warn=self._warn if self._warnings is not None else None,
            )
        return self._tools

    def _see_to_surveys(self) -> None:
        """Surveys that come round are made, and those whose time is over are ended, by a supervisor's sign-in: nobody
        has to think of it. On a worker, when the seat has settled."""
        agent, build = self._hub.agent, self._uses
        if agent is None or build is None:
            return

        def see_to_it() -> int:
            uses = build()
            if uses.listener().role is not Role.SUPERVISOR:
                return 0
            return uses.surveys.end_overdue() + len(uses.surveys.make_due(agent.number))

        self._hub.worker.run(see_to_it, lambda count: self._written() if count else None, lane=SAVE_LANE)

    def _written(self) -> None:
        self._hub.store_works()
        self._nudge()
        self._ticket.refresh()

    def _warn(self, ticket_id: str, words: str) -> None:
        """A warning is to be raised, which begins with what was said."""
        if self._warnings is None:
            return
        if self._ticket.isVisible() and self._ticket.ticket_id == ticket_id:
            self._warnings.offer(words)
            return
        self._warnings.panel().offer(words)
        self._middle.show_ticket(ticket_id)
        self._tell(_("Alt+W raises the early warning; what the resident said is filled in."))

    def _build_panel(self) -> "FollowUpPanel":
        from desk.ui.after.follow_up.panel import FollowUpPanel

        return FollowUpPanel(self.tools())

    def _build_page(self) -> Cover:
        from desk.ui.after.follow_up.page import FollowUpsPage

        return FollowUpsPage(self.tools(), self._middle.show_ticket)

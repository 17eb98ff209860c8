"""Puts conflicts into the places that the window has for them: beside a ticket, above the form, a page over the middle
with its key, a lamp. Ui process, Qt's thread; once, when the window is built."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtGui import QKeySequence, QShortcut

from desk.ui.conflict.form_news import FormNews
from desk.ui.conflict.marks import MarksView
from desk.ui.conflict.page import KEY, ConflictPage
from desk.ui.conflict.parts import ConflictParts, ConflictUses
from desk.ui.hub import Hub
from desk.ui.lamps.conflicts import ConflictLamp
from desk.ui.middle import Middle
from desk.ui.rows_presenter import CategoryName
from desk.ui.ticket.page import TicketView


def join_conflicts(
    hub: Hub,
    uses: ConflictUses,
    middle: Middle,
    ticket: TicketView,
    category: CategoryName,
    clock: Callable[[], datetime],
    zone: tzinfo,
    nudge: Callable[[], None],
) -> ConflictLamp:
    """The lamp, which stands with the others. `nudge`: something was appended, the centre may have it."""
    lamp = ConflictLamp(hub, uses.reading.count)

    def written() -> None:
        hub.store_works()
        nudge()
        ticket.refresh()
        hub.callers.refresh_card()
        lamp.look()

    parts = ConflictParts(hub=hub, uses=uses, category=category, clock=clock, zone=zone, written=written)
    marks = MarksView(parts, "ticket_marks")
    ticket.marks_place.addWidget(marks)
    ticket.ticket_changed.connect(lambda ticket_id: marks.show_thing("ticket", ticket_id))
    hub.rows_changed.connect(lambda _entities: marks.refresh_if_shown())
    FormNews(parts, middle.form, middle)
    page = ConflictPage(parts, middle.show_ticket)
    middle.pages.add_cover(page)
    QShortcut(QKeySequence(KEY), middle, lambda: middle.pages.toggle(page) if hub.agent else None)
    lamp.wanted.connect(lambda: middle.pages.toggle(page) if hub.agent else None)
    return lamp

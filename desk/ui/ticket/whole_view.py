"""Everything of a ticket read and put into words in one go, on the worker: a ticket of many steps takes longer than a
window may stand still. No Qt."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from desk.ui.after import due_words
from desk.ui.rows_presenter import CategoryName
from desk.ui.ticket import presenter, tasks_presenter, timeline_presenter
from desk.ui.ticket.presenter import TicketPageView
from desk.ui.ticket.tasks_presenter import TaskLine
from desk.ui.ticket.timeline_presenter import TimeLine
from desk.ui.ticket.uses import TicketUses, Whole, read_whole
from desk.usecases.read_ticket import TicketPage
from desk.usecases.read_timeline import Timeline

MOST = 150  # steps on the screen, the newest; the paper has them all


@dataclass(frozen=True, slots=True)
class WholeView:
    """`note` stands below the timeline. `has_course` False: only the ticket itself is shown."""

    whole: Whole
    page: TicketPageView
    tasks: tuple[TaskLine, ...] = ()
    timeline: tuple[TimeLine, ...] = ()
    note: str = ""
    has_course: bool = False


def view_of(
    page: TicketPage, uses: TicketUses | None, category: CategoryName, now: datetime, zone: tzinfo
) -> WholeView:
    """`uses` None: the ticket alone."""
    if uses is None:
        alone = Whole(page, Timeline(page.ticket.ticket_id))
        return WholeView(alone, presenter.present(page, category, now, zone))
    whole = read_whole(page, uses)
    view = presenter.present(page, category, now, zone, whole.staff)
    lines = timeline_presenter.present(whole.timeline, whole.page, view.calls, category, now, zone)
    chip = due_words.next_chip(page.ticket, uses.clocks, now)
    return WholeView(
        whole,
        replace(view, chips=(*view.chips, chip)) if chip is not None else view,
        tasks_presenter.present(whole.page.tasks, whole.staff, uses.clocks, now, zone),
        lines[:MOST],
        timeline_presenter.note(whole.timeline, len(lines) - MOST),
        has_course=True,
    )

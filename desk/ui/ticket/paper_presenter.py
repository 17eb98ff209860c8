"""A ticket as it goes onto paper: the same facts as on the page, then its tasks, calls and timeline, the oldest first
as a report is read. Values only; `desk.ui.ticket.paper` draws them. No Qt; pure functions."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.clocks import Clocks
from desk.i18n import _
from desk.ui.rows_presenter import CategoryName
from desk.ui.ticket import presenter, tasks_presenter, timeline_presenter
from desk.ui.ticket.uses import Whole


@dataclass(frozen=True, slots=True)
class PaperRow:
    """`lead` stands in the left column, `text` beside it, `small` below the text."""

    lead: str
    text: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class PaperPart:
    title: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """`head` stands on every page with the page's number; `foot` says when and by whom it was printed."""

    company: str
    head: str
    title: str
    chips: str
    description: str
    parts: tuple[PaperPart, ...]
    foot: str


def present(
    whole: Whole,
    clocks: Clocks,
    category: CategoryName,
    company: str,
    printed_by: str,
    now: datetime,
    zone: tzinfo,
) -> Paper:
    printed_at = now
    # paper is read later: neither "yesterday" nor a time without its day, but for the first of January
    now = now.astimezone(zone).replace(month=1, day=1, hour=0, minute=0)
    view = presenter.present(whole.page, category, now, zone, whole.staff)
    tasks = tasks_presenter.present(whole.page.tasks, whole.staff, clocks, now, zone)
    lines = timeline_presenter.present(whole.timeline, whole.page, view.calls, category, now, zone, on_paper=True)
    parts = (
        PaperPart(_("Facts"), tuple(PaperRow(fact.label, fact.value) for fact in view.facts)),
        PaperPart(
            _("Tasks"),
            tuple(
                PaperRow(", ".join(chip.text for chip in task.chips[:1]), task.head, _below(task.who, task.said))
                for task in tasks
            ),
        ),
        PaperPart(_("Calls"), tuple(PaperRow("", call.head, call.state) for call in view.calls)),
        PaperPart(
            _("Timeline"),
            tuple(
                PaperRow(_below(f"{line.said_at.astimezone(zone):%Y-%m-%d %H:%M}", line.who), line.text, line.detail)
                for line in lines
            ),
        ),
    )
    return Paper(
        company=company,
        head=_("Ticket {number}").format(number=view.number),
        title=view.title,
        chips=" · ".join(chip.text for chip in view.chips),
        description=view.description or _("Nothing was written down."),
        parts=tuple(part for part in parts if part.rows),
        foot=_("Printed {time} by {name}").format(
            time=f"{printed_at.astimezone(zone):%Y-%m-%d %H:%M}", name=printed_by or _("Desk")
        ),
    )


def _below(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def file_name(number: str, tries: int = 0) -> str:
    """ "20261122-S01-003.pdf"; with a number behind it where that file cannot be written (it is open elsewhere)."""
    kept = "".join(c for c in number if c.isalnum() or c in "-_") or "ticket"
    return f"{kept}-{tries + 1}.pdf" if tries else f"{kept}.pdf"

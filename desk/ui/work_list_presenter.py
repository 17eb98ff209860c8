"""What is open at this seat, as rows: drafts, tickets and calls of late. No Qt; pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.drafts import Draft
from desk.i18n import _
from desk.ui import words
from desk.ui.rows_presenter import CategoryName, Row, call_row, short_time, ticket_row
from desk.usecases.read_work import Work

SHOWN = 15
_ABOUT = ("category", "place", "appointment")  # unresolved text that tells what a draft is about


@dataclass(frozen=True, slots=True)
class WorkView:
    tickets: tuple[Row, ...] = ()
    calls: tuple[Row, ...] = ()


def draft_row(draft: Draft, category: CategoryName, now: datetime, zone: tzinfo, *, shown: bool) -> Row:
    """A draft by what tells it apart: who, what about, where."""
    intake = draft.intake
    about = category(intake.category) if intake.category else intake.typed.get("category", "")
    parts = (intake.caller_name, about, intake.place.text or intake.typed.get("place", ""), intake.description)
    text = " · ".join(" ".join(part.split()) for part in parts if part.strip())
    lead = words.kind(intake.kind) if intake.kind else _("Draft")
    tail = _("in the form") if shown else short_time(draft.started_at, now, zone)
    return Row(lead, text or _("Nothing written yet"), tail, f"draft:{draft.draft_id}", "accent" if shown else "")


def drafts(
    drafts: Collection[Draft], in_form: str, category: CategoryName, now: datetime, zone: tzinfo
) -> tuple[Row, ...]:
    """`drafts` as the window has them (they are newer than the store's), newest first; `in_form`: the one in the
    form."""
    newest: Sequence[Draft] = sorted(drafts, key=lambda draft: draft.started_at, reverse=True)
    return tuple(draft_row(d, category, now, zone, shown=d.draft_id == in_form) for d in newest)


def present(work: Work | None, category: CategoryName, now: datetime, zone: tzinfo) -> WorkView:
    return WorkView(
        tuple(ticket_row(t, category, now, zone) for t in work.tickets[:SHOWN]) if work else (),
        tuple(call_row(c, now, zone) for c in work.calls[:SHOWN]) if work else (),
    )

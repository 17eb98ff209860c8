"""Lines of the lists and chips, as values: tickets and past calls turned into text. No Qt; pure functions; the time
zone comes in as an argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.call_log import CallEntry
from desk.domain.notices import Notice
from desk.domain.numbers import read_number
from desk.domain.party import Direction
from desk.domain.tickets import OPEN_STAGES, Priority, Ticket
from desk.i18n import _
from desk.ui import words

CategoryName = Callable[[str], str]  # code -> name in the agent's language, "" where the tree has none


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: `lead` stands first and stronger, `text` is the substance, `tail` small at the end. `target`
    is what opens: "ticket:ID", "call:ID", "" nothing. `tone`: "" or a chip's colour (accent, warn, danger, go).
    `call_id`: the call that the row stands for, "" none."""

    lead: str
    text: str
    tail: str
    target: str = ""
    tone: str = ""
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str = ""


def notice_time(notice: Notice, now: datetime, zone: tzinfo) -> str:
    """Until when it applies, or from when on."""
    if notice.start > now:
        return _("from {time}").format(time=short_time(notice.start, now, zone))
    return _("until {time}").format(time=short_time(notice.until, now, zone))


def short_time(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "14:05" today, "昨天 14:05", "11-19 14:05" this year, "2025-11-19" before."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return _("yesterday {time}").format(time=f"{local:%H:%M}")
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def ticket_row(ticket: Ticket, category: CategoryName, now: datetime, zone: tzinfo) -> Row:
    pressing = ticket.priority in (Priority.URGENT, Priority.HIGH)
    is_open = ticket.stage in OPEN_STAGES
    tone = "" if not is_open else "warn" if pressing else "accent"
    lead = words.stage(ticket.stage)
    if is_open and ticket.warning_id:
        lead, tone = _("{stage}, early warning").format(stage=lead), "danger"
    about = category(ticket.category) or words.kind(ticket.kind)
    text = _("{about}: {words}").format(about=about, words=ticket.description) if ticket.description else about
    tail = f"{ticket.number} · {short_time(ticket.registered_at, now, zone)}"
    return Row(lead, " ".join(text.split()), tail, f"ticket:{ticket.ticket_id}", tone)


def call_row(call: CallEntry, now: datetime, zone: tzinfo) -> Row:
    """A past call: its outcome, who, how long, when. With a ticket it opens that."""
    lead = words.outcome(call.outcome) or _("Call")
    if call.direction is Direction.OUTGOING:
        lead = _("Outgoing: {outcome}").format(outcome=lead)
    number = read_number(call.number).shown or call.number or _("Number withheld")
    talked = ""
    if call.answered_at and call.ended_at:
        seconds = int((call.ended_at - call.answered_at).total_seconds())
        talked = _("{m} min {s} s").format(m=seconds // 60, s=seconds % 60)
    tail = " · ".join(p for p in (talked, short_time(call.offered_at, now, zone)) if p)
    target = f"ticket:{call.ticket_id}" if call.ticket_id else f"call:{call.call_id}"
    return Row(lead, number, tail, target, "" if call.answered_at else "warn", call.call_id)

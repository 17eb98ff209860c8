"""A ticket's timeline as text: every change, call, recording, message, attempt, follow-up and warning, who and when, in
plain words. The newest comes first, as whoever opens a ticket during a call asks "what was done last"; on paper the
oldest does. No Qt; pure functions; time and zone are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from desk.domain.call_log import Outcome
from desk.domain.numbers import read_number
from desk.domain.party import Direction
from desk.i18n import _
from desk.ui import words
from desk.ui.rows_presenter import CategoryName, short_time
from desk.ui.ticket import trail_others, trail_words
from desk.ui.ticket.presenter import CallLine, duration
from desk.ui.ticket.trail_words import Ground, Said
from desk.usecases.read_ticket import TicketCall, TicketPage
from desk.usecases.read_timeline import Moment, Timeline

_TOGETHER = timedelta(seconds=2)  # what one key press wrote


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One step. `when`, `who` are "" where they are those of the line above. `call_id`: the call it is, `key` what
    plays it. `said_at` is its time, for whoever sorts or prints."""

    said_at: datetime
    when: str
    who: str
    text: str
    detail: str = ""
    icon: str = "circle"
    tone: str = ""
    call_id: str = ""
    key: str = ""


def present(
    timeline: Timeline,
    page: TicketPage,
    calls: Sequence[CallLine],
    category: CategoryName,
    now: datetime,
    zone: tzinfo,
    *,
    on_paper: bool = False,
) -> tuple[TimeLine, ...]:
    """Newest first; `on_paper` the oldest first, and each line with its time and author. `calls`: the page's calls as
    they are shown, for their state and key. What one key press wrote stays in its order either way."""
    ground = Ground(timeline.name, category, now, zone)
    lines = _steps(timeline.moments, ground)
    shown = {call.call_id: call for call in calls}
    lines += [
        line for call in page.calls if (line := _call(call, shown.get(call.call_id), timeline, now, zone)) is not None
    ]
    lines.sort(key=lambda line: line.said_at, reverse=not on_paper)
    return tuple(lines if on_paper else _without_repeats(lines))


def note(timeline: Timeline, left_out: int) -> str:
    """What to say below the last line, "" where nothing is missing. `left_out`: earlier steps that are not shown."""
    if left_out > 0:
        return _("{n} earlier steps stand on the printed page (Ctrl+Shift+Y).").format(n=left_out)
    if timeline.whole:
        return ""
    return _("This PC was filled from the centre later: of what was before, only the times of the stages are here.")


def _steps(moments: Sequence[Moment], ground: Ground) -> list[TimeLine]:
    """A line for each moment; what a move wrote of the ticket and of its tasks is one."""
    of_step: dict[str, list[Moment]] = {}
    for moment in moments:
        if step := str(moment.patch.get("step") or ""):
            of_step.setdefault(step, []).append(moment)
    lines, done = [], set[str]()
    for moment in moments:
        step = str(moment.patch.get("step") or "")
        if step in done:
            continue
        together = of_step.get(step, [moment])
        done.update({step} if step else ())
        said = _together([one for part in together if (one := _said(part, ground)) is not None])
        if said is not None:
            told = "\n".join(part for part in (said.detail, _arrival(together[0], ground)) if part)
            lines.append(_line(replace(said, detail=told), together[0].at, _who(together[0], ground), ground))
    return lines


def _said(moment: Moment, ground: Ground) -> Said | None:
    return trail_words.said(moment, ground) if moment.entity == "ticket" else trail_others.said(moment, ground)


def _together(said: Sequence[Said]) -> Said | None:
    """What one step did, told as one thing: its head is what says most, the rest stands below, nothing twice."""
    if not said:
        return None
    head = next((one for one in said if not one.is_clock), said[0])
    below = [line for one in said for line in ("" if one is head else one.text, *one.detail.split("\n")) if line]
    return replace(head, detail="\n".join(dict.fromkeys(below)))


def _line(said: Said, at: datetime, who: str, ground: Ground) -> TimeLine:
    return TimeLine(at, short_time(at, ground.now, ground.zone), who, said.text, said.detail, said.icon, said.tone)


def _who(moment: Moment, ground: Ground) -> str:
    name = ground.name(moment.who) if moment.who else ""
    by = _("brought by {role}").format(role=ground.name(moment.brought_by)) if moment.brought_by else ""
    return " · ".join(part for part in (name, moment.seat, by) if part)


def _arrival(moment: Moment, ground: Ground) -> str:
    """What the centre's clock says to it, "" where it agrees."""
    arrived, said = moment.arrived_at, moment.seat_said
    if arrived is None or said is None:
        return ""
    if said > arrived:
        return _("The clock of {seat} was ahead: it said {time}.").format(
            seat=moment.seat, time=short_time(said, ground.now, ground.zone)
        )
    return _("Arrived at the centre at {time}.").format(time=short_time(arrived, ground.now, ground.zone))


def _call(call: TicketCall, shown: CallLine | None, timeline: Timeline, now: datetime, zone: tzinfo) -> TimeLine | None:
    entry = call.entry
    if entry is None:
        return None  # it is not over: the page shows it above
    number = read_number(entry.number).shown or entry.number or _("Number withheld")
    outgoing = entry.direction is Direction.OUTGOING
    head = _("Called {number}") if outgoing else _("Call from {number}")
    parts = [head.format(number=number), words.outcome(entry.outcome)]
    if entry.answered_at and entry.ended_at:
        parts.append(duration(int((entry.ended_at - entry.answered_at).total_seconds() * 1000)))
    missed = entry.outcome not in (Outcome.ANSWERED, Outcome.TRANSFERRED)
    who = " · ".join(part for part in (timeline.name(entry.agent) if entry.agent else "", entry.seat) if part)
    return TimeLine(
        entry.offered_at,
        short_time(entry.offered_at, now, zone),
        who,
        " · ".join(part for part in parts if part),
        shown.state if shown is not None else "",
        "phone-outgoing" if outgoing else "phone-incoming",
        "warn" if missed else "",
        call.call_id if shown is not None and shown.playable else "",
        shown.key if shown is not None else "",
    )


def _without_repeats(lines: Sequence[TimeLine]) -> list[TimeLine]:
    """Lines that one key press wrote say their time and author once."""
    shown: list[TimeLine] = []
    above: TimeLine | None = None
    for line in lines:
        together = (
            above is not None
            and above.who == line.who
            and above.when == line.when
            and abs(above.said_at - line.said_at) <= _TOGETHER
        )
        shown.append(_bare(line) if together else line)
        above = line
    return shown


def _bare(line: TimeLine) -> TimeLine:
    return TimeLine(line.said_at, "", "", line.text, line.detail, line.icon, line.tone, line.call_id, line.key)

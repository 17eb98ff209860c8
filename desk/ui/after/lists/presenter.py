"""Work lists as they are read: the cells of a row, the whole of the chosen one, what a heading says. No Qt; pure
functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from desk.domain import what_next
from desk.domain.attempts import Attempt, Outcome
from desk.domain.estate import Staff
from desk.domain.moves import MoveKind, MoveRefused
from desk.domain.numbers import read_number
from desk.domain.outcome_rules import ANSWERS
from desk.domain.tickets import Priority
from desk.domain.what_next import CALLS, Errand, What, When, Whom
from desk.domain.work_lists import Column, GroupBy, Moment, WorkItem
from desk.i18n import _, ngettext
from desk.ui import words as hotline_words
from desk.ui.after import words as after_words
from desk.ui.after.due_words import left
from desk.ui.after.lists import words
from desk.ui.after.warnings import words as warning_words
from desk.ui.rows_presenter import CategoryName, short_time
from desk.ui.ticket import move_words
from desk.usecases.promise import PromiseRefused
from desk.usecases.work_through import Came

PANELS = {  # what has to be filled in on the ticket's page, by the key of its panel there
    Errand.DISPATCH: "Alt+D",
    Errand.DISPATCH_AGAIN: "Alt+D",
    Errand.FOLLOW_UP: "Alt+F",
    Errand.STEP_WARNING: "Alt+W",
}
_TONES = {When.LATE: "danger", When.NOW: "warn", When.SOON: "warn", When.LATER: ""}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and codes are called. `staff` by staff id, `people` by work number, `buildings` by id."""

    category: CategoryName
    staff: Mapping[str, str]
    people: Mapping[str, str]
    buildings: Mapping[str, str]

    def owner(self, number: str) -> str:
        """Of a post on the ladder of warnings ("site_head") its own name."""
        return self.people.get(number) or warning_words.turn(number)


def names_of(category: CategoryName, staff: Sequence[Staff], buildings: Mapping[str, str]) -> Names:
    return Names(
        category,
        {one.staff_id: one.name for one in staff},
        {one.number: one.name for one in staff},
        buildings,
    )


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A row of the table. `cells`: text by column. `tone` of its limit. `urgent`: its place is marked."""

    cells: Mapping[Column, str]
    tone: str
    urgent: bool
    spoken: str


def when_of(item: WorkItem, moment: Moment) -> When:
    return what_next.when(item.due_at, moment.now, moment.at_hand, moment.soon)


def line(item: WorkItem, moment: Moment, names: Names, zone: tzinfo) -> WorkLine:
    ticket = item.ticket
    at = when_of(item, moment)
    category = names.category(ticket.category) if ticket else ""
    matter = " · ".join(part for part in (category, _task(item, category), _said(item)) if part)
    cells = {
        Column.ERRAND: words.errand(item.errand),
        Column.DUE: left(item.due_at, moment.now) if item.due_at else "",
        Column.NUMBER: ticket.number if ticket else "",
        Column.PRIORITY: hotline_words.priority(ticket.priority) if ticket else "",
        Column.PLACE: ticket.place_text if ticket else item.caller_name,
        Column.CATEGORY: matter,
        Column.STAGE: hotline_words.stage(ticket.stage) if ticket else "",
        Column.OWNER: names.owner(item.owner) or _("nobody"),
        Column.HANDLER: names.staff.get(item.handler_id or "", ""),
        Column.REGISTERED: short_time(ticket.registered_at, moment.now, zone) if ticket else "",
    }
    said = (Column.ERRAND, Column.DUE, Column.PLACE, Column.CATEGORY, Column.HANDLER, Column.NUMBER)
    urgent = item.priority is Priority.URGENT
    lead = (hotline_words.priority(Priority.URGENT),) if urgent else ()
    spoken = ", ".join(part for part in (*lead, *(cells[one] for one in said)) if part)
    return WorkLine(cells, _TONES[at], urgent, spoken)


def _said(item: WorkItem) -> str:
    return " ".join(item.text.split())


def _task(item: WorkItem, category: str) -> str:
    """Which of several tasks the row is about; the only one mostly has the name of the category."""
    title = " ".join(item.task.title.split()) if item.task else ""
    return title if title not in (category, item.ticket.category if item.ticket else "") else ""


@dataclass(frozen=True, slots=True)
class WorkView:
    """The chosen row in full. `title`: what is to be done, `why` it comes now; `facts`: label and text, short ones;
    `text`: what it is about; `tried`: the last attempt."""

    title: str
    why: str
    facts: tuple[tuple[str, str], ...]
    text: str
    tried: str


def view(item: WorkItem, moment: Moment, names: Names, zone: tzinfo) -> WorkView:
    ticket = item.ticket
    at = when_of(item, moment)
    matter = names.category(ticket.category) if ticket else ""
    facts = [
        (_("Task"), _task(item, matter)),
        (_("Limit"), _limit(item, moment, zone)),
        (_("Ticket no."), ticket.number if ticket else ""),
        (_("Caller"), _caller(item)),
        (_("Place"), ticket.place_text if ticket else ""),
        (_("Handler"), names.staff.get(item.handler_id or "", "")),
        (_("In charge"), names.owner(item.owner) or _("nobody")),
        (_("Why overdue"), ticket.overdue_cause if ticket else ""),
    ]
    about = _said(item)
    text = f"{matter} · {about}" if matter and about else matter or about
    title = words.errand(item.errand)
    if item.what is What.WARNING and ticket:
        title = _("{what}: {ticket}").format(what=title, ticket=ticket.number)
    tried = _tried(item.tried, names, moment.now, zone)
    return WorkView(title, words.why(item.errand, at), tuple((k, v) for k, v in facts if v), text, tried)


def _caller(item: WorkItem) -> str:
    """One who is to be called and has no number says so: the key calls the household, where it has one."""
    number = read_number(item.number).shown
    if not number and CALLS[item.errand].whom is Whom.RESIDENT:
        number = _("no number: reach by household") if item.household_id else _("no number to call")
    return " ".join(part for part in (item.caller_name, number) if part)


def _limit(item: WorkItem, moment: Moment, zone: tzinfo) -> str:
    if item.due_at is None:
        return ""
    return f"{item.due_at.astimezone(zone):%m-%d %H:%M} · {left(item.due_at, moment.now)}"


def _tried(attempt: Attempt | None, names: Names, now: datetime, zone: tzinfo) -> str:
    if attempt is None:
        return _("Nobody has been called about it yet.")
    who = names.staff.get(attempt.staff_id or "", "")
    parts = [short_time(attempt.at, now, zone), names.owner(attempt.by), who, after_words.outcome(attempt.outcome)]
    said = " · ".join(part for part in (*parts, attempt.note) if part)
    if attempt.next_at is not None and attempt.next_at > now:
        again = short_time(attempt.next_at, now, zone)
        return _("Last try: {said}. Again at {again}.").format(said=said, again=again)
    return _("Last try: {said}.").format(said=said)


def heading(group: GroupBy, name: str, count: int, names: Names, today: date) -> str:
    return _("{name} · {count}").format(name=_group_name(group, name, names, today), count=count)


def _group_name(group: GroupBy, name: str, names: Names, today: date) -> str:
    nothing = {
        GroupBy.DAY: _("No limit"),
        GroupBy.BUILDING: _("No building"),
        GroupBy.CATEGORY: _("No matter"),
        GroupBy.OWNER: _("Nobody's"),
        GroupBy.HANDLER: _("No handler"),
    }
    if not name:
        return nothing.get(group, "")
    match group:
        case GroupBy.ERRAND:
            return words.errand(what_next.Errand(name))
        case GroupBy.DAY:
            gap = (date.fromisoformat(name) - today).days
            near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(gap)
            return f"{name} · {near}" if near else name
        case GroupBy.BUILDING:
            return names.buildings.get(name, name)
        case GroupBy.CATEGORY:
            return names.category(name)
        case GroupBy.HANDLER:
            return names.staff.get(name, name)
        case _:
            return names.owner(name)


def answers(item: WorkItem) -> tuple[MoveKind, ...]:
    """What somebody who is reached may answer, beside "I am on it"."""
    return ANSWERS.get(item.errand, ()) if item.ticket else ()


def was_chased(came: Came) -> bool:
    """Its handler was spoken to, and it is theirs and open still."""
    reached = came.attempt is not None and came.attempt.outcome is Outcome.REACHED
    return reached and came.moved in (None, MoveKind.REPORT)


def recorded(attempt: Attempt, now: datetime, zone: tzinfo) -> str:
    said = after_words.outcome(attempt.outcome)
    if attempt.next_at is None:
        return _("Recorded: {said}.").format(said=said)
    again = short_time(attempt.next_at, now, zone)
    return _("Recorded: {said}. It comes up again at {again}.").format(said=said, again=again)


def refused(error: Exception) -> str:
    """ "" for what is no refusal."""
    match error:
        case MoveRefused():
            return move_words.refusal(error.reason)
        case PromiseRefused():
            return words.refused_promise(error.why)
        case _:
            return ""


def found(matches: int, of: int) -> str:
    """How many rows fit."""
    if matches == of:
        return ngettext("{n} row", "{n} rows", of).format(n=of)
    return _("{n} of {all}").format(n=matches, all=of)

"""The shift's page as values: the day, the roster, what is handed over. No Qt; pure functions; time and zone are
arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.adherence import Kept, Punctual, TurnKept
from desk.domain.agent_state import AgentState
from desk.domain.hand_over import OpenItem, What
from desk.domain.numbers import read_number
from desk.domain.roster import ShiftPolicy
from desk.domain.shifts import DutyTurn, HandOver
from desk.i18n import _, ngettext
from desk.ui.after.due_words import left
from desk.ui.after.shift import words
from desk.ui.rows_presenter import Row, short_time
from desk.ui.telephone import phone_words
from desk.usecases.hand_over import NoteOpened
from desk.usecases.keep_stay import SignedIn
from desk.usecases.roster import RosterPlan, RosterView

Fact = tuple[str, str]  # its name, what it says
_SHOWN_PROBLEMS = 4


@dataclass(frozen=True, slots=True)
class Names:
    """Who has which work number."""

    names: dict[str, str]

    def of(self, number: str) -> str:
        return f"{number} {self.names.get(number, '')}".strip()


def signed_in(told: SignedIn, zone: tzinfo) -> str:
    """What the agent is told when they sign in; "" where all is as it should be."""
    if told.turn is None or told.resumed:
        return ""
    start = f"{told.turn.start.astimezone(zone):%H:%M}"
    if told.late_by >= timedelta(minutes=1):
        return _("Signed in {amount} after your turn began ({start}). It is on record.").format(
            amount=words.amount(told.late_by), start=start
        )
    return ""


def my_day(kept: Kept, policy: ShiftPolicy, zone: tzinfo) -> list[Fact]:
    """One's own turns of today, the times in each state, how the aims stand."""
    facts: list[Fact] = []
    for turn in kept.turns:
        facts.append((_("Turn"), f"{_hours(turn.turn, zone)} · {_how(turn)}"))
        if turn.planned:
            said = _("{pct} % of your time so far (aim {aim} %)").format(
                pct=f"{turn.adherence_pct:g}", aim=policy.adherence_pct
            )
            facts.append((_("At your place"), said))
        facts.extend(
            (phone_words.agent_state(state), words.amount(turn.in_state[state.value]))
            for state in AgentState
            if state.value in turn.in_state
        )
    if not kept.turns:
        facts.append((_("Turn"), _("The roster has no turn of yours today.")))
    return facts


def month(kept: Kept, policy: ShiftPolicy) -> list[Fact]:
    facts: list[Fact] = []
    if kept.attendance_pct is not None:
        said = _("{came} of {over} turns, {pct} % (aim {aim} %)").format(
            came=kept.attended, over=kept.over, pct=f"{kept.attendance_pct:g}", aim=policy.attendance_pct
        )
        facts.append((_("Attendance, 30 days"), said))
    if kept.adherence_pct is not None:
        said = _("{pct} % (aim {aim} %)").format(pct=f"{kept.adherence_pct:g}", aim=policy.adherence_pct)
        facts.append((_("At the place, 30 days"), said))
    if kept.lost:
        facts.append((_("Lost to faults, 30 days"), words.amount(kept.lost)))
    return facts


def floor(kept: Kept, names: Names, zone: tzinfo) -> list[Row]:
    """Everybody's turns of the day, for a supervisor."""
    return [_kept_row(turn, names, zone) for turn in kept.turns]


def _kept_row(kept: TurnKept, names: Names, zone: tzinfo) -> Row:
    tones = {Punctual.LATE: "warn", Punctual.ABSENT: "danger", Punctual.OPEN: "warn", Punctual.ON_TIME: "go"}
    tail = f"{kept.adherence_pct:g} %" if kept.there else ""
    if kept.lost:
        tail = _("{pct}, {lost} lost to faults").format(pct=tail, lost=words.amount(kept.lost))
    text = f"{names.of(kept.turn.who)} · {words.post(kept.turn.post)} {_hours(kept.turn, zone)} · {_how(kept)}"
    return Row(words.begun(kept.begun), text, tail, "", tones.get(kept.begun, ""))


def _how(kept: TurnKept) -> str:
    said = words.begun(kept.begun)
    if kept.begun is Punctual.LATE:
        said = _("{amount} late").format(amount=words.amount(kept.late_by))
    ended = words.ended(kept.ended)
    if kept.ended is Punctual.LATE and kept.early_by:
        ended = _("left {amount} early").format(amount=words.amount(kept.early_by))
    return " · ".join(part for part in (said, ended) if part)


def roster(view: RosterView, now: datetime, zone: tzinfo) -> list[Row]:
    """Day after day: a line for what is missing, then its turns."""
    names = Names(view.names)
    rows: list[Row] = []
    for day in view.days:
        head = f"{day.day:%m-%d} {weekday(day.day.weekday())}"
        gaps = [f"{start.astimezone(zone):%H:%M}-{until.astimezone(zone):%H:%M}" for start, until in day.holes]
        if not day.turns:
            rows.append(Row(head, _("Nobody is entered for this day."), "", "", "danger"))
            continue
        if gaps:
            rows.append(Row(head, _("Nobody there: {times}").format(times=", ".join(gaps)), "", "", "warn"))
        for turn in day.turns:
            runs = turn.start <= now < turn.until
            text = f"{_hours(turn, zone)} · {names.of(turn.who)}"
            more = " ".join(part for part in (turn.trade, turn.area) if part)
            tail = " · ".join(part for part in (words.post(turn.post), more) if part)
            rows.append(Row(head, text, tail, f"turn:{turn.duty_turn_id}", "go" if runs else ""))
    return rows


def on_duty(turns: Sequence[DutyTurn], names: Names, zone: tzinfo) -> str:
    shown = [f"{names.of(t.who)} ({words.post(t.post)}, {_hours(t, zone)})" for t in turns]
    return "\n".join(shown) if shown else _("Nobody, by the roster.")


def plan(found: RosterPlan) -> str:
    """What taking a list in would do, and what it cannot do."""
    said = [
        ngettext("{n} turn is new", "{n} turns are new", len(found.new)).format(n=len(found.new)),
        ngettext("{n} is taken back", "{n} are taken back", len(found.gone)).format(n=len(found.gone)),
        ngettext("{n} stays as it is", "{n} stay as they are", found.same).format(n=found.same),
    ]
    lines = [_("{changes}.").format(changes=", ".join(said))]
    lines += [words.problem(one) for one in found.problems[:_SHOWN_PROBLEMS]]
    others = len(found.problems) - _SHOWN_PROBLEMS
    if others > 0:
        lines.append(ngettext("{n} more row cannot be read.", "{n} more rows cannot be read.", others).format(n=others))
    return "\n".join(lines)


def open_rows(items: Sequence[OpenItem], now: datetime, zone: tzinfo) -> list[Row]:
    return [_open_row(item, now, zone) for item in items]


def _open_row(item: OpenItem, now: datetime, zone: tzinfo) -> Row:
    tone = "danger" if item.due_at is not None and item.due_at <= now else "warn" if item.what is What.PROMISE else ""
    who = " ".join(part for part in (item.who, _number(item)) if part)
    text = " · ".join(part for part in (who, item.text) if part)
    due = f"{short_time(item.due_at, now, zone)} · {left(item.due_at, now)}" if item.due_at else ""
    return Row(words.what(item.what), text, due, item.ref.replace(" ", ":"), tone)


def note_rows(notes: Sequence[NoteOpened], names: Names, now: datetime, zone: tzinfo) -> list[Row]:
    return [
        Row(
            _("Hand-over"),
            _("from {who}: {counts}").format(who=names.of(one.note.who), counts=counts(one.items)),
            short_time(one.note.made_at, now, zone),
            f"note:{one.note.hand_over_id}",
            "accent",
        )
        for one in notes
    ]


def offer(one: NoteOpened, names: Names) -> str:
    """What stands above the middle while a note waits."""
    return _("Hand-over from {who}: {counts}").format(who=names.of(one.note.who), counts=counts(one.items))


def accepted(note: HandOver, names: Names, now: datetime, zone: tzinfo) -> str:
    if note.accepted_at is None:
        who = names.of(note.to) if note.to else _("whoever comes next")
        return _("Written for {who}; nobody has taken it over yet.").format(who=who)
    return _("{who} took it over, {at}.").format(
        who=names.of(note.accepted_by), at=short_time(note.accepted_at, now, zone)
    )


def counts(items: Sequence[OpenItem]) -> str:
    """ "2 promised calls, 5 tickets"."""
    found = {kind: sum(item.what is kind for item in items) for kind in What}
    said = [
        ngettext("{n} promised call", "{n} promised calls", found[What.PROMISE]).format(n=found[What.PROMISE]),
        ngettext("{n} early warning", "{n} early warnings", found[What.WARNING]).format(n=found[What.WARNING]),
        ngettext("{n} answer to tell", "{n} answers to tell", found[What.ANSWER]).format(n=found[What.ANSWER]),
        ngettext("{n} ticket", "{n} tickets", found[What.TICKET]).format(n=found[What.TICKET]),
        ngettext("{n} follow-up", "{n} follow-ups", found[What.FOLLOW_UP]).format(n=found[What.FOLLOW_UP]),
        ngettext("{n} question", "{n} questions", found[What.QUESTION]).format(n=found[What.QUESTION]),
    ]
    shown = [text for text, kind in zip(said, What, strict=True) if found[kind]]
    return ", ".join(shown) or _("nothing is open")


def note_text(items: Sequence[OpenItem], zone: tzinfo) -> str:
    """The draft of a note: what is open, urgent things first, one line each."""
    lines = []
    for item in items:
        due = f"{item.due_at.astimezone(zone):%m-%d %H:%M}" if item.due_at else ""
        who = " ".join(part for part in (item.who, _number(item)) if part)
        parts = (words.what(item.what), due, who, item.text)
        lines.append("· " + " ".join(part for part in parts if part)[:160])
    return "\n".join(lines) or _("Nothing is open.")


def _number(item: OpenItem) -> str:
    """A telephone number as it is read out; a ticket's as it is."""
    return item.number if item.what is What.TICKET else read_number(item.number).shown or item.number


def keeping(items: Sequence[OpenItem]) -> str:
    said = ngettext(
        "{n} promised call is yours and nobody has taken it over. Hand it over before you sign out.",
        "{n} promised calls are yours and nobody has taken them over. Hand them over before you sign out.",
        len(items),
    )
    return said.format(n=len(items))


def weekday(number: int) -> str:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[number]


def _hours(turn: DutyTurn, zone: tzinfo) -> str:
    return f"{turn.start.astimezone(zone):%H:%M}-{turn.until.astimezone(zone):%H:%M}"

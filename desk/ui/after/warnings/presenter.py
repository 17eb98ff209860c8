"""Early warnings as text: rows and pages of the use case in, view values out. No Qt; pure functions; the moment and the
zone are arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from desk.domain.attempts import Attempt
from desk.domain.changes import Change
from desk.domain.early_warnings import OPEN_WARNINGS, EarlyWarning, WarningStep
from desk.domain.ladder import FACTS, LadderMove, LadderPost, read_missed
from desk.domain.numbers import read_number
from desk.i18n import _, ngettext
from desk.ui.after import words as after_words
from desk.ui.after.warnings import words
from desk.ui.after.warnings.words import ESCALATE, FORWARD, OTHER, TAKE, WITHDRAW
from desk.ui.rows_presenter import Chip, Row, short_time
from desk.usecases.read_warnings import Evidence, OpenWarnings, Turn, WarningLine, WarningPage
from desk.usecases.settle_conflict import BY_TABLE
from desk.usecases.step_warning import UNDO

SOON = timedelta(minutes=15)
# The keys' places: what brings it on, and the other way out of a step.
_ONWARD: Mapping[WarningStep, tuple[LadderMove, LadderMove | None]] = {
    WarningStep.RAISED: (LadderMove.REVIEW, LadderMove.RETURN),
    WarningStep.RETURNED: (LadderMove.RAISE_AGAIN, None),
    WarningStep.REVIEWED: (LadderMove.ACT, None),
    WarningStep.ACTED: (LadderMove.GUIDE, None),
    WarningStep.GUIDED: (LadderMove.FEED_BACK, None),
    WarningStep.FED_BACK: (LadderMove.SATISFIED, LadderMove.STILL_UNSATISFIED),
    WarningStep.ESCALATED: (LadderMove.GUIDE, None),
    WarningStep.UNSATISFIED: (LadderMove.ACT_TODAY, LadderMove.WARN_AGAIN),
}


@dataclass(frozen=True, slots=True)
class MoveView:
    """`why`: why it cannot be made now, "" where it can."""

    move: LadderMove
    words: words.MoveWords
    why: str = ""


@dataclass(frozen=True, slots=True)
class FactLine:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CardView:
    """`moves`: place of the key -> what it does. `call`: the number of whose turn it is, "" none; `unattached`: calls
    of the ticket that are no evidence yet."""

    warning_id: str
    step: WarningStep
    title: str
    due: Chip
    chips: tuple[Chip, ...] = ()
    facts: tuple[FactLine, ...] = ()
    trail: tuple[str, ...] = ()
    evidence: tuple[Row, ...] = ()
    moves: Mapping[str, MoveView] = field(default_factory=dict)
    call: str = ""
    call_name: str = ""
    unattached: tuple[str, ...] = ()
    ticket_id: str = ""
    can_undo: bool = False


def turn_words(turn: Turn) -> str:
    """ "王班长", "the site office"; whoever has left is named with it."""
    if turn.has_left:
        return _("{name} (has left)").format(name=turn.name or turn.number)
    if turn.name or turn.number:
        return turn.name or turn.number
    return words.post(turn.post) if turn.post is not None else ""


def due_chip(warning: EarlyWarning, now: datetime, zone: tzinfo) -> Chip:
    """How long there is, or how long it is overdue; the closing limit where that one is missed."""
    if warning.step not in OPEN_WARNINGS:
        at = warning.closed_at or warning.stepped_at or warning.raised_at
        return Chip(short_time(at, now, zone))
    left = warning.due_at - now
    if left < timedelta():
        return Chip(_("overdue {span}").format(span=words.span(-left)), "danger")
    text = _("{span} left, by {time}").format(span=words.span(left), time=short_time(warning.due_at, now, zone))
    return Chip(text, "warn" if left < SOON else "")


def row(line: WarningLine, now: datetime, zone: tzinfo) -> Row:
    """Whose turn it is stands first; then what it is about, what is to be done and how long there is."""
    warning = line.warning
    due = due_chip(warning, now, zone)
    ticket = line.ticket
    about = " ".join((warning.issue or warning.unhappy_with).split())
    where = (ticket.place_text or warning.area) if ticket else warning.area
    text = _("{about}: {words}").format(about=where, words=about) if where else about
    if warning.step not in OPEN_WARNINGS:
        lead = after_words.warning_step(warning.step)
        return Row(lead, text, " · ".join(p for p in (_number(line), due.text) if p), target(warning))
    turn = turn_words(line.turn)
    lead = _("your turn") if line.turn.is_mine else turn
    tail = " · ".join((words.to_do(warning.step), due.text))
    tone = due.tone or ("accent" if line.turn.is_mine else "")
    return Row(lead, text, tail, target(warning), tone)


def rows(found: OpenWarnings, now: datetime, zone: tzinfo) -> tuple[list[Row], list[Row]]:
    return [row(one, now, zone) for one in found.open], [row(one, now, zone) for one in found.ended]


def target(warning: EarlyWarning) -> str:
    return f"warning:{warning.warning_id}"


def card(page: WarningPage, now: datetime, zone: tzinfo) -> CardView:
    line, warning = page.line, page.line.warning
    turn = turn_words(line.turn)
    to_do = words.to_do(warning.step)
    over = warning.step not in OPEN_WARNINGS
    title = after_words.warning_step(warning.step) if over else _("{who}: {what}").format(who=turn, what=to_do)
    return CardView(
        warning_id=warning.warning_id,
        step=warning.step,
        title=title,
        due=due_chip(warning, now, zone),
        chips=tuple(_chips(page, now, zone)),
        facts=tuple(_facts(warning)),
        trail=tuple(_trail(page, now, zone)),
        evidence=tuple(_evidence(one, now, zone) for one in page.evidence),
        moves=_moves(page),
        call="" if over else line.turn.phone,
        call_name=turn,
        unattached=() if over else tuple(one.call_id for one in page.evidence if not one.is_attached),
        ticket_id=warning.ticket_id,
        can_undo=page.why_not_undo is None,
    )


def _number(line: WarningLine) -> str:
    return line.ticket.number if line.ticket is not None else ""


def _chips(page: WarningPage, now: datetime, zone: tzinfo) -> list[Chip]:
    line, warning = page.line, page.line.warning
    chips = [Chip(after_words.warning_step(warning.step), "accent" if warning.step in OPEN_WARNINGS else "")]
    if page.steps and _is_settled(page.steps[-1]):
        chips.append(Chip(_("stepped twice at once: settled by the rules"), "warn"))
    if line.turn.has_left:
        chips.append(Chip(_("nobody has it: take it"), "danger"))
    if warning.day:
        chips.append(Chip(_("day {n} unsatisfied").format(n=warning.day), "warn"))
    if warning.returned:
        chips.append(Chip(ngettext("returned once", "returned {n} times", warning.returned).format(n=warning.returned)))
    if warning.close_due_at is not None and warning.step in OPEN_WARNINGS:
        late = now > warning.close_due_at
        text = _("to be closed by {time}").format(time=short_time(warning.close_due_at, now, zone))
        chips.append(Chip(text, "danger" if late else ""))
    for entry in warning.late:
        missed = read_missed(entry)
        if missed is not None:
            text = _("{what} by {span}").format(
                what=words.limit(missed.limit), span=words.span(timedelta(minutes=missed.minutes))
            )
            chips.append(Chip(text, "warn"))
    return chips


def _facts(warning: EarlyWarning) -> list[FactLine]:
    found = []
    for name in FACTS:
        value = getattr(warning, name)
        if name == "caller_number":
            value = read_number(value).shown or value
        if value:
            found.append(FactLine(words.fact(name), value))
    if warning.guidance:
        found.append(FactLine(_("Guidance"), warning.guidance))
    return found


def _trail(page: WarningPage, now: datetime, zone: tzinfo) -> list[str]:
    """What happened so far, the newest first."""
    told = [(change.at, _step(change, page)) for change in page.steps]
    told += [(attempt.at, _attempt(attempt, page)) for attempt in page.attempts]
    lines = sorted(((at, text) for at, text in told if text), key=lambda one: one[0], reverse=True)
    return [f"{short_time(at, now, zone)}  {text}" for at, text in lines]


def _step(change: Change, page: WarningPage) -> str:
    who = page.names.get(change.author) or change.author
    if _is_settled(change):
        what = _step_name(change)
        return _("Two steps were taken at once at two seats: by the rules “{what}” stands").format(what=what)
    if change.reason == UNDO:
        return _("{who} took the last step back: {what}").format(who=who, what=_step_name(change))
    if change.reason == LadderMove.TAKE.value or "step" not in change.patch:
        turn = str(change.patch.get("turn"))
        posts = {one.value: words.post(one) for one in LadderPost}
        return _("{who}: {name} takes it on").format(who=who, name=page.names.get(turn) or posts.get(turn, turn))
    what = _step_name(change)
    said, source = str(change.patch.get("said") or ""), str(change.patch.get("heard_from") or "")
    if said and source:
        said = _("{said} ({who})").format(said=said, who=source)
    text = _("{who}: {what}").format(who=who, what=what)
    return _("{about}: {words}").format(about=text, words=" ".join(said.split())) if said else text


def _step_name(change: Change) -> str:
    name = str(change.patch.get("step"))
    step = next((one for one in WarningStep if one.value == name), None)
    return after_words.warning_step(step) if step is not None else name


def _is_settled(change: Change) -> bool:
    """Nobody made this step but the rules, of two that were made at once."""
    return change.reason.startswith(BY_TABLE)


def _attempt(attempt: Attempt, page: WarningPage) -> str:
    who = page.names.get(attempt.by) or attempt.by
    number = read_number(attempt.number).shown or attempt.number
    text = _("{who} called {number}: {outcome}").format(
        who=who, number=number, outcome=after_words.outcome(attempt.outcome)
    )
    return _("{said} ({who})").format(said=text, who=attempt.note) if attempt.note else text


def _evidence(one: Evidence, now: datetime, zone: tzinfo) -> Row:
    lead = _("Evidence") if one.is_attached else _("not attached")
    if one.entry is None:
        return Row(lead, _("A call that is not in the log yet"), "", "", "")
    number = read_number(one.entry.number).shown or one.entry.number or _("Number withheld")
    heard = _("Enter plays it") if one.recording is not None else _("no recording yet")
    tail = " · ".join((short_time(one.entry.offered_at, now, zone), heard))
    goes = f"call:{one.call_id}" if one.recording is not None else ""
    return Row(lead, number, tail, goes, "accent" if one.is_attached else "")


def _moves(page: WarningPage) -> dict[str, MoveView]:
    forward, other = _ONWARD.get(page.line.warning.step, (None, None))
    wanted = {
        FORWARD: forward,
        OTHER: other,
        ESCALATE: LadderMove.ESCALATE,
        TAKE: LadderMove.TAKE,
        WITHDRAW: LadderMove.WITHDRAW,
    }
    found = {}
    for place, move in wanted.items():
        if move is not None and move in page.allowed:
            why = page.allowed[move]
            found[place] = MoveView(move, words.move(move), words.refusal(why) if why is not None else "")
    return found

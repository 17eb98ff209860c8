"""What the panel and the page of follow-ups show, as text. Pure, no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import assert_never

from desk.domain.attempts import Attempt
from desk.domain.estate import Household
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.numbers import read_number
from desk.domain.questionnaires import NO, SKIPPED, YES, Answer, Ask
from desk.domain.tickets import Ticket
from desk.i18n import _, ngettext
from desk.ui.after import words as after_words
from desk.ui.after.due_words import left
from desk.ui.after.follow_up import words
from desk.ui.after.follow_up.figure_words import rate
from desk.ui.rows_presenter import CategoryName, Chip, Row, short_time
from desk.usecases.follow_up_paper import Paper
from desk.usecases.spot_check import Comparison
from desk.usecases.survey import SurveyResult


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """The question that is to be asked now. `choices`: (value, words) for the digits from 1, none: a text is typed.
    `needed`: it is not left without an answer."""

    ask_id: str
    text: str
    choices: tuple[tuple[str, str], ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class PaperView:
    """`call`: the number as it is dialled, "" where there is none. `lines`: (question, answer) so far. `follows`: what
    will be done when it is saved, `tone` its colour; "" while a question is open. `over`: why nothing is to be done."""

    follow_up_id: str
    title: str
    about: str
    call: str
    call_name: str
    chips: tuple[Chip, ...]
    opening: str
    lines: tuple[tuple[str, str], ...]
    ask: OpenAsk | None
    said: tuple[Chip, ...]
    follows: str
    tone: str
    closing: str
    attempts: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: for the gaps in what is read out."""

    company: str
    work_number: str


def view_of(
    paper: Paper,
    follows: str,
    tone: str,
    category: CategoryName,
    speaker: Speaker,
    now: datetime,
    zone: tzinfo,
) -> PaperView:
    follow_up, ticket = paper.follow_up, paper.ticket
    is_open = follow_up.state is FollowUpState.DUE
    number = read_number(paper.number)
    name = ticket.caller_name if ticket else ""
    about = ""
    if ticket is not None:
        parts = (ticket.number, category(ticket.category), ticket.place_text, ticket.description)
        about = " · ".join(" ".join(part.split()) for part in parts if part.strip())
    known = {
        "company": speaker.company,
        "work_number": speaker.work_number,
        "name": name,
        "category": category(ticket.category) if ticket else "",
        "number": ticket.number if ticket else "",
    }
    return PaperView(
        follow_up_id=follow_up.follow_up_id,
        title=f"{after_words.follow_up_kind(follow_up.kind)} · {paper.questionnaire.title}",
        about=about,
        call=paper.number,
        call_name=" ".join(part for part in (name, number.shown or paper.number) if part),
        chips=tuple(_chips(paper, now, zone)),
        opening=filled(paper.questionnaire.opening, known) if is_open and not paper.answers else "",
        lines=tuple(
            (ask.text, words.answer(ask, paper.answers[ask.ask_id])) for ask in paper.asks if ask is not paper.open
        ),
        ask=_open_ask(paper.open) if paper.open is not None and is_open else None,
        said=tuple(_said(paper)) if paper.open is None or not is_open else (),
        follows=follows if is_open and paper.open is None else "",
        tone=tone,
        closing=filled(paper.questionnaire.closing, known) if is_open and paper.open is None else "",
        attempts=tuple(attempt_line(one, now, zone) for one in reversed(paper.attempts)),
        over=_over(follow_up, now, zone),
    )


def filled(text: str, known: Mapping[str, str]) -> str:
    """The gaps that are known filled in, {like_this} ones that nobody knows left as they are."""
    for gap, value in known.items():
        text = text.replace(f"{{{gap}}}", value)
    return text


def _open_ask(ask: Ask) -> OpenAsk:
    choices: tuple[tuple[str, str], ...] = ()
    match ask.answer:
        case Answer.YES_NO:
            choices = ((YES, _("yes")), (NO, _("no")))
        case Answer.SCALE:
            choices = tuple((str(value), str(value)) for value in range(1, ask.scale + 1))
        case Answer.CHOICE:
            choices = tuple((choice.choice_id, choice.text) for choice in ask.choices)
        case Answer.TEXT:
            pass
        case _:
            assert_never(ask.answer)
    return OpenAsk(ask.ask_id, ask.text, choices, ask.needed)


def _chips(paper: Paper, now: datetime, zone: tzinfo) -> list[Chip]:
    follow_up = paper.follow_up
    chips = []
    if follow_up.state is FollowUpState.DUE and follow_up.due_at is not None:
        tone = "danger" if follow_up.due_at <= now else ""
        when = _("due {when}").format(when=short_time(follow_up.due_at, now, zone))
        chips.append(Chip(f"{when} ({left(follow_up.due_at, now)})", tone))
    if paper.tries:
        tone = "warn" if paper.tries + 1 >= paper.most_tries else ""
        chips.append(Chip(_("{n} of {most} tries in vain").format(n=paper.tries, most=paper.most_tries), tone))
    if paper.checked is not None:
        when = short_time(paper.checked.done_at, now, zone) if paper.checked.done_at else ""
        chips.append(Chip(_("followed up by {who}, {when}").format(who=paper.checked.done_by, when=when)))
    return chips


def _said(paper: Paper) -> list[Chip]:
    said = paper.said
    chips = []
    if said.solved is not None:
        chips.append(Chip(_("solved") if said.solved else _("not solved"), "go" if said.solved else "danger"))
    if said.confirmed is False:
        in_process = paper.follow_up.kind is FollowUpKind.IN_PROCESS
        chips.append(Chip(_("was not told the plan") if in_process else _("had not been called"), "danger"))
    if said.satisfied is not None:
        text = _("satisfied") if said.satisfied else _("not satisfied")
        chips.append(Chip(text, "go" if said.satisfied else "danger"))
    if said.score is not None:
        chips.append(Chip(_("{n} points").format(n=said.score)))
    return chips


def _over(follow_up: FollowUp, now: datetime, zone: tzinfo) -> str:
    if follow_up.state is FollowUpState.DUE:
        return ""
    when = short_time(follow_up.done_at, now, zone) if follow_up.done_at else ""
    if follow_up.state is FollowUpState.DONE:
        return _("Made by {who}, {when}.").format(who=follow_up.done_by, when=when)
    return _("Given up, {when}: {reason}.").format(when=when, reason=words.given_up(follow_up.reason))


def attempt_line(attempt: Attempt, now: datetime, zone: tzinfo) -> str:
    """ "14:05 1001: no answer; call again at 18:00"."""
    line = f"{short_time(attempt.at, now, zone)}  {attempt.by}  {after_words.outcome(attempt.outcome)}"
    if attempt.note:
        line = f"{line} ({attempt.note})"
    if attempt.next_at is not None:
        again = _("again from {when}").format(when=short_time(attempt.next_at, now, zone))
        line = f"{line}; {again}"
    return line


# The page


def due_row(
    one: FollowUp,
    ticket: Ticket | None,
    home: Household | None,
    category: CategoryName,
    now: datetime,
) -> Row:
    """`home`: of a survey, which has no ticket."""
    number, about, where = "", "", home.place_code if home is not None else ""
    if ticket is not None:
        number, where = ticket.number, ticket.place_text or where
        about = " ".join((ticket.description or category(ticket.category)).split())
    shown = read_number(one.number).shown or one.number
    text = " · ".join(part for part in (about, where, shown) if part)
    when = left(one.due_at, now) if one.due_at is not None else ""
    tone = "danger" if one.due_at is not None and one.due_at <= now else "accent"
    tail = " · ".join(part for part in (number, when, one.owner or _("anybody")) if part)
    return Row(after_words.follow_up_kind(one.kind), text, tail, f"follow_up:{one.follow_up_id}", tone)


def survey_line(result: SurveyResult, zone: tzinfo) -> str:
    survey = result.survey
    score = "–" if result.score is None else f"{result.score:.0f}"
    days = f"{survey.start.astimezone(zone):%m-%d}–{survey.until.astimezone(zone):%m-%d}"
    parts = (
        survey.title,
        days,
        _("{done} of {asked} answered").format(done=result.answered, asked=result.asked),
        _("satisfied {rate}").format(rate=rate(result.satisfied)),
        _("{n} points").format(n=score),
        _("ended") if survey.ended else "",
    )
    return " · ".join(part for part in parts if part)


def differing(found: Sequence[Comparison]) -> str:
    """How many spot checks found something else, "" where none was made."""
    if not found:
        return ""
    bad = [one for one in found if one.differs]
    checked = ngettext("{n} spot check", "{n} spot checks", len(found)).format(n=len(found))
    if not bad:
        return _("{checked}: all agree").format(checked=checked)
    who = ", ".join(sorted({one.first.done_by for one in bad}))
    return _("{checked}: {n} differ ({who})").format(checked=checked, n=len(bad), who=who)


def skipped(ask: OpenAsk) -> str | None:
    """The answer that an empty line is; None: the question has to be answered."""
    return None if ask.needed else SKIPPED

"""Articles and questions as values. No Qt; pure functions; time and zone are arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.knowledge import Article, Question, QuestionState
from desk.i18n import _
from desk.ui.after.due_words import left
from desk.ui.rows_presenter import Chip, Row, short_time
from desk.usecases.ask import QuestionReason
from desk.usecases.knowledge import SHIPPED, ArticleReason

CategoryName = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ArticleView:
    article_id: str
    title: str
    chips: tuple[Chip, ...]
    text: str
    steps: tuple[str, ...]
    foot: str
    retired: bool


def article(
    value: Article, category: CategoryName, name_of: Callable[[str], str], now: datetime, zone: tzinfo
) -> ArticleView:
    chips = [Chip(category(code), "accent") for code in value.categories]
    if value.retired:
        chips.insert(0, Chip(_("Retired"), "warn"))
    who = _("shipped with Desk") if value.updated_by == SHIPPED else name_of(value.updated_by)
    foot = _("{who}, {at}").format(who=who, at=short_time(value.updated_at, now, zone))
    steps = tuple(f"{number}. {step}" for number, step in enumerate(value.steps, 1))
    return ArticleView(value.article_id, value.title, tuple(chips), value.text, steps, foot, value.retired)


def article_row(value: Article, category: CategoryName, now: datetime, zone: tzinfo) -> Row:
    lead = category(value.categories[0]) if value.categories else _("General")
    said = value.text or " ".join(value.steps)
    text = f"{value.title} · {' '.join(said.split())}"
    return Row(lead, text, short_time(value.updated_at, now, zone), f"article:{value.article_id}", "")


def question_row(value: Question, name_of: Callable[[str], str], now: datetime, zone: tzinfo) -> Row:
    text = " ".join(value.text.split())
    match value.state:
        case QuestionState.OPEN:
            tone = "danger" if value.due_at <= now else "accent"
            tail = f"{name_of(value.owner)} · {left(value.due_at, now)}"
            return Row(_("To answer"), text, tail, f"question:{value.question_id}", tone)
        case QuestionState.ANSWERED:
            who = " ".join(part for part in (value.caller_name, value.number) if part)
            return Row(_("To tell"), text, who, f"question:{value.question_id}", "warn")
        case _:
            lead = _("Told") if value.state is QuestionState.TOLD else _("Dropped")
            return Row(lead, text, short_time(value.asked_at, now, zone), f"question:{value.question_id}", "")


def question_facts(
    value: Question, category: CategoryName, name_of: Callable[[str], str], now: datetime, zone: tzinfo
) -> str:
    """All that is known of it, a line each."""
    lines = [
        _("Asked by {who}, {at}").format(who=name_of(value.asked_by), at=short_time(value.asked_at, now, zone)),
        _("Answered by {owner} until {due}").format(
            owner=name_of(value.owner), due=f"{value.due_at.astimezone(zone):%m-%d %H:%M}"
        ),
    ]
    caller = " ".join(part for part in (value.caller_name, value.number) if part)
    if caller:
        lines.append(_("To be told: {caller}").format(caller=caller))
    if value.category:
        lines.append(category(value.category))
    if value.answer:
        lines.append(_("Answer: {text}").format(text=value.answer))
    return "\n".join(lines)


def why_not(reason: QuestionReason) -> str:
    return {
        QuestionReason.TEXT_MISSING: _("Write the question as the resident asked it."),
        QuestionReason.ANSWER_MISSING: _("Write the answer."),
        QuestionReason.REASON_MISSING: _("Write in the answer's field why nobody needs it any more."),
        QuestionReason.UNKNOWN: _("This question has not arrived at this seat yet."),
        QuestionReason.ANSWERED: _("Somebody has answered it meanwhile."),
        QuestionReason.OVER: _("It is over meanwhile: the resident was told, or somebody has dropped it."),
        QuestionReason.NOT_ANSWERED: _("There is no answer yet that the resident could be told."),
        QuestionReason.NO_SUCH_PERSON: _("Nobody of the staff has this work number or name, or two have the name."),
    }[reason]


def article_refused(reasons: dict[str, ArticleReason]) -> str:
    """One sentence a field."""
    words = {
        ("title", ArticleReason.MISSING): _("Give it a title."),
        ("title", ArticleReason.TOO_LONG): _("The title is too long: 120 characters at most."),
        ("text", ArticleReason.MISSING): _("Write what is to be said, or the steps."),
        ("text", ArticleReason.TOO_LONG): _("It is too long: 20,000 characters and 60 steps at most."),
        ("text", ArticleReason.MOVED): _("Somebody else has written it meanwhile: Esc, look at it, and edit it again."),
        ("categories", ArticleReason.UNKNOWN): _("One of the categories is not in the tree."),
    }
    return " ".join(words.get((field, reason), f"{field}: {reason.value}") for field, reason in reasons.items())

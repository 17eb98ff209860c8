"""What the score page shows, as text: questions with what the machine says to them, points, and whose score it is.
Pure, no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.domain.listening import Listener, Role
from desk.domain.scores import Score, ScoreState, is_unswayed
from desk.domain.sheets import Fact, Question
from desk.i18n import _, ngettext
from desk.usecases.score_call import Paper, WhyNot


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`name` as in the answers; `fact`: the machine's word, "" where it has none; `machine`: the answer is still the
    machine's."""

    name: str
    text: str
    scale: int
    answer: int | None
    fact: str
    machine: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    weight: str
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class FatalView:
    """`hint`: the machine points at it, in words."""

    fatal_id: str
    text: str
    on: bool
    hint: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """`verdict`: what the points mean, "" while there are none, and its tone: go, warn, danger. `editable`: it is a
    draft of whoever sits here."""

    score_id: str
    title: str
    points: str
    verdict: str
    tone: str
    missing: str
    sections: tuple[SectionView, ...]
    fatals: tuple[FatalView, ...]
    remarks: str
    editable: bool
    given: str
    reply: str
    may_reply: bool


def view_of(paper: Paper, listener: Listener, local: Callable[[datetime], datetime]) -> PaperView:
    score = paper.score
    final = score.state is ScoreState.FINAL
    verdict, tone = _verdict(paper)
    unanswered = sum(paper.sheet.name_of(question) not in paper.answers for question in paper.sheet.questions)
    return PaperView(
        score_id=score.score_id,
        title=paper.sheet.title,
        points=points_text(paper.points_x10),
        verdict=verdict,
        tone=tone,
        missing="" if final else " ".join(filter(None, (_other_version(paper), _open_words(score, unanswered)))),
        sections=tuple(_sections(paper)),
        fatals=tuple(
            FatalView(
                fatal.fatal_id,
                fatal.text,
                fatal.fatal_id in score.fatal,
                _("the system points at this") if fatal.fatal_id in paper.proposed_fatal else "",
            )
            for fatal in paper.sheet.fatals
        ),
        remarks=score.remarks,
        editable=not final and score.scored_by == listener.agent and listener.role is Role.SUPERVISOR,
        given=" ".join(filter(None, (given_text(score, local), _other_version(paper)))) if final else "",
        reply=score.reply,
        may_reply=final and score.agent == listener.agent,
    )


def points_text(points_x10: int | None) -> str:
    """ "86.5", "–" while there are none."""
    return "–" if points_x10 is None else f"{points_x10 / 10:.1f}".removesuffix(".0")


def given_text(score: Score, local: Callable[[datetime], datetime]) -> str:
    """Who scored when, and as what."""
    what = _("second opinion") if score.second_of else _("score")
    return _("{what} by {who}, {at}").format(what=what, who=score.scored_by, at=f"{local(score.scored_at):%m-%d %H:%M}")


def choices(
    scores: Sequence[Score], listener: Listener, local: Callable[[datetime], datetime]
) -> list[tuple[str, str]]:
    """(score id, line) of what there is to be read, newest first; without points for whoever gives an opinion of their
    own meanwhile."""
    hidden = hides(scores, listener)
    return [
        (score.score_id, f"{'–' if hidden else points_text(score.points_x10)}  {given_text(score, local)}")
        for score in _readable(scores, listener)
    ]


def hides(scores: Sequence[Score], listener: Listener) -> bool:
    """Whether points are not told yet: a second opinion is worth something while it is unswayed."""
    return listener.role is Role.SUPERVISOR and is_unswayed(scores, listener.agent)


def first_look(scores: Sequence[Score], listener: Listener) -> Score | None:
    """What is shown of a call first: the draft of whoever sits here, else what was made final last, so that nobody
    scores twice unawares. None: there is nothing yet. Where it `hides`, it is asked about first."""
    drafts = [score for score in scores if score.state is ScoreState.DRAFT and score.scored_by == listener.agent]
    return next(iter([*drafts, *_readable(scores, listener)]), None)


def unswayed_words(score: Score) -> str:
    """In the place of a score that nobody who sits here has read."""
    told = _(
        "{who} has scored this call. Give your own opinion first: points and answers stay hidden until yours is final."
        " Or read it."
    )
    return told.format(who=score.scored_by)


def _readable(scores: Sequence[Score], listener: Listener) -> list[Score]:
    """What is final, and for agents only what is theirs."""
    return [
        score
        for score in scores
        if score.state is ScoreState.FINAL and (listener.role is Role.SUPERVISOR or score.agent == listener.agent)
    ]


def why_words(why: WhyNot) -> str:
    return {
        WhyNot.SUPERVISORS_ONLY: _("Supervisors score calls. You see what is final, and may answer it."),
        WhyNot.OWN_CALL: _("This is your own call: somebody else scores it."),
        WhyNot.NOT_COMPLETE: _("Some questions have no answer yet."),
        WhyNot.FINAL: _("This score is final. Give a second opinion if you see it otherwise."),
        WhyNot.OWN_SCORE: _("A second opinion is somebody else's: the first score is yours."),
        WhyNot.NOT_YOURS: _("Only the agent of this call may answer."),
        WhyNot.NO_SHEET: _("The scoring sheet of this score is not there any more. Ask IT for the sheet's file."),
        WhyNot.SHEET_CHANGED: _("The scoring sheet has changed meanwhile. Open the call's score again."),
        WhyNot.TOO_LONG: _("The text is too long: 4000 characters at most."),
    }[why]


def fact_words(fact: Fact, figure: float) -> str:
    """What the machine measured, as a person says it."""
    seconds = _("{seconds} s").format(seconds=f"{figure:.1f}".removesuffix(".0"))
    return {
        Fact.GREETING_S: _("first word after {seconds}").format(seconds=seconds),
        Fact.LONG_SILENCES: ngettext("{n} silence over 10 s", "{n} silences over 10 s", round(figure)).format(
            n=round(figure)
        ),
        Fact.LONGEST_SILENCE_S: _("longest silence {seconds}").format(seconds=seconds),
        Fact.TALK_OVER_PERCENT: _("both at once {percent} %").format(percent=f"{figure:.0f}"),
        Fact.AGENT_TALK_PERCENT: _("the agent talked {percent} %").format(percent=f"{figure:.0f}"),
        Fact.HOLDS: ngettext("held {n} time", "held {n} times", round(figure)).format(n=round(figure)),
        Fact.HOLD_S: _("held for {seconds}").format(seconds=seconds),
        Fact.LENGTH_S: _("talked for {seconds}").format(seconds=seconds),
        Fact.FORM_COMPLETE: _("filed before hang-up") if figure else _("not filed before hang-up"),
        Fact.FOLLOW_UP_PROMISED: _("a follow-up is arranged") if figure else _("no follow-up is arranged"),
    }[fact]


def _other_version(paper: Paper) -> str:
    if not paper.sheet_then:
        return ""
    if paper.score.state is ScoreState.FINAL:
        told = _("Made with version {then} of the sheet, which is not here; the words are those of version {now}.")
    else:
        told = _("Begun with version {then} of the sheet, which is version {now} now: look at every answer again.")
    return told.format(then=paper.sheet_then, now=paper.sheet.version)


def _sections(paper: Paper) -> list[SectionView]:
    """Of a final score whose version of the sheet is not here, the questions that were answered, without weights."""
    whole = sum(section.weight for section in paper.sheet.sections)
    is_other = bool(paper.sheet_then) and paper.score.state is ScoreState.FINAL
    found = []
    for section in paper.sheet.sections:
        questions = tuple(
            _question(paper, name, question)
            for question in section.questions
            if (name := f"{section.section_id}.{question.question_id}") in paper.answers or not is_other
        )
        weight = "" if is_other else _("{percent} %").format(percent=round(100 * section.weight / whole))
        if questions:
            found.append(SectionView(section.title, weight, questions))
    return found


def _question(paper: Paper, name: str, question: Question) -> QuestionView:
    answer, proposed = paper.answers.get(name), paper.proposed.get(name)
    figure = paper.facts.get(question.fact) if question.fact else None
    fact = fact_words(question.fact, figure) if question.fact is not None and figure is not None else ""
    return QuestionView(name, question.text, question.scale, answer, fact, proposed is not None and answer == proposed)


def _verdict(paper: Paper) -> tuple[str, str]:
    """(words, tone)."""
    if paper.points_x10 is None:
        return "", ""
    if paper.score.fatal:
        return _("fatal error"), "danger"
    if paper.sheet_then:
        return "", ""  # what was enough then, nobody here knows
    if paper.points_x10 >= 10 * paper.sheet.passed:
        return _("passed"), "go"
    return _("below {points}").format(points=paper.sheet.passed), "warn"


def _open_words(score: Score, count: int) -> str:
    if score.fatal or not count:
        return ""
    return ngettext("{n} question is still open", "{n} questions are still open", count).format(n=count)

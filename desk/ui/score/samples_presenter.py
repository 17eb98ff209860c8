"""The samples of a week, scores and answers as lines. Pure, no Qt."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from desk.domain.call_log import CallEntry
from desk.i18n import _, ngettext
from desk.ui.rows_presenter import Row
from desk.ui.score.presenter import points_text
from desk.usecases.draw_samples import RANDOM
from desk.usecases.read_samples import Agreed, SampleRow
from desk.usecases.read_scores import ScoredCall


def rows_of(samples: Sequence[SampleRow], titles: Mapping[str, str], zone: tzinfo) -> list[Row]:
    """`titles`: rule -> what it is called."""
    return [_row(sample, titles, zone) for sample in samples]


def progress(samples: Sequence[SampleRow]) -> str:
    """How far the week is."""
    done = sum(sample.done for sample in samples)
    return _("{done} of {all} scored").format(done=done, all=len(samples))


def drawn_words(count: int, agents: int) -> str:
    """`agents`: for how many of them was drawn."""
    if not agents:
        return _("The list of staff has no agents, so there is nobody to draw for. Ask IT for the list of staff.")
    if not count:
        return _("Nothing more to draw: every agent has the calls of this week that are due.")
    return ngettext("{n} call drawn", "{n} calls drawn", count).format(n=count)


def week_runs_words(period: str) -> str:
    return _("{period} is not over yet. Its calls are drawn when all of them can be: from the Monday after it.").format(
        period=period
    )


def agreement_words(agreed: Agreed | None, weeks: int) -> str:
    """How far first and second opinions of the last weeks go together."""
    if agreed is None:
        return _("No call of the last {weeks} weeks has a second opinion.").format(weeks=weeks)
    told = agreed.whole
    return _("{calls} calls scored twice: {same} % of the answers alike, kappa {kappa}, {apart} points apart.").format(
        calls=told.calls,
        same=round(100 * told.same),
        kappa="–" if told.kappa is None else f"{told.kappa:.2f}",
        apart=f"{told.points_apart:.1f}",
    )


def agreement_lines(agreed: Agreed | None) -> list[str]:
    """By question."""
    return [f"{round(100 * same):>4} %  {name}" for name, same in agreed.questions.items()] if agreed else []


def own_rows(scored: Sequence[ScoredCall], zone: tzinfo) -> list[Row]:
    """What an agent reads of the own calls."""
    return [_scored(one, _own_tail(one), zone) for one in scored]


def answered_rows(scored: Sequence[ScoredCall], zone: tzinfo) -> list[Row]:
    """Whom a supervisor has not read an answer of."""
    return [_scored(one, _("{agent} has answered").format(agent=one.score.agent), zone, "warn") for one in scored]


def none_of_own(days: int) -> str:
    return ngettext(
        "None of your calls has been scored in the last {n} day.",
        "None of your calls has been scored in the last {n} days.",
        days,
    ).format(n=days)


def _own_tail(one: ScoredCall) -> str:
    if one.score.is_unseen:
        return _("not read yet")
    return _("answered") if one.score.reply else ""


def _scored(one: ScoredCall, tail: str, zone: tzinfo, tone: str = "go") -> Row:
    points = points_text(one.score.points_x10)
    if one.call is None:
        return Row(points, _("this call has not arrived here yet"), tail, "", tone)
    return Row(points, _call_text(one.call, zone), tail, f"call:{one.call.call_id}", tone)


def _call_text(call: CallEntry, zone: tzinfo) -> str:
    number = call.number or _("number withheld")
    return f"{call.offered_at.astimezone(zone):%m-%d %H:%M}  {number}"


def _row(row: SampleRow, titles: Mapping[str, str], zone: tzinfo) -> Row:
    state, tone = _state(row)
    rule = _("random") if row.sample.rule == RANDOM else titles.get(row.sample.rule) or row.sample.rule
    if row.call is None:
        away = _("this call has not arrived here yet")
        return Row(state, f"{row.sample.agent}  {away}", rule, "", tone)
    text = f"{row.sample.agent}  {_call_text(row.call, zone)}"
    return Row(state, text, rule, f"call:{row.call.call_id}", tone)


def _state(row: SampleRow) -> tuple[str, str]:
    if row.score is None:
        return _("to score"), "accent"
    if not row.done:
        return _("draft"), "warn"
    if row.unswayed:
        return _("scored"), "go"
    return points_text(row.score.points_x10), "go"

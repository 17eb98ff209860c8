"""The samples of a week as lines. Pure, no Qt."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from desk.i18n import _, ngettext
from desk.ui.rows_presenter import Row
from desk.ui.score.presenter import points_text
from desk.usecases.draw_samples import RANDOM
from desk.usecases.read_samples import SampleRow


def rows_of(samples: Sequence[SampleRow], titles: Mapping[str, str], zone: tzinfo) -> list[Row]:
    """`titles`: rule -> what it is called."""
    return [_row(sample, titles, zone) for sample in samples]


def progress(samples: Sequence[SampleRow]) -> str:
    """How far the week is."""
    done = sum(sample.done for sample in samples)
    return _("{done} of {all} scored").format(done=done, all=len(samples))


def drawn_words(count: int) -> str:
    if not count:
        return _("Nothing more to draw: every agent has the calls of this week that are due.")
    return ngettext("{n} call drawn", "{n} calls drawn", count).format(n=count)


def _row(row: SampleRow, titles: Mapping[str, str], zone: tzinfo) -> Row:
    state, tone = _state(row)
    rule = _("random") if row.sample.rule == RANDOM else titles.get(row.sample.rule) or row.sample.rule
    if row.call is None:
        return Row(state, f"{row.sample.agent}  {_('this call has not arrived here yet')}", rule, "", tone)
    at = row.call.offered_at.astimezone(zone)
    number = row.call.number or _("number withheld")
    return Row(state, f"{row.sample.agent}  {at:%m-%d %H:%M}  {number}", rule, f"call:{row.call.call_id}", tone)


def _state(row: SampleRow) -> tuple[str, str]:
    if row.score is None:
        return _("to score"), "accent"
    if not row.done:
        return _("draft"), "warn"
    return points_text(row.score.points_x10), "go"

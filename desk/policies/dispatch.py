"""The figures of dispatching and the keywords that handlers answer with, read from dispatch.toml. Reads files, off the
ui's thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.domain.dispatching import DispatchPolicy
from desk.domain.replies import Keywords, Said
from desk.domain.tickets import Priority
from desk.domain.working_time import Span, Unit, read_span
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy
from desk.policies.routes import latest

NAME = "dispatch"
MOST_TRIES = 20


@dataclass(frozen=True, kw_only=True)
class RawDispatch:
    tries: int
    again_after: str
    again_after_urgent: str
    link_holds: str
    limit: Mapping[Priority, str] = field(default_factory=dict)
    keywords: Mapping[Said, tuple[str, ...]] = field(default_factory=dict)


def read_dispatch(folders: PolicyFolders) -> Policy[DispatchPolicy]:
    """Raises `PolicyError` where the shipped file is broken."""
    return read_policy(folders, NAME, RawDispatch, _build)


def _build(raw: RawDispatch, wrong: Wrong) -> DispatchPolicy:
    if not 1 <= raw.tries <= MOST_TRIES:
        raise wrong(("tries",), _("between 1 and {most}").format(most=MOST_TRIES))
    missing = next((priority for priority in Priority if priority not in raw.limit), None)
    if missing is not None:
        raise wrong(("limit",), _("there is no limit for {what}").format(what=missing.value))
    return DispatchPolicy(
        tries=raw.tries,
        again_after=_clock_time("again_after", raw.again_after, wrong).length,
        again_after_urgent=_clock_time("again_after_urgent", raw.again_after_urgent, wrong).length,
        limits={priority: _span(("limit", priority.value), text, wrong) for priority, text in raw.limit.items()},
        keywords=_keywords(raw, wrong),
        link_holds=_clock_time("link_holds", raw.link_holds, wrong).length,
    )


def _clock_time(key: str, text: str, wrong: Wrong) -> Span:
    span = _span((key,), text, wrong)
    if span.unit not in (Unit.HOURS, Unit.DAYS):
        raise wrong((key,), _("this runs by the clock, not in working time"))
    return span


def _span(path: tuple[str, ...], text: str, wrong: Wrong) -> Span:
    span = read_span(text)
    if span is None:
        raise wrong(path, _('a time is written "24 h", "30 min", "3 days" or "15 working days"'))
    return span


def _keywords(raw: RawDispatch, wrong: Wrong) -> Keywords:
    of: dict[str, Said] = {}
    for said in Said:
        words = raw.keywords.get(said, ())
        if not words:
            raise wrong(("keywords", said.value), _("at least one word is needed"))
        for word in words:
            if not word.strip() or word != word.strip():
                raise wrong(("keywords", said.value), _("a word is empty, or begins or ends with a space"))
            other = of.setdefault(word.lower(), said)
            if other is not said:
                both = [("keywords", other.value), ("keywords", said.value)]
                raise wrong(latest(both, wrong), _("{word} stands for two answers").format(word=word))
    return {said: tuple(raw.keywords[said]) for said in Said}

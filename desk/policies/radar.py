"""When reports make an incident and what those who call are told, read from radar.toml. A category that the tree does
not have is told with its line: a radar that looks for what is never filed sees nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from desk.domain.categories import CategoryTree
from desk.domain.radar import RadarPolicy
from desk.domain.working_time import Unit, read_span
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "radar"
OTHER = "other"  # the reply where no other fits
_FEWEST, _MOST = 2, 100


@dataclass(frozen=True, kw_only=True)
class RawRaised:
    reports: int = 3
    within: str = "20 min"
    shown: str = "4 h"
    call_back: str = "1 h"
    left_out: tuple[str, ...] = ()
    answer_category: str = ""


@dataclass(frozen=True, kw_only=True)
class RawRadar:
    raised: RawRaised = field(default_factory=RawRaised)
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reply: Mapping[str, str] = field(default_factory=dict)


def read_radar(folders: PolicyFolders, tree: CategoryTree) -> Policy[RadarPolicy]:
    """`tree`: the company's categories. Raises `PolicyError` where the shipped one is broken."""

    def build(raw: RawRadar, wrong: Wrong) -> RadarPolicy:
        return _build(raw, wrong, tree)

    return read_policy(folders, _NAME, RawRadar, build)


def _build(raw: RawRadar, wrong: Wrong, tree: CategoryTree) -> RadarPolicy:
    raised = raw.raised
    if not _FEWEST <= raised.reports <= _MOST:
        raise wrong(("raised", "reports"), _("{least} to {most} reports").format(least=_FEWEST, most=_MOST))
    lengths = {
        name: _length(getattr(raised, name), ("raised", name), wrong) for name in ("within", "shown", "call_back")
    }
    codes = [category.code for category in tree.categories]
    for start in raised.left_out:
        if not any(_is_below(code, start) for code in codes):
            raise wrong(("raised", "left_out"), _unknown(start))
    if raised.answer_category and tree.get(raised.answer_category) is None:
        raise wrong(("raised", "answer_category"), _unknown(raised.answer_category))
    _check_replies(raw, wrong, tree)
    return RadarPolicy(
        reports=raised.reports,
        window=lengths["within"],
        keep=lengths["shown"],
        call_back=lengths["call_back"],
        together=_together(raw, wrong, tree),
        left_out=raised.left_out,
        replies={"" if code == OTHER else code: text for code, text in raw.reply.items()},
        answer_category=raised.answer_category,
    )


def _together(raw: RawRadar, wrong: Wrong, tree: CategoryTree) -> dict[str, str]:
    """category -> the one that it counts as."""
    together: dict[str, str] = {}
    for leaf, others in raw.together.items():
        for code in (leaf, *others):
            if tree.get(code) is None:
                raise wrong(("together", leaf), _unknown(code))
        for other in others:
            if other in raw.together or other in together:
                raise wrong(("together", leaf), _("{category} counts under two others").format(category=other))
            together[other] = leaf
    return together


def _check_replies(raw: RawRadar, wrong: Wrong, tree: CategoryTree) -> None:
    for code, text in raw.reply.items():
        if code != OTHER and tree.get(code) is None:
            raise wrong(("reply", code), _unknown(code))
        if not text.strip():
            raise wrong(("reply", code), _("it is empty"))


def _length(text: str, path: tuple[str, ...], wrong: Wrong) -> timedelta:
    """By the clock on the wall: faults do not wait for working days."""
    span = read_span(text)
    if span is None or span.unit not in (Unit.HOURS, Unit.DAYS):
        raise wrong(path, _("a length is written 20 min or 4 h"))
    return span.length


def _is_below(code: str, start: str) -> bool:
    return code == start or code.startswith(f"{start}.")


def _unknown(code: str) -> str:
    return _("there is no category {category}").format(category=code)

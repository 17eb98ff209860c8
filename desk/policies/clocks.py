"""The lengths of the clocks, read from clocks.toml. An exception gives some tickets another length; a company's file
that has exceptions replaces all of those before it."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desk.domain.clocks import SHIPPED, ClockException, ClockName, ClockPolicy, Figure
from desk.domain.priority_rules import RaiseRule, When
from desk.domain.tickets import Kind, Priority
from desk.domain.working_time import Span, read_span
from desk.i18n import _
from desk.policies.files import (
    Policy,
    PolicyError,
    PolicyFolders,
    Wrong,
    of_whole_seats,
    policy_file,
    read_policy,
)

_NAME = "clocks"
_QUESTION = "question"  # a figure that nothing goes by any more


@dataclass(frozen=True, kw_only=True)
class RawException:
    clock: ClockName
    span: str
    kinds: tuple[Kind, ...] = ()
    priorities: tuple[Priority, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawRaise:
    when: When
    to: Priority
    times: int = 1
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawClocks:
    clock: Mapping[str, str] = field(default_factory=dict)
    figure: Mapping[str, str] = field(default_factory=dict)
    exception: tuple[RawException, ...] = ()
    raises: tuple[RawRaise, ...] = ()


@dataclass(frozen=True)
class ClockRules:
    """`raises`: when a ticket's priority goes up."""

    policy: ClockPolicy
    raises: tuple[RaiseRule, ...] = ()


def read_clocks(folders: PolicyFolders) -> Policy[ClockRules]:
    """Raises `PolicyError` where the shipped one is broken."""
    return read_policy(folders, _NAME, RawClocks, _build)


def without_effect(folders: PolicyFolders) -> tuple[PolicyError, ...]:
    """What would silently be so: another estate's own time to be reminded in, for a list has the rows of all estates;
    and the time for an answer, which stood here once."""
    if folders.company is None:
        return ()
    others = [folders.company / name for name in folders.estates() if name != folders.estate]
    elsewhere = _("the time for an answer stands in knowledge.toml, as answer_within_h")
    return (
        *_given(others, Figure.REMIND_BEFORE.value, of_whole_seats()),
        *_given([*folders.all()[1:], *others], _QUESTION, elsewhere),
    )


def _given(places: Iterable[Path], figure: str, why: str) -> Iterator[PolicyError]:
    for file in (place / f"{_NAME}.toml" for place in places):
        with contextlib.suppress(OSError, PolicyError):  # one that cannot be read is told by whoever reads it
            read = policy_file(file)
            given = read.tree.get("figure")
            if isinstance(given, dict) and figure in given:
                yield read.wrong(("figure", figure), why)


def _build(raw: RawClocks, wrong: Wrong) -> ClockRules:
    names = {name.value: name for name in ClockName if name in SHIPPED}
    figures = {figure.value: figure for figure in Figure}
    for table, known, given in (("clock", names, raw.clock), ("figure", figures, raw.figure)):
        strange = next((key for key in given if key not in known and (table, key) != ("figure", _QUESTION)), None)
        if strange is not None:
            raise wrong((table, strange), _("there is nothing called {key} here").format(key=repr(strange[:40])))
    spans = {name: _span(raw.clock.get(key), ("clock", key), wrong) for key, name in names.items()}
    lengths = {figure: _span(raw.figure.get(key), ("figure", key), wrong) for key, figure in figures.items()}
    exceptions = []
    for number, one in enumerate(raw.exception):
        if one.clock not in spans:
            raise wrong(("exception", number, "clock"), _("this clock has no length of its own"))
        span = _span(one.span, ("exception", number, "span"), wrong)
        kinds, priorities = frozenset(one.kinds), frozenset(one.priorities)
        exceptions.append(ClockException(one.clock, span, kinds, priorities, one.categories))
    raises = []
    for number, rule in enumerate(raw.raises):
        if rule.times < 1:
            raise wrong(("raises", number, "times"), _("at least once"))
        if (rule.when is When.TAGGED) != bool(rule.tags):
            raise wrong(("raises", number, "tags"), _('tags belong to when = "tagged", and only there'))
        raises.append(RaiseRule(rule.when, rule.to, rule.times, frozenset(rule.tags)))
    return ClockRules(ClockPolicy(spans, lengths, tuple(exceptions)), tuple(raises))


def _span(text: str | None, path: tuple[str | int, ...], wrong: Wrong) -> Span:
    found = read_span(text) if text is not None else None
    if found is None:
        raise wrong(path, _("a length is written 30 min, 24 h, 3 days, 2 working h or 15 working days"))
    return found

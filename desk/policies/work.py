"""Promises, the queue, why something is late and when a call is tried again, read from work.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from desk.domain.attempts import Outcome
from desk.domain.outcome_rules import SHIPPED, AgainFigures
from desk.domain.promise_rules import FURTHEST, PromiseFigures
from desk.domain.work_times import WorkFigures
from desk.domain.working_time import Unit, read_span
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "work"
_DIGITS = 9
_LONGEST = 20  # characters of a cause: it stands on a key


@dataclass(frozen=True, kw_only=True)
class RawPromise:
    usual: str = "30 min"
    choices: tuple[str, ...] = ()
    at_hand: str = "5 min"


@dataclass(frozen=True, kw_only=True)
class RawQueue:
    at_hand: str = "15 min"


@dataclass(frozen=True, kw_only=True)
class RawOverdue:
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawWork:
    promise: RawPromise = field(default_factory=RawPromise)
    queue: RawQueue = field(default_factory=RawQueue)
    overdue: RawOverdue = field(default_factory=RawOverdue)
    again: Mapping[str, str] = field(default_factory=dict)


def read_work(folders: PolicyFolders) -> Policy[WorkFigures]:
    """Raises `PolicyError` where the shipped one is broken."""
    return read_policy(folders, _NAME, RawWork, _build)


def _build(raw: RawWork, wrong: Wrong) -> WorkFigures:
    choices = tuple(_choice(one, wrong) for one in raw.promise.choices)
    if not choices or len(choices) > _DIGITS:
        raise wrong(("promise", "choices"), _("one to nine times, one for each digit"))
    promises = PromiseFigures(
        _length(raw.promise.usual, ("promise", "usual"), wrong),
        choices,
        _length(raw.promise.at_hand, ("promise", "at_hand"), wrong),
    )
    outcomes = {outcome.value: outcome for outcome in SHIPPED.after}
    strange = next((key for key in raw.again if key not in outcomes), None)
    if strange is not None:
        raise wrong(("again", strange), _("there is nothing called {key} here").format(key=repr(strange[:40])))
    again: dict[Outcome, timedelta] = dict(SHIPPED.after)
    again |= {outcomes[key]: _length(given, ("again", key), wrong) for key, given in raw.again.items()}
    at_hand = _length(raw.queue.at_hand, ("queue", "at_hand"), wrong)
    return WorkFigures(promises, AgainFigures(again), at_hand, _causes(raw.overdue.causes, wrong))


def _causes(given: tuple[str, ...], wrong: Wrong) -> tuple[str, ...]:
    path, causes = ("overdue", "causes"), tuple(one.strip() for one in given)
    if len(causes) > _DIGITS:
        raise wrong(path, _("at most nine causes, one for each digit"))
    if any(not one or len(one) > _LONGEST for one in causes):
        raise wrong(path, _("a cause is a word or two that fit on a key"))
    if len(set(causes)) < len(causes):
        raise wrong(path, _("the same cause stands there twice"))
    return causes


def _length(given: str, path: tuple[str, ...], wrong: Wrong) -> timedelta:
    span = read_span(given)
    if span is None or span.unit not in (Unit.HOURS, Unit.DAYS):
        raise wrong(path, _('{given} is no length of time: "10 min", "2 h", "1 day"').format(given=repr(given[:40])))
    if span.length > FURTHEST:
        raise wrong(path, _("that is longer than two months"))
    return span.length


def _choice(given: str, wrong: Wrong) -> timedelta | time:
    try:
        return (
            time.fromisoformat(given.strip().zfill(5))
            if ":" in given
            else _length(given, ("promise", "choices"), wrong)
        )
    except ValueError as error:
        said = _('{given} is neither a length of time ("30 min") nor a time of day ("18:00")')
        raise wrong(("promise", "choices"), said.format(given=repr(given[:40]))) from error

"""How long recordings are kept. A rule fits a call by the kinds of its tickets and the tags of its people and homes;
where several fit, the longest time counts; what none fits stays for good. A legal hold keeps a recording whatever the
rules say, and nothing younger than a day ever goes. Pure functions and values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.sensitive_tags import NONE, SensitiveTags

LEAST_DAYS = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits when one of `kinds` and one of `tags` is the call's; an empty one asks for nothing."""

    days: int
    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """As it stands in `RecordingEntry.deleted_why`: "retention 365 days: repair, inquiry; tagged VIP"."""
        wanted = [", ".join(sorted(self.kinds))] if self.kinds else []
        wanted += [f"tagged {', '.join(sorted(self.tags))}"] if self.tags else []
        return f"retention {self.days} days: {'; '.join(wanted) or 'every call'}"


@dataclass(frozen=True, slots=True)
class Aging:
    """A recording that grows old. `at`: when its call was offered; `kinds` of the call's tickets; `tags` of those
    people and households that the call or its tickets name."""

    entry: RecordingEntry
    at: datetime
    kinds: frozenset[str] = field(default=frozenset())
    tags: frozenset[str] = field(default=frozenset())


class Fate(Enum):
    GOES = "goes"
    STAYS = "stays"  # no rule fits, or its time is not over
    HELD = "held"  # its time is over, and a legal hold keeps it
    WAITS = "waits"  # its time is over, and the vault has not confirmed it yet


def rule_of(aging: Aging, rules: tuple[Rule, ...], listed: SensitiveTags = NONE) -> Rule | None:
    """The one that counts: the longest of those that fit. `listed`: which words mean the same tag."""
    tags = listed.meant(aging.tags)
    fitting = [
        rule
        for rule in rules
        if (not rule.kinds or rule.kinds & aging.kinds)
        and (not rule.tags or (tags and not tags.isdisjoint(listed.meant(rule.tags))))
    ]
    return max(fitting, key=lambda rule: rule.days, default=None)


def fate_of(
    aging: Aging, rules: tuple[Rule, ...], now: datetime, listed: SensitiveTags = NONE
) -> tuple[Fate, Rule | None]:
    """What becomes of it now, and by which rule."""
    rule = rule_of(aging, rules, listed)
    if rule is None or now - aging.at <= timedelta(days=max(rule.days, LEAST_DAYS)):
        return Fate.STAYS, rule
    entry = aging.entry
    if entry.kept is not RecordingKept.KEPT or not entry.file or entry.deleted_at is not None:
        return Fate.STAYS, rule
    if entry.legal_hold:
        return Fate.HELD, rule
    if entry.seal_hash and entry.vaulted_at is None:
        return Fate.WAITS, rule
    return Fate.GOES, rule


def youngest(rules: tuple[Rule, ...], now: datetime) -> datetime | None:
    """No call at this time or later can be due; None: no call at all."""
    if not rules:
        return None
    return now - timedelta(days=max(min(rule.days for rule in rules), LEAST_DAYS))

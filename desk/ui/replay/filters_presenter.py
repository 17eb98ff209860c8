"""The filter panel's fields as text, and the query they make. A field that cannot be read narrows nothing down, and is
told. No Qt; pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum
from typing import Any

from desk.domain.call_fits import fold_text
from desk.domain.call_search import CallQuery, Recorded
from desk.domain.tickets import Kind
from desk.i18n import _
from desk.ui import words
from desk.usecases.call_phrases import time_of

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,2})?")
_MOST_MOS, _MOST_SCORE = 5.0, 100.0


class What(Enum):
    """A field of the panel."""

    SINCE = "since"
    UNTIL = "until"
    AGENTS = "agents"
    CATEGORY = "category"
    KIND = "kind"
    LEAST_LENGTH = "least_length"
    MOST_LENGTH = "most_length"
    HOLD = "hold"
    SILENCE = "silence"
    LEAST_SCORE = "least_score"
    MOST_SCORE = "most_score"
    SCORED = "scored"
    MOS = "mos"
    RECORDED = "recorded"
    LEGAL_HOLD = "legal_hold"


CHOICES = frozenset({What.KIND, What.SCORED, What.RECORDED, What.LEGAL_HOLD})


@dataclass(frozen=True, slots=True)
class Filters:
    """What stands in the fields: text, or the value of a choice; "" narrows nothing down."""

    texts: Mapping[What, str] = field(default_factory=dict)

    def __getitem__(self, what: What) -> str:
        return self.texts.get(what, "").strip()

    @property
    def count(self) -> int:
        return sum(1 for text in self.texts.values() if text.strip())


@dataclass(frozen=True, slots=True)
class Read:
    """`wrong`: fields that cannot be read, with the words for it."""

    query: CallQuery
    wrong: Mapping[What, str]


def label(what: What) -> str:
    return {
        What.SINCE: _("From day"),
        What.UNTIL: _("To day"),
        What.AGENTS: _("Agents"),
        What.CATEGORY: _("Category"),
        What.KIND: _("Kind"),
        What.LEAST_LENGTH: _("Talked at least"),
        What.MOST_LENGTH: _("Talked at most"),
        What.HOLD: _("Held at least"),
        What.SILENCE: _("Silent at least"),
        What.LEAST_SCORE: _("Score from"),
        What.MOST_SCORE: _("Score to"),
        What.SCORED: _("Scored"),
        What.MOS: _("Sound (MOS) at most"),
        What.RECORDED: _("Recording"),
        What.LEGAL_HOLD: _("Legal hold"),
    }[what]


def hint(what: What) -> str:
    """What may be typed."""
    seconds = _("seconds")
    return {
        What.SINCE: _("11-20, yesterday ..."),
        What.UNTIL: _("11-20, today ..."),
        What.AGENTS: _("work numbers"),
        What.CATEGORY: _("name or letters"),
        What.LEAST_LENGTH: seconds,
        What.MOST_LENGTH: seconds,
        What.HOLD: seconds,
        What.SILENCE: seconds,
        What.LEAST_SCORE: "0-100",
        What.MOST_SCORE: "0-100",
        What.MOS: "1.0-5.0",
    }.get(what, "")


def choices(what: What) -> tuple[tuple[str, str], ...]:
    """(value, words) of a choice, the one that narrows nothing down first."""
    yes_no = (("", _("Any")), ("yes", _("Yes")), ("no", _("No")))
    recorded = ((Recorded.KEPT, _("Kept")), (Recorded.MISSING, _("Missing")), (Recorded.DELETED, _("Deleted")))
    return {
        What.KIND: (("", _("Any")), *((kind.value, words.kind(kind)) for kind in Kind)),
        What.RECORDED: (("", _("Any")), *((value.value, said) for value, said in recorded)),
    }.get(what, yes_no)


def read(filters: Filters, now: datetime, zone: tzinfo, is_category: Callable[[str], bool]) -> Read:
    """`is_category`: whether there is a category (or a branch) of this code."""
    fields: dict[str, Any] = {}
    wrong: dict[What, str] = {}
    for what in (What.SINCE, What.UNTIL):
        if text := filters[what]:
            when = time_of(fold_text(text), now, zone)
            if when is None:
                wrong[what] = _("no day that can be read")
            else:
                fields[what.value] = when.fields[what.value]
    fields |= _measured(filters, wrong)
    if filters[What.AGENTS]:
        fields["agents"] = tuple(re.split(r"[\s,，、;；]+", filters[What.AGENTS]))
    if code := filters[What.CATEGORY]:
        if is_category(code):
            fields["categories"] = (code,)
        else:
            wrong[What.CATEGORY] = _("choose one of the list")
    fields |= _chosen(filters)
    if fields.get("since") and fields.get("until") and fields["since"] >= fields["until"]:
        wrong[What.UNTIL] = _("before the first day")
    return Read(CallQuery(**fields), wrong)


def _measured(filters: Filters, wrong: dict[What, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for what, field_name, most, times in _MEASURES:
        if text := filters[what]:
            value = _number(text)
            if value is None or value > most:
                wrong[what] = _("no number that fits")
            else:
                fields[field_name] = round(value * times)
    return fields


_SECONDS = 1_000_000.0
_MEASURES = (
    (What.LEAST_LENGTH, "least_length_s", _SECONDS, 1),
    (What.MOST_LENGTH, "most_length_s", _SECONDS, 1),
    (What.HOLD, "least_hold_s", _SECONDS, 1),
    (What.SILENCE, "least_silence_s", _SECONDS, 1),
    (What.LEAST_SCORE, "least_score", _MOST_SCORE, 1),
    (What.MOST_SCORE, "most_score", _MOST_SCORE, 1),
    (What.MOS, "most_mos_x100", _MOST_MOS, 100),
)


def _chosen(filters: Filters) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if filters[What.KIND]:
        fields["kinds"] = frozenset({Kind(filters[What.KIND])})
    if filters[What.RECORDED]:
        fields["recorded"] = Recorded(filters[What.RECORDED])
    for what, name in ((What.SCORED, "scored"), (What.LEGAL_HOLD, "legal_hold")):
        if filters[what]:
            fields[name] = filters[what] == "yes"
    return fields


def _number(text: str) -> float | None:
    folded = fold_text(text)
    return float(folded) if _NUMBER.fullmatch(folded) else None

"""Changes that the centre would not take. They stay at the seat that made them, in its log and in its rows, until the
centre takes them after all or somebody drops them by hand, with a reason. Pure values."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.changes import Change


class WhyRefused(Enum):
    """What lies behind the centre's refusal, as far as its code tells it."""

    UNKNOWN_HERE = "unknown_here"  # the centre does not know such an entity or field: it is older than this seat
    BAD_VALUE = "bad_value"  # a value that the centre cannot hold
    NOT_ALLOWED = "not_allowed"  # the person may not write this
    OTHER_ESTATE = "other_estate"  # nor in this estate
    OTHER_NAME = "other_name"  # nor in another person's name
    TOO_MUCH = "too_much"  # a limit of the centre's
    BROKEN = "broken"  # the change contradicts itself
    OTHER = "other"


# The centre's own refusals by SQLSTATE (class DK), and PostgreSQL's; a code that is not here is looked up by its class.
_BY_CODE = {
    "DK001": WhyRefused.UNKNOWN_HERE,
    "DK002": WhyRefused.UNKNOWN_HERE,
    "DK003": WhyRefused.BROKEN,
    "DK004": WhyRefused.BAD_VALUE,
    "DK011": WhyRefused.OTHER_NAME,
    "DK012": WhyRefused.OTHER_ESTATE,
    "DK013": WhyRefused.NOT_ALLOWED,
    "DK014": WhyRefused.BAD_VALUE,
    "DK015": WhyRefused.NOT_ALLOWED,
    "DK016": WhyRefused.NOT_ALLOWED,
    "DK017": WhyRefused.OTHER_NAME,
    "53400": WhyRefused.TOO_MUCH,
}
_BY_CLASS = {"22": WhyRefused.BAD_VALUE, "23": WhyRefused.BROKEN, "42": WhyRefused.NOT_ALLOWED, "DK": WhyRefused.OTHER}
_CODED = re.compile(r"([0-9A-Z]{5}): ?(.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Dropped:
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """`refused`: what the centre said, "SQLSTATE: message". `dropped` None: it is still to be taken."""

    change: Change
    refused: str
    dropped: Dropped | None = None


def why_refused(refused: str) -> tuple[WhyRefused, str]:
    """(what lies behind it, the centre's own words)."""
    coded = _CODED.fullmatch(refused)
    if coded is None:
        return WhyRefused.OTHER, refused
    code, words = coded.groups()
    return _BY_CODE.get(code, _BY_CLASS.get(code[:2], WhyRefused.OTHER)), words

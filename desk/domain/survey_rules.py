"""Whom a satisfaction survey asks, and when one that comes round by itself is due. A rule is a few words: "all",
"estate=ID", "building=ID", "tickets=30" (households with a ticket in the last thirty days), joined by spaces. Pure
functions."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from desk.domain.follow_up_rules import SurveyRule
from desk.domain.identity import EstateId

EVERY_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MOST_DAYS = 3_660


class BadRule(ValueError):
    """Words that say nothing about whom to ask. The text is the word to blame."""


@dataclass(frozen=True, slots=True)
class Whom:
    """What is None narrows nothing."""

    estate_id: EstateId | None = None
    building_id: str | None = None
    ticket_days: int | None = None


def read_rule(text: str) -> Whom:
    """Raises `BadRule`."""
    estate: EstateId | None = None
    building, days = None, None
    for word in text.split():
        name, _sign, value = word.partition("=")
        if word == "all":
            continue
        if name == "estate" and value:
            estate = EstateId(value)
        elif name == "building" and value:
            building = value
        elif name == "tickets" and value.isascii() and value.isdecimal() and 1 <= int(value) <= _MOST_DAYS:
            days = int(value)
        else:
            raise BadRule(word)
    return Whom(estate, building, days)


def rule_text(whom: Whom) -> str:
    """The other way."""
    parts = (
        f"estate={whom.estate_id}" if whom.estate_id else "",
        f"building={whom.building_id}" if whom.building_id else "",
        f"tickets={whom.ticket_days}" if whom.ticket_days else "",
    )
    return " ".join(part for part in parts if part) or "all"


def turn_of(rule: SurveyRule, at: datetime, zone: tzinfo) -> tuple[str, datetime, datetime]:
    """The turn of a survey that comes round: its name ("2026-10", the first month of it), its first moment, and the
    first after it. It lies within `rule.days` days of the first of the month, quarter or year that `at` is in."""
    local = at.astimezone(zone)
    months = EVERY_MONTHS[rule.every]
    month = (local.month - 1) // months * months + 1
    first = datetime.combine(local.date().replace(month=month, day=1), time(), zone)
    return f"{first:%Y-%m}", first, first + timedelta(days=rule.days)

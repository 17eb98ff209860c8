"""Findings as rows: the gravest first, otherwise as they came. No Qt; pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.health import Finding, Level
from desk.health import words

_LOOKS = {  # icon, ink, role of the level's word
    Level.OK: ("check-circle", "go", "ok"),
    Level.UNCHECKED: ("question", "muted", "muted"),
    Level.WARNING: ("warning", "warn", "warning"),
    Level.WRONG: ("x-circle", "danger", "error"),
}


@dataclass(frozen=True, slots=True)
class RowView:
    """`grave`: it is to be read, with what to do; else one muted line is enough."""

    icon: str
    ink: str
    role: str
    level: str
    title: str
    why: str
    remedy: str
    grave: bool


def row(finding: Finding) -> RowView:
    icon, ink, role = _LOOKS[finding.level]
    return RowView(
        icon,
        ink,
        role,
        words.level(finding.level),
        words.title(finding.check),
        finding.why,
        finding.remedy,
        grave=finding.level in (Level.WARNING, Level.WRONG),
    )


def place(finding: Finding, shown: Sequence[Finding]) -> int:
    """Where it goes among those that are shown."""
    return sum(one.level >= finding.level for one in shown)


def as_text(findings: Iterable[Finding], seat: str, at: datetime, zone: tzinfo) -> str:
    """To be pasted into a message."""
    found = sorted(findings, key=lambda one: -one.level)
    head = f"{seat}  {at.astimezone(zone):%Y-%m-%d %H:%M}  {words.summary(found)}"
    return "\n".join([head, *(words.line(one) for one in found)]) + "\n"

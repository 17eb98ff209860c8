"""Findings for a machine: one JSON object, whose form is promised in `docs/monitoring.md`. Fields may be added under
the same version; a field that goes or changes its meaning makes a new one. Pure functions, any thread."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from desk.domain.health import Finding, Level, worst
from desk.version import Build

VERSION = 1
LEVELS = {Level.OK: "ok", Level.UNCHECKED: "unchecked", Level.WARNING: "warning", Level.WRONG: "wrong"}


def as_json(findings: Sequence[Finding], seat: str, at: datetime, program: Build) -> str:
    """One line of JSON, without an end of line."""
    return json.dumps(
        {
            "doctor": VERSION,
            "at": at.isoformat(timespec="seconds"),
            "seat": seat,
            "version": program.version,
            "commit": program.commit,
            "worst": LEVELS[worst(findings)],
            "findings": [_finding(one) for one in findings],
        },
        ensure_ascii=False,
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "level": LEVELS[finding.level],
        "why": finding.why,
        "remedy": finding.remedy,
        "figures": dict(finding.figures),
    }

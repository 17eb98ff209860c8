"""Times as text, in the one form that everything stored or exchanged uses: ISO 8601 in UTC with microseconds and a
trailing Z ("2026-11-21T20:22:18.000000Z"). All of them are equally long, so that they sort as text in the order of
time, in SQLite, in PostgreSQL and in a manifest alike. Pure functions, any thread."""

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def to_text(at: datetime) -> str:
    """This time as text. `at` is aware, in any zone; a naive one is refused with `ValueError`."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone says nothing")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """The time that `to_text` wrote, aware UTC. Raises `ValueError` for any other form."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"no time in UTC with microseconds: {text[:40]!r}")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)

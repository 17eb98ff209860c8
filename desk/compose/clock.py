"""The two arguments that reach into the world: the time, and new ids. A run that has a time of its own (the scripted
day) says once, before anything is built, where to take it from."""

from collections.abc import Callable
from datetime import UTC, datetime

import uuid6

_source: Callable[[], datetime] | None = None


def now() -> datetime:
    return _source() if _source is not None else datetime.now(UTC)


def take_time_from(source: Callable[[], datetime] | None) -> None:
    """From here on `now` is what this says; None: the computer's clock again."""
    global _source
    _source = source


def new_id() -> str:
    """A UUIDv7 (RFC 9562 section 5.7) as text."""
    return str(uuid6.uuid7())

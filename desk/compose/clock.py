"""The two arguments that reach into the world: the time, and new ids."""

from datetime import UTC, datetime

import uuid6


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 (RFC 9562 section 5.7) as text."""
    return str(uuid6.uuid7())

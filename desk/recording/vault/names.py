"""An object's name: parts with slashes between them. Names come from the change log, which other seats write too, so
each one is untrusted. Pure functions, any thread."""

import re

# A part: what every file system and every S3-compatible storage takes as it is, and no hidden file.
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
MOST_PARTS = 16


def parts_of(untrusted_name: str) -> tuple[str, ...] | None:
    """Its parts; None for a name that the vault can hold nothing under."""
    parts = tuple(untrusted_name.split("/"))
    if len(parts) > MOST_PARTS or not all(_PART.fullmatch(part) for part in parts):
        return None
    return parts


def shown(untrusted_name: str) -> str:
    """For the text of an error."""
    return repr(untrusted_name[:80])

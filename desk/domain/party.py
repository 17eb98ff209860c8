"""The other side of a call, exactly as signalling gave it: untrusted text that is shown, never interpreted."""

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Party:
    """`number`: user part from P-Asserted-Identity (RFC 3325), else From (RFC 3261 8.1.1.3); "" where withheld or
    missing. `display_name`: at most 256 characters, control characters removed. `diversion`: user part of the first
    Diversion entry (RFC 5806), "" where none. `withheld`: Privacy: id (RFC 3323) or an anonymous From."""

    number: str = ""
    display_name: str = ""
    diversion: str = ""
    withheld: bool = False

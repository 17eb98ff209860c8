"""Who listened to what: each play, export, search for a number and refused try is an entry of its own in the change
log, written before the first sound is heard. And who may: agents hear their own calls for a set time, supervisors all
of their hotline's, nobody else. Values and pure functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.identity import CallId


class Access(Enum):
    """What somebody did, or wanted to do."""

    PLAYED = "played"
    EXPORTED = "exported"  # plain audio, `detail` the format
    PACKED = "packed"  # an evidence pack, `detail` its SHA-256
    SEARCHED = "searched"  # for a number; `detail` the number as it was typed
    SCORED = "scored"
    DELETED = "deleted"
    REFUSED = "refused"  # `detail`: what was wanted, and why not


@dataclass(frozen=True, slots=True)
class Listening:
    """`call_id` "" for a search. `from_ms`, `until_ms`: what was heard of it, written when the player stops."""

    listening_id: str
    access: Access
    who: str  # work number
    seat: str
    at: datetime
    call_id: str = ""
    detail: str = ""
    from_ms: int | None = None
    until_ms: int | None = None


class Role(Enum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Listener:
    """Whoever sits here."""

    agent: str  # work number
    role: Role


class NotAllowed(Enum):
    NOT_YOURS = "not_yours"
    TOO_OLD = "too_old"  # your own, but older than agents may hear
    NOT_SIGNED_IN = "not_signed_in"
    SUPERVISORS_ONLY = "supervisors_only"  # exports and packs


CLOCK_AHEAD = timedelta(days=1)  # further in the future no call was taken: the clock was wrong then, or is now


def may_hear(
    listener: Listener,
    taken_by: str,
    at: datetime,
    now: datetime,
    own_days: int,
    may_answer: Callable[[], bool] = lambda: False,
) -> NotAllowed | None:
    """Whether a call that `taken_by` took at this time may be heard; None: it may. `may_answer`: the listener may still
    answer a score of it, and so may hear it however old it is. Of a call from the future nobody knows how old it is: it
    is for supervisors."""
    if not listener.agent:
        return NotAllowed.NOT_SIGNED_IN
    if listener.role is Role.SUPERVISOR:
        return None
    if taken_by != listener.agent:
        return NotAllowed.NOT_YOURS
    age = now - at
    if age >= -CLOCK_AHEAD and (age <= timedelta(days=own_days) or may_answer()):
        return None
    return NotAllowed.TOO_OLD


def may_export(listener: Listener) -> NotAllowed | None:
    """Whether plain audio, a pack, a legal hold or a deletion may be ordered."""
    if not listener.agent:
        return NotAllowed.NOT_SIGNED_IN
    return None if listener.role is Role.SUPERVISOR else NotAllowed.SUPERVISORS_ONLY


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark at a moment of a recording. Never edited: `removed` takes it off the screen."""

    comment_id: str
    call_id: CallId
    at_ms: int
    text: str
    author: str
    written_at: datetime
    removed: bool = False

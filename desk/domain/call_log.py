"""What is kept of a call for good: the call log's entry, its recording, and who it was with."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.party import Direction


class Outcome(Enum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"  # incoming, the caller gave up
    REJECTED = "rejected"  # incoming, refused by the agent
    UNANSWERED = "unanswered"  # outgoing, nobody answered or busy
    FAILED = "failed"  # no route, 4xx-6xx
    INTERRUPTED = "interrupted"  # the phone process died under it


@dataclass(frozen=True, slots=True)
class CallEntry:
    """Written when the call has ended (the telephone facts, from its manifest) and when the agent says who it was
    with and what it was about (person, household, ticket): different fields of the same entity.
    `number` as received, `lookup_key` as in `NumberEntry`."""

    call_id: CallId
    line: str
    direction: Direction
    number: str
    lookup_key: str
    display_name: str
    diversion: str
    offered_at: datetime
    seat: str
    agent: str
    outcome: Outcome | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int = 0
    reason: str = ""
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    ticket_id: TicketId | None = None


class RecordingKept(Enum):
    KEPT = "kept"
    MISSING = "missing"  # `why` says for what reason there is none


@dataclass(frozen=True, slots=True)
class RecordingEntry:
    """One per call, same id as the call. `file` is relative to the recordings folder, `sha256` of that file."""

    call_id: CallId
    kept: RecordingKept
    why: str = ""
    file: str = ""
    sha256: str = ""
    length_ms: int = 0
    interrupted: bool = False
    marks: tuple[str, ...] = ()  # "12.340 held", seconds from the start of the audio and the mark's name

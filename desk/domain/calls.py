"""A call as the seat sees it: values, and the state machine as a table. Telephony words are those of RFC 3261.

A `Call` is never changed: `advance` returns the next one. What does not fit the table is ignored and reported as such,
because a network may repeat, delay and reorder what it says."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import assert_never

from desk.domain.events import (
    CallAnswered,
    CallDialled,
    CallEnded,
    CallEvent,
    CallHeld,
    CallMuted,
    CallOffered,
    CallProgressed,
    CallResumed,
    CallUnmuted,
    DigitsReceived,
    DigitsSent,
    RecordingFailed,
    RecordingStarted,
)
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party


class Phase(Enum):
    RINGING = "ringing"  # incoming, not answered
    DIALLING = "dialling"  # outgoing, not answered (100-199 so far)
    UP = "up"
    HELD = "held"  # by us
    ENDED = "ended"


class RecordingState(Enum):
    NONE = "none"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of this seat. Times are aware UTC. `cause` is the final SIP status code (0 while it runs)."""

    call_id: CallId
    line: str
    direction: Direction
    party: Party
    phase: Phase
    offered_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    muted: bool = False
    recording: RecordingState = RecordingState.NONE
    cause: int = 0
    reason: str = ""
    interrupted: bool = False


RUNNING = frozenset({Phase.RINGING, Phase.DIALLING, Phase.UP, Phase.HELD})
TALKING = frozenset({Phase.UP, Phase.HELD})

# event -> (phases in which it means something, phase after it; None = unchanged)
MOVES: dict[type[CallEvent], tuple[frozenset[Phase], Phase | None]] = {
    CallProgressed: (frozenset({Phase.DIALLING}), None),
    CallAnswered: (frozenset({Phase.RINGING, Phase.DIALLING}), Phase.UP),
    CallHeld: (frozenset({Phase.UP}), Phase.HELD),
    CallResumed: (frozenset({Phase.HELD}), Phase.UP),
    CallMuted: (TALKING, None),
    CallUnmuted: (TALKING, None),
    DigitsSent: (TALKING, None),
    DigitsReceived: (TALKING, None),
    RecordingStarted: (TALKING, None),
    RecordingFailed: (RUNNING, None),
    CallEnded: (RUNNING, Phase.ENDED),
}


def begin(event: CallOffered | CallDialled) -> Call:
    """The call that this event opens."""
    match event:
        case CallOffered():
            return Call(event.call_id, event.line, Direction.INCOMING, event.party, Phase.RINGING, event.at)
        case CallDialled():
            return Call(event.call_id, event.line, Direction.OUTGOING, event.party, Phase.DIALLING, event.at)
        case _:
            assert_never(event)


def advance(call: Call, event: CallEvent) -> Call | None:
    """The call after this event, or None where the event means nothing in its phase (it is then ignored)."""
    move = MOVES.get(type(event))
    if move is None or call.phase not in move[0]:
        return None
    call = replace(call, phase=move[1] or call.phase)
    match event:
        case CallAnswered():
            return replace(call, answered_at=event.at)
        case CallMuted() | CallUnmuted():
            return replace(call, muted=isinstance(event, CallMuted))
        case RecordingStarted():
            return replace(call, recording=RecordingState.RUNNING)
        case RecordingFailed():
            return replace(call, recording=RecordingState.FAILED)
        case CallEnded():
            return replace(
                call, ended_at=event.at, cause=event.cause, reason=event.reason, interrupted=event.interrupted
            )
        case _:
            return call

"""A call as the seat sees it: values, and the state machine as a table. Telephony words are those of RFC 3261.

A `Call` is never changed: `advance` returns the next one. What does not fit the table is ignored and reported as such,
because a network may repeat, delay and reorder what it says."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, assert_never

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
    CallTransferred,
    CallUnmuted,
    ConferenceJoined,
    ConferenceLeft,
    DigitsReceived,
    DigitsSent,
    FarHeld,
    PromptEnded,
    PromptPlayed,
    QualityMeasured,
    RecordingFailed,
    RecordingPaused,
    RecordingStarted,
    TransferFailed,
    TransferProgressed,
    TransferStarted,
)
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.quality import Quality


class TurnedAway(Enum):
    """Why an incoming call was refused before it could ring: the reason of its end."""

    ALL_LINES = "all lines taken"
    NO_CODEC = "no codec in common"
    NOT_ENCRYPTED = "not encrypted"


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
    """One call of this seat. Times are aware UTC. `cause` is the final SIP status code (0 while it runs). `consults`:
    the call that this one is about. `transferring`: where its far side is being sent, "" = nowhere. `quality`: of the
    last span. `prompt`: what is being played to the far side, "" = nothing."""

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
    answers_in_s: float | None = None
    consults: CallId | None = None
    far_held: bool = False
    transferring: str = ""
    in_conference: bool = False
    held_at: datetime | None = None
    quality: Quality | None = None
    prompt: str = ""
    recording_paused: bool = False


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
    FarHeld: (TALKING, None),
    TransferStarted: (TALKING, None),
    TransferProgressed: (TALKING, None),
    TransferFailed: (TALKING, None),
    CallTransferred: (TALKING, None),
    ConferenceJoined: (TALKING, None),
    ConferenceLeft: (TALKING, None),
    PromptPlayed: (TALKING, None),
    PromptEnded: (TALKING, None),
    QualityMeasured: (TALKING, None),
    RecordingStarted: (TALKING, None),
    RecordingPaused: (TALKING, None),
    RecordingFailed: (RUNNING, None),
    CallEnded: (RUNNING, Phase.ENDED),
}


def begin(event: CallOffered | CallDialled) -> Call:
    """The call that this event opens."""
    match event:
        case CallOffered():
            ringing = Call(event.call_id, event.line, Direction.INCOMING, event.party, Phase.RINGING, event.at)
            return replace(ringing, answers_in_s=event.answers_in_s)
        case CallDialled():
            dialling = Call(event.call_id, event.line, Direction.OUTGOING, event.party, Phase.DIALLING, event.at)
            return replace(dialling, consults=event.consults)
        case _:
            assert_never(event)


def advance(call: Call, event: CallEvent) -> Call | None:
    """The call after this event, or None where the event means nothing in its phase (it is then ignored)."""
    move = MOVES.get(type(event))
    if move is None or call.phase not in move[0]:
        return None
    return replace(call, phase=move[1] or call.phase, **_learnt(event))


def _learnt(event: CallEvent) -> dict[str, Any]:
    """The fields of the call that this event says something about, with what it says."""
    match event:
        case CallAnswered():
            return {"answered_at": event.at}
        case CallMuted() | CallUnmuted():
            return {"muted": isinstance(event, CallMuted)}
        case CallHeld() | CallResumed():
            return {"held_at": event.at if isinstance(event, CallHeld) else None}
        case RecordingPaused(on=on):
            return {"recording_paused": on}
        case FarHeld(on=on):
            return {"far_held": on}
        case QualityMeasured(quality=quality):
            return {"quality": quality}
        case CallEnded():
            return {
                "ended_at": event.at,
                "cause": event.cause,
                "reason": event.reason,
                "interrupted": event.interrupted,
            }
        case _:
            return _learnt_of_parties(event)


def _learnt_of_parties(event: CallEvent) -> dict[str, Any]:
    match event:
        case TransferStarted(target=target):
            return {"transferring": target}
        case TransferFailed():
            return {"transferring": ""}
        case PromptPlayed() | PromptEnded():
            return {"prompt": event.prompt if isinstance(event, PromptPlayed) else ""}
        case ConferenceJoined() | ConferenceLeft():
            return {"in_conference": isinstance(event, ConferenceJoined)}
        case RecordingStarted():
            return {"recording": RecordingState.RUNNING}
        case RecordingFailed():
            return {"recording": RecordingState.FAILED}
        case _:
            return {}

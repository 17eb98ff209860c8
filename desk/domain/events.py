"""What the phone tells the other processes: past tense, each with its time. Encoded by `desk.wire`.

`CallEvent`s concern one call and drive the state machine in `desk.domain.calls`; the rest is about the seat."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.troubles import Wrong


@dataclass(frozen=True, slots=True)
class CallEvent:
    call_id: CallId
    at: datetime


@dataclass(frozen=True, slots=True)
class CallOffered(CallEvent):
    """An INVITE arrived and rings (180 is on its way)."""

    line: str
    party: Party


@dataclass(frozen=True, slots=True)
class CallDialled(CallEvent):
    line: str
    party: Party


@dataclass(frozen=True, slots=True)
class CallProgressed(CallEvent):
    """A provisional answer to our INVITE: 100-199 and whether it carries early media."""

    code: int
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class CallAnswered(CallEvent):
    """The dialogue is confirmed; media flows."""


@dataclass(frozen=True, slots=True)
class CallHeld(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class CallResumed(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class CallMuted(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class CallUnmuted(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class DigitsSent(CallEvent):
    digits: str


@dataclass(frozen=True, slots=True)
class DigitsReceived(CallEvent):
    digits: str


@dataclass(frozen=True, slots=True)
class CallEnded(CallEvent):
    """Final. `cause` is a SIP status code (200 after a normal BYE, 487 abandoned, 486 busy, 603 rejected ...);
    `by_us` tells who ended it; `interrupted` that the phone process died under it."""

    cause: int
    reason: str = ""
    by_us: bool = False
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class RecordingStarted(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class RecordingFailed(CallEvent):
    reason: str


class LineStatus(Enum):
    STARTING = "starting"
    REGISTERED = "registered"
    DIRECT = "direct"  # no registrar: IP to IP or trunk
    DEAF = "deaf"  # calls cannot reach us


@dataclass(frozen=True, slots=True)
class LineState:
    """The line as it stands. `code`/`reason` are the registrar's last answer (0 where it gave none)."""

    label: str
    status: LineStatus
    since: datetime
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineChanged:
    state: LineState


@dataclass(frozen=True, slots=True)
class AudioDevice:
    """A sound device by its stable name. `is_default` as the sound server says."""

    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class HeadsetState:
    """Devices that exist and those chosen ("" = the system's default). `present` is False while the chosen one is
    away."""

    microphones: tuple[AudioDevice, ...] = ()
    earpieces: tuple[AudioDevice, ...] = ()
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""
    present: bool = True


@dataclass(frozen=True, slots=True)
class HeadsetChanged:
    state: HeadsetState


@dataclass(frozen=True, slots=True)
class LevelsMeasured:
    """Peaks of the last 100 ms in dBFS (-100 = silence): what the agent says, what the agent hears."""

    at: datetime
    microphone_dbfs: float
    earpiece_dbfs: float


@dataclass(frozen=True, slots=True)
class TroubleRaised:
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class TroubleCleared:
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command that could not be done: its name, and a reason code the ui knows in words
    (`no_such_call`, `not_now`, `bad_number`, `line_deaf`, `no_device`, `failed`)."""

    command: str
    reason: str
    detail: str = ""

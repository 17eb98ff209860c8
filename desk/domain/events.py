"""What the phone tells the other processes: past tense, each with its time. Encoded by `desk.wire`.

`CallEvent`s concern one call and drive the state machine in `desk.domain.calls`; the rest is about the seat."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.availability import Availability
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.quality import Quality
from desk.domain.troubles import Wrong


@dataclass(frozen=True, slots=True)
class CallEvent:
    call_id: CallId
    at: datetime


@dataclass(frozen=True, slots=True)
class CallOffered(CallEvent):
    """An INVITE arrived and rings (180 is on its way). `answers_in_s`: it is answered by itself after so long (a line
    that says so, or an intercom that asks for it). `rings` False: nobody is to hear it, it is sent on or refused at
    once; `CallEnded` follows."""

    line: str
    party: Party
    answers_in_s: float | None = None
    rings: bool = True


@dataclass(frozen=True, slots=True)
class CallDialled(CallEvent):
    """`consults`: the call that this one is about. `post_dial`: tones that are sent by themselves after the answer, an
    extension."""

    line: str
    party: Party
    consults: CallId | None = None
    post_dial: str = ""


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
class FarHeld(CallEvent):
    """The far side has put us on hold, or taken us off it."""

    on: bool


@dataclass(frozen=True, slots=True)
class TransferStarted(CallEvent):
    """The far side of this call was asked to call `target`."""

    target: str


@dataclass(frozen=True, slots=True)
class TransferProgressed(CallEvent):
    """What it says of that (NOTIFY, RFC 3515 2.4.5): 100-199."""

    code: int


@dataclass(frozen=True, slots=True)
class TransferFailed(CallEvent):
    """The call is back with the agent, on hold no longer where SIP allows."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CallTransferred(CallEvent):
    """It speaks to `target` now; `CallEnded` follows."""

    target: str


@dataclass(frozen=True, slots=True)
class ConferenceJoined(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class ConferenceLeft(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class PromptPlayed(CallEvent):
    """A prompt began to be played to the far side."""

    prompt: str


@dataclass(frozen=True, slots=True)
class PromptEnded(CallEvent):
    """It was played to its end, or cut off."""

    prompt: str


@dataclass(frozen=True, slots=True)
class QualityMeasured(CallEvent):
    """Every two seconds of a call that is talked on."""

    quality: Quality


@dataclass(frozen=True, slots=True)
class CallMuted(CallEvent):
    pass


@dataclass(frozen=True, slots=True)
class RecordingPaused(CallEvent):
    """The recording is silent from now on; `on` False: it hears again."""

    on: bool


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
    `by_us` tells who ended it; `interrupted` that the phone process died under it; `forwarded_to` where it was sent
    unanswered, "" = nowhere."""

    cause: int
    reason: str = ""
    by_us: bool = False
    interrupted: bool = False
    forwarded_to: str = ""


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
    """A line as it stands. `code`/`reason` are the registrar's last answer (0 where it gave none). `registrar`: the one
    in use (a backup, maybe). `messages`: new voice mails, None where the exchange does not say."""

    label: str
    status: LineStatus
    since: datetime
    code: int = 0
    reason: str = ""
    colour: str = "blue"
    registrar: str = ""
    messages: int | None = None


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
    away; `microphone_in_use` and `earpiece_in_use` tell what stands in for it ("" = nothing). How the ones in use
    sound, in dB as in `SetComfort`, is remembered by device."""

    microphones: tuple[AudioDevice, ...] = ()
    earpieces: tuple[AudioDevice, ...] = ()
    microphone: str = ""
    earpiece: str = ""
    ring_device: str = ""
    present: bool = True
    keys: str = ""  # the headset whose keys work, "" = none
    microphone_in_use: str = ""
    earpiece_in_use: str = ""
    ring_in_use: str = ""  # where it would ring now
    earpiece_db: float = 0.0
    ring_db: float = 0.0
    microphone_db: float = 0.0
    automatic_gain: bool = False
    serial: str = ""  # of the headset whose keys work, as it says itself


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


@dataclass(frozen=True, slots=True)
class AvailabilityChanged:
    availability: Availability


@dataclass(frozen=True, slots=True)
class CodeDialled:
    """What came of a code that was dialled: `code` is the SIP code (200: the exchange took it)."""

    dialled: str
    code: int
    reason: str = ""


class CheckStage(Enum):
    TONE = "tone"  # the tone is played
    SPEAK = "speak"  # the agent is to speak
    SILENCE = "silence"  # the agent is to be silent
    DONE = "done"
    FAILED = "failed"


class Verdict(Enum):
    GOOD = "good"
    NO_MICROPHONE = "no_microphone"
    SILENT_MICROPHONE = "silent_microphone"
    TOO_QUIET = "too_quiet"
    TOO_LOUD = "too_loud"
    NOISY = "noisy"
    ECHO = "echo"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class HeadsetChecked:
    """A stage of the check; the figures stand with `DONE`. Levels in dBFS, `echo_db` how much of the tone came back
    (below the tone), `round_trip_ms` from the tone out to the tone in (None: it did not come back)."""

    stage: CheckStage
    verdict: Verdict | None = None
    voice_dbfs: float | None = None
    noise_dbfs: float | None = None
    echo_db: float | None = None
    round_trip_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SelfChecked:
    """What came of a `CheckSelf`. `call_id`: its spool, in a folder of its own, "" = none was written. `code`: 200
    where it was talked, else the SIP code of the refusal, 408 where nobody answered, 0 where a real call came in
    between. `own`: it came back to this seat, from `number`, after `offered_ms`; else the far side is an echo.
    `quality`: of the whole of it, None where it was too short to judge."""

    call_id: CallId
    code: int
    reason: str = ""
    own: bool = False
    number: str = ""
    offered_ms: float | None = None
    quality: Quality | None = None


@dataclass(frozen=True, slots=True)
class PromptsChanged:
    """The prompts that whoever sits here has recorded: name and length in seconds."""

    own: dict[str, float]


@dataclass(frozen=True, slots=True)
class PromptRecorded:
    """A prompt of the agent's is kept: its length. 0: nothing was kept, `why` says for what reason ("silent", "disk",
    "call": one came in between)."""

    prompt: str
    length_s: float
    why: str = ""

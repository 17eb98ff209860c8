"""What the ui asks of the phone: imperative. Encoded by `desk.wire`. The answer is an event, or `CommandRefused`."""

from dataclasses import dataclass

from desk.domain.availability import Availability
from desk.domain.identity import CallId


@dataclass(frozen=True, slots=True)
class Command:
    pass


@dataclass(frozen=True, slots=True)
class Answer(Command):
    call_id: CallId


@dataclass(frozen=True, slots=True)
class Reject(Command):
    """Refuse a ringing call with a SIP status code (486 Busy Here by default)."""

    call_id: CallId
    code: int = 486


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    call_id: CallId


@dataclass(frozen=True, slots=True)
class Mute(Command):
    call_id: CallId
    on: bool


@dataclass(frozen=True, slots=True)
class PauseRecording(Command):
    """The recording is silent, both sides, while the caller says what may not be kept (a card number). The call goes
    on as before; the recording keeps its time."""

    call_id: CallId
    on: bool


@dataclass(frozen=True, slots=True)
class Hold(Command):
    call_id: CallId
    on: bool


@dataclass(frozen=True, slots=True)
class Dial(Command):
    """Call a number or SIP URI, as typed. `line`: a label, "" = the dial plan's choice, else the first that can reach
    it and is ready, `rather` before the others (the line of a call that is called back). `consults`: the running call
    that this one is about; it is put on hold, the two are one flow (attended transfer or conference), and its line is
    tried first: only an exchange that knows both calls can connect them. `as_code`: a feature code that is talked on
    (a supervisor's), past the dial plan, by the line of the codes."""

    target: str
    line: str = ""
    consults: CallId | None = None
    as_code: bool = False
    rather: str = ""


@dataclass(frozen=True, slots=True)
class SendDigits(Command):
    """DTMF, as the line's settings say (RFC 4733 events or INFO): 0-9 * # A-D."""

    call_id: CallId
    digits: str


@dataclass(frozen=True, slots=True)
class ChooseHeadset(Command):
    """Device names as listed in `HeadsetState`; "" = the system's default."""

    microphone: str
    earpiece: str
    ring_device: str


@dataclass(frozen=True, slots=True)
class WatchLevels(Command):
    """Publish `LevelsMeasured` ten times a second to this client (off at attach)."""

    on: bool


@dataclass(frozen=True, slots=True)
class TakeSeat(Command):
    """Who sits here now: the work number that later calls are logged under ("" = nobody is signed in). `locked`: they
    have gone away from it for a while, and no call is answered by itself."""

    agent: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Transfer(Command):
    """Blind: the far side of this call is sent to the target (REFER, RFC 3515). Where it fails, the call is back with
    the agent."""

    call_id: CallId
    target: str


@dataclass(frozen=True, slots=True)
class CompleteTransfer(Command):
    """Attended: the call that `call_id` consults about is connected with `call_id`'s far side (RFC 3891 Replaces), and
    both leave us. `call_id` may still be ringing there."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class CancelConsultation(Command):
    """The consulting call is hung up, and the call that it was about is taken off hold."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Confer(Command):
    """Everybody hears everybody: the consulting call, the one it is about, and the agent. `on` False: the conference
    ends, `call_id` is talked to and the other one is on hold."""

    call_id: CallId
    on: bool


@dataclass(frozen=True, slots=True)
class DialCode(Command):
    """A feature code of the exchange, dialled beside the calls: no ringing back, no recording, hung up once answered or
    after some seconds. The answer is `CodeDialled`."""

    code: str


@dataclass(frozen=True, slots=True)
class PauseQueue(Command):
    """Whether the agent takes calls: in a pause none is answered by itself, and the exchange's queue is told by its
    pause and resume codes, where there are any, as soon as the line is there. What stands already may be said again;
    who takes the seat begins unpaused."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetAvailability(Command):
    """Do not disturb, forwarding: from now on, and remembered."""

    availability: Availability


@dataclass(frozen=True, slots=True)
class PlayPrompt(Command):
    """Play a prompt ("greeting", "recording_notice", or a phrase's code) to the far side, over the agent's voice."""

    call_id: CallId
    prompt: str


@dataclass(frozen=True, slots=True)
class StopPrompt(Command):
    """Cut off the prompt that is being played to the far side of this call."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class HearPrompt(Command):
    """Play a prompt to the agent alone, to try it. "" stops it."""

    prompt: str


@dataclass(frozen=True, slots=True)
class DropPrompt(Command):
    """The agent's own recording of this prompt goes; the shipped one, where there is one, takes its place."""

    prompt: str


@dataclass(frozen=True, slots=True)
class RecordPrompt(Command):
    """Record a prompt of the agent's through the headset: `on` starts, `on` False ends and keeps it. Only while there
    is no call."""

    prompt: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetComfort(Command):
    """How the headset sounds, from now on, and remembered per device. Volumes in dB (0 = as it is)."""

    earpiece_db: float = 0.0
    ring_db: float = 0.0
    microphone_db: float = 0.0
    automatic_gain: bool = False


@dataclass(frozen=True, slots=True)
class CheckSelf(Command):
    """The seat calls itself, or this number, beside all calls: nothing rings, and the call is no call of the hotline's.
    The answer is `SelfChecked`. Only while there is no call; one that comes ends it at once."""

    target: str
    line: str


@dataclass(frozen=True, slots=True)
class CheckHeadset(Command):
    """The check before the shift: a tone out, the agent's voice in. `HeadsetChecked` tells each stage. Only while
    there is no call; `on` False breaks it off."""

    on: bool = True

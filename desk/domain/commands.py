"""What the ui asks of the phone: imperative. Encoded by `desk.wire`. The answer is an event, or `CommandRefused`."""

from dataclasses import dataclass

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
class Hold(Command):
    call_id: CallId
    on: bool


@dataclass(frozen=True, slots=True)
class Dial(Command):
    """Call a number or SIP URI, as typed."""

    target: str


@dataclass(frozen=True, slots=True)
class SendDigits(Command):
    """DTMF as RFC 4733 events: 0-9 * # A-D."""

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
    """Who sits here now: the work number that later calls are logged under ("" = nobody is signed in)."""

    agent: str

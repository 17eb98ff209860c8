"""What the phone does: commands of the agent and signals of the SIP stack in, call events out. Keeps the calls.

Phone process, main thread; no library, no socket, no clock of its own. Hearing and speaking are with ONE call, the
active one: whatever takes the headset to another call holds the one that had it. A call that is put on hold is cut off
from the headset at once, whatever the far side answers to our re-INVITE."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, assert_never

from desk.domain import commands, events
from desk.domain.calls import TALKING, Call, Phase, advance, begin
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.settings import LineSettings
from desk.telephony.companion import Refusal
from desk.telephony.dial_target import dialled_number, target_uri
from desk.telephony.frames import RATE_HZ
from desk.telephony.stack import (
    MOST_LEGS,
    Confirmed,
    Digit,
    Ended,
    FarHold,
    Leg,
    MediaFlows,
    NotNow,
    Offered,
    Progressed,
    SipStack,
    TransferTold,
)
from desk.usecases.ports import Clock, NewId, Recorder

_DIGITS = re.compile(r"[0-9*#A-Da-d]{1,32}")
CallSignal = Offered | Progressed | Confirmed | MediaFlows | FarHold | TransferTold | Digit | Ended
CallCommand = (
    commands.Answer
    | commands.Reject
    | commands.HangUp
    | commands.Mute
    | commands.Hold
    | commands.Dial
    | commands.SendDigits
)


class Audio(Protocol):
    """The part of `FrameClock` that the switchboard turns."""

    def connect(self, active: CallId | None, muted: bool) -> None: ...
    def record(self, calls: tuple[CallId, ...]) -> None: ...
    def ring_back(self, on: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the switchboard works with. `publish` takes every call event, in order."""

    stack: SipStack
    audio: Audio
    recorder: Recorder
    ring: Callable[[bool, bool], None]  # on, quiet
    publish: Callable[[events.CallEvent], None]
    clock: Clock
    new_id: NewId


class Switchboard:
    def __init__(self, lines: Sequence[LineSettings], surroundings: Surroundings) -> None:
        self._lines = {line.label: line for line in lines}
        self._to = surroundings
        self._calls: dict[CallId, Call] = {}
        self._legs: dict[CallId, Leg] = {}
        self._ids: dict[Leg, CallId] = {}
        self._active: CallId | None = None
        self._answering: set[CallId] = set()
        self._resuming: set[CallId] = set()
        self._recorded: tuple[CallId, ...] = ()
        self._ringing = (False, False)
        self.ready_lines: frozenset[str] = frozenset()  # labels

    @property
    def calls(self) -> tuple[Call, ...]:
        """Those that run, oldest first."""
        return tuple(self._calls.values())

    def leg(self, call_id: CallId) -> Leg | None:
        """None for a call that has ended."""
        return self._legs.get(call_id)

    def happened(self, event: events.CallEvent) -> None:
        """Something that the switchboard has no part in, a measurement say."""
        if event.call_id in self._calls:
            self._happened(event)

    # ---- commands

    def do(self, command: CallCommand) -> None:
        """Raises `Refusal`."""
        try:
            match command:
                case commands.Answer():
                    self._answer(self._call(command.call_id, Phase.RINGING))
                case commands.Reject():
                    self._reject(self._call(command.call_id, Phase.RINGING), command.code)
                case commands.HangUp():
                    self._to.stack.hang_up(self._legs[self._call(command.call_id).call_id], 486)
                case commands.Mute():
                    self._mute(self._call(command.call_id, *TALKING), command.on)
                case commands.Hold():
                    self._hold_or_resume(self._call(command.call_id, *TALKING), command.on)
                case commands.Dial():
                    self._dial(command)
                case commands.SendDigits():
                    self._send_digits(self._call(command.call_id, Phase.UP), command.digits)
                case _:
                    assert_never(command)
        except NotNow as error:
            raise Refusal("failed" if isinstance(command, commands.Dial) else "not_now", str(error)) from None

    def _call(self, call_id: CallId, *phases: Phase) -> Call:
        call = self._calls.get(call_id)
        if call is None:
            raise Refusal("no_such_call")
        if phases and call.phase not in phases:
            raise Refusal("not_now", call.phase.value)
        return call

    def _answer(self, call: Call) -> None:
        self._hold_others(call.call_id)
        self._answering.add(call.call_id)
        self._to.stack.answer(self._legs[call.call_id])

    def _reject(self, call: Call, code: int) -> None:
        if not 400 <= code <= 699:
            raise Refusal("not_now", f"{code} does not refuse a call")
        self._to.stack.hang_up(self._legs[call.call_id], code)

    def _mute(self, call: Call, on: bool) -> None:
        if call.muted == on:
            return
        event = (events.CallMuted if on else events.CallUnmuted)(call.call_id, self._now())
        self._happened(event)
        if self._active == call.call_id:
            self._to.audio.connect(call.call_id, on)

    def _hold_or_resume(self, call: Call, on: bool) -> None:
        if on and call.phase is Phase.UP:
            self._hold(call.call_id)
        elif not on and call.phase is Phase.HELD:
            self._hold_others(call.call_id)
            self._resuming.add(call.call_id)
            self._to.stack.hold(self._legs[call.call_id], False)

    def _hold(self, call_id: CallId) -> None:
        self._resuming.discard(call_id)
        if self._active == call_id:
            self._activate(None)
        self._to.stack.hold(self._legs[call_id], True)
        self._happened(events.CallHeld(call_id, self._now()))

    def _hold_others(self, call_id: CallId | None) -> None:
        for other in self.calls:
            if other.phase is Phase.UP and other.call_id != call_id:
                self._hold(other.call_id)

    def _dial(self, command: commands.Dial) -> None:
        wanted = [label for label in self._lines if command.line in ("", label)]
        line = next((label for label in wanted if label in self.ready_lines), wanted[0] if wanted else "")
        target, uri = command.target, target_uri(command.target, self._lines[line].registrar) if line else ""
        if not uri:
            raise Refusal("bad_number")
        if line not in self.ready_lines:
            raise Refusal("line_deaf")
        if len(self._calls) >= MOST_LEGS:
            raise Refusal("not_now", "too many calls")
        self._hold_others(None)
        leg = self._to.stack.dial(uri, line)
        call_id = CallId(self._to.new_id())
        number = dialled_number(target) or uri.partition(":")[2].partition("@")[0]
        self._begin(events.CallDialled(call_id, self._now(), line, Party(number), command.consults), leg)

    def _send_digits(self, call: Call, digits: str) -> None:
        if not _DIGITS.fullmatch(digits):
            raise Refusal("bad_number", "DTMF digits are 0-9, *, # and A-D")
        self._to.stack.send_digits(self._legs[call.call_id], digits.upper())
        self._happened(events.DigitsSent(call.call_id, self._now(), digits.upper()))

    # ---- signals

    def on_signal(self, signal: CallSignal) -> None:
        if isinstance(signal, Offered):
            offered = events.CallOffered(CallId(self._to.new_id()), self._now(), signal.line, signal.party)
            self._begin(offered, signal.leg)
            return
        call = self._calls.get(self._ids.get(signal.leg, CallId("")))
        if call is None:
            return
        match signal:
            case Progressed():
                self._happened(events.CallProgressed(call.call_id, self._now(), signal.code, signal.early_media))
                if call.phase is Phase.DIALLING and signal.code == 180 and not signal.early_media:
                    self._to.audio.ring_back(True)
            case Confirmed():
                self._confirmed(call)
            case MediaFlows():
                self._media_flows(call)
            case FarHold() | TransferTold() | Digit():
                self._told(call, signal)
            case Ended():
                self._ended(call, signal)
            case _:
                assert_never(signal)

    def _told(self, call: Call, signal: FarHold | TransferTold | Digit) -> None:
        match signal:
            case FarHold():
                self._happened(events.FarHeld(call.call_id, self._now(), signal.on))
            case TransferTold():
                raise NotImplementedError
            case Digit():
                self._happened(events.DigitsReceived(call.call_id, self._now(), signal.digit))
            case _:
                assert_never(signal)

    def recording_failed(self, call_id: CallId, reason: str) -> None:
        """The recorder's word, brought to this thread."""
        if call_id in self._calls:
            self._happened(events.RecordingFailed(call_id, self._now(), reason))

    def recording_mended(self, call_id: CallId) -> None:
        """As `recording_failed`: what was lost stays lost (the manifest says so), the rest is recorded."""
        if call_id in self._calls:
            self._happened(events.RecordingStarted(call_id, self._now()))

    def _begin(self, event: events.CallOffered | events.CallDialled, leg: Leg) -> None:
        self._calls[event.call_id] = begin(event)
        self._legs[event.call_id], self._ids[leg] = leg, event.call_id
        self._to.publish(event)
        self._ring()

    def _confirmed(self, call: Call) -> None:
        self._answering.discard(call.call_id)
        self._to.audio.ring_back(False)
        if self._active != call.call_id:
            self._activate(call.call_id)
        self._record(call.call_id)
        self._happened(events.CallAnswered(call.call_id, self._now()))
        self._happened(events.RecordingStarted(call.call_id, self._now()))

    def _media_flows(self, call: Call) -> None:
        match call.phase:
            case Phase.RINGING if call.call_id in self._answering:
                self._record(call.call_id)  # the caller's first word may be faster than the ACK
                self._activate(call.call_id)
            case Phase.DIALLING:
                self._to.audio.ring_back(False)
                self._activate(call.call_id)
            case Phase.HELD if call.call_id in self._resuming:
                self._resuming.discard(call.call_id)
                self._activate(call.call_id)
                self._happened(events.CallResumed(call.call_id, self._now()))
            case _:
                pass  # a re-INVITE of the far side; the stack has seen to the audio

    def _ended(self, call: Call, signal: Ended) -> None:
        leg = self._legs.pop(call.call_id)
        self._ids.pop(leg, None)
        if self._active == call.call_id:
            self._activate(None)
        self._answering.discard(call.call_id)
        self._resuming.discard(call.call_id)
        if call.call_id in self._recorded:
            self._recorded = tuple(one for one in self._recorded if one != call.call_id)
            self._to.audio.record(self._recorded)
            self._to.recorder.stop(call.call_id)
        self._to.audio.ring_back(False)
        self._calls.pop(call.call_id)
        self._to.publish(events.CallEnded(call.call_id, self._now(), signal.code, signal.reason, signal.by_us))
        self._ring()

    def _record(self, call_id: CallId) -> None:
        if call_id not in self._recorded:
            self._to.recorder.start(call_id, RATE_HZ)
            self._recorded = (*self._recorded, call_id)
            self._to.audio.record(self._recorded)

    def _activate(self, call_id: CallId | None) -> None:
        self._active = call_id
        self._to.audio.connect(call_id, self._calls[call_id].muted if call_id is not None else False)
        self._to.stack.connect(*[self._legs[call_id]] if call_id is not None else [])

    def _happened(self, event: events.CallEvent) -> None:
        """Publish what means something in the call's phase; the rest is repetition."""
        following = advance(self._calls[event.call_id], event)
        if following is not None:
            self._calls[event.call_id] = following
            self._to.publish(event)
            self._ring()

    def _ring(self) -> None:
        phases = {call.phase for call in self.calls}
        ringing = (Phase.RINGING in phases, bool(phases & TALKING))
        if not ringing[0]:
            ringing = (False, False)
        if ringing != self._ringing:
            self._ringing = ringing
            self._to.ring(*ringing)

    def _now(self) -> datetime:
        return self._to.clock()

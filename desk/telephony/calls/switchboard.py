"""What the phone does: commands of the agent and signals of the SIP stack in, call events out. Keeps the calls.

Phone process, main thread; no library, no socket, no clock of its own. Each noun has its module: `call_table` (the
calls and what happens to them), `talk` (who has the headset), `holding`, `transfers`, `conference`, `reception` (calls
that come); here is what is left, and who is asked in which order."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from desk.domain import commands, events
from desk.domain.calls import TALKING, Call, Phase
from desk.domain.dial_plan import DialPlan
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.settings import LineSettings
from desk.telephony.calls.availability import AvailabilityNow
from desk.telephony.calls.call_table import CallTable
from desk.telephony.calls.conference import Conference
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.dial_target import Aim, aim, aim_code
from desk.telephony.calls.holding import Holding
from desk.telephony.calls.reception import BUSY, Reception
from desk.telephony.calls.talk import Audio, Talk
from desk.telephony.calls.transfers import Transfers
from desk.telephony.companion import Refusal
from desk.telephony.stack import (
    MOST_LEGS,
    Confirmed,
    Digit,
    Ended,
    FarHold,
    MediaFlows,
    NotNow,
    Offered,
    Progressed,
    SipStack,
    TransferTold,
)
from desk.usecases.ports import Clock, NewId, Recorder

# who goes first where an emergency call needs a place; of equals the latest
_DROPPED = (Phase.RINGING, Phase.HELD, Phase.DIALLING, Phase.UP, Phase.ENDED)
_log = logging.getLogger(__name__)
_DIGITS = re.compile(r"[0-9*#A-Da-d]{1,32}")
CallSignal = Offered | Progressed | Confirmed | MediaFlows | FarHold | TransferTold | Digit | Ended
CallCommand = (
    commands.Answer
    | commands.Reject
    | commands.HangUp
    | commands.Mute
    | commands.PauseRecording
    | commands.Hold
    | commands.Dial
    | commands.SendDigits
    | commands.Transfer
    | commands.CompleteTransfer
    | commands.CancelConsultation
    | commands.Confer
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the switchboard works with. `publish` takes every call event, in order."""

    stack: SipStack
    audio: Audio
    recorder: Recorder
    ring: Callable[[bool, bool], None]  # on, quiet
    publish: Callable[[events.CallEvent], None]
    refused: Callable[[events.CommandRefused], None]  # where nobody waits for the answer any more
    clock: Clock
    new_id: NewId
    availability: AvailabilityNow
    attended: Callable[[], bool]  # an agent sits here, and is in no pause
    deadlines: Deadlines
    plan: DialPlan
    codes_line: LineSettings


class Switchboard:
    def __init__(self, lines: Sequence[LineSettings], surroundings: Surroundings) -> None:
        self._lines = {line.label: line for line in lines}
        self._to = surroundings
        self._stack = surroundings.stack
        self.table = CallTable(surroundings.clock, surroundings.publish, self._ring)
        self._talk = Talk(self.table, self._stack, surroundings.audio, surroundings.recorder)
        self._holding = Holding(self.table, self._talk, self._stack)
        self._conference = Conference(self.table, self._talk, self._holding)
        self._transfers = Transfers(self.table, self._talk, self._holding, self._stack, surroundings.deadlines)
        self._reception = Reception(
            self.table,
            self._stack,
            surroundings.audio,
            self._lines,
            surroundings.availability,
            surroundings.deadlines,
            surroundings.attended,
            uri_of=lambda typed, line: self._aim_by(typed, line).uri,
            answer=self._answer,
        )
        self._answering: set[CallId] = set()
        self._emergency: commands.Dial | None = None  # waits for a place
        self._ringing = (False, False)
        self.ready_lines: frozenset[str] = frozenset()  # labels

    # ---- commands

    def do(self, command: CallCommand) -> None:
        """Raises `Refusal`."""
        try:
            self._do(command)
        except NotNow as error:
            raise Refusal("failed" if isinstance(command, commands.Dial) else "not_now", str(error)) from None
        finally:
            self._settle()

    def _do(self, command: CallCommand) -> None:
        match command:
            case commands.Answer():
                self._answer(self.table.find(command.call_id, Phase.RINGING))
            case commands.Reject():
                self._reject(self.table.find(command.call_id, Phase.RINGING), command.code)
            case commands.HangUp():
                self._stack.hang_up(self.table.leg(self.table.find(command.call_id).call_id), BUSY)
            case commands.Mute():
                self._mute(self.table.find(command.call_id, *TALKING), command.on)
            case commands.PauseRecording():
                self._pause_recording(self.table.find(command.call_id, *TALKING), command.on)
            case commands.Hold():
                self._hold(self.table.find(command.call_id, *TALKING), command.on)
            case commands.Dial():
                self._dial(command)
            case commands.SendDigits():
                self._send_digits(self.table.find(command.call_id, Phase.UP), command.digits)
            case _:
                self._do_with_two(command)

    def _do_with_two(
        self, command: commands.Transfer | commands.CompleteTransfer | commands.CancelConsultation | commands.Confer
    ) -> None:
        match command:
            case commands.Transfer():
                call = self.table.find(command.call_id, *TALKING)
                to = self._aim_by(command.target, call.line)
                self._transfers.blind(call, to.dialled.number, to.uri)
            case commands.CompleteTransfer():
                self._transfers.attended(self.table.find(command.call_id, *TALKING, Phase.DIALLING))
            case commands.CancelConsultation():
                self._transfers.cancel(self.table.find(command.call_id))
            case commands.Confer():
                self._conference.confer(self.table.find(command.call_id, *TALKING), command.on)
            case _:
                assert_never(command)

    def _answer(self, call: Call) -> None:
        self._reception.answered(call.call_id)
        self._holding.hold_others(call.call_id)
        self._answering.add(call.call_id)
        self._stack.answer(self.table.leg(call.call_id))

    def _reject(self, call: Call, code: int) -> None:
        if not 400 <= code <= 699:
            raise Refusal("not_now", f"{code} does not refuse a call")
        self._stack.hang_up(self.table.leg(call.call_id), code)

    def _mute(self, call: Call, on: bool) -> None:
        for call_id in self._conference.members(call.call_id):
            member = self.table.get(call_id)
            if member is not None and member.muted != on:
                event = events.CallMuted if on else events.CallUnmuted
                self.table.happened(event(call_id, self.table.now()))
        self._talk.mute_as_said()

    def _members(self, call: Call) -> list[Call]:
        """Whoever hears the same as this one."""
        found = (self.table.get(call_id) for call_id in self._conference.members(call.call_id))
        return [member for member in found if member is not None]

    def _pause_recording(self, call: Call, on: bool) -> None:
        """Silence first and the mark after it; the mark first where sound comes back: the mark never claims less than
        the silence there is."""
        for member in self._members(call):
            if member.recording_paused == on:
                continue
            if on:
                self._talk.pause(member.call_id, on=True)
            self.table.happened(events.RecordingPaused(member.call_id, self.table.now(), on))
            if not on:
                self._talk.pause(member.call_id, on=False)

    def _hold(self, call: Call, on: bool) -> None:
        if on and call.phase is Phase.UP:
            self._holding.hold(call.call_id)
        elif not on and not self._transfers.take_back(call):
            self._holding.resume(call)

    def _dial(self, command: commands.Dial) -> None:
        rather = command.rather
        if command.consults is not None:
            rather = self.table.find(command.consults, *TALKING).line
        if command.as_code:
            to = aim_code(command.target, self._to.codes_line, self.ready_lines)
        else:
            to = aim(self._to.plan, command.target, self._lines, self.ready_lines, command.line, rather)
        if len(self.table.calls) >= MOST_LEGS:
            if not to.dialled.emergency:
                raise Refusal("not_now", "too many calls")
            self._emergency = command
            self._make_room()
            return
        leg = self._stack.dial(to.uri, to.line)
        self._holding.hold_others()  # after it: a call that cannot even be sent leaves the one in hand as it is
        call_id, party, tones = CallId(self._to.new_id()), Party(to.dialled.number), to.dialled.post_dial
        self.table.begin(events.CallDialled(call_id, self.table.now(), to.line, party, command.consults, tones), leg)
        self._transfers.dialled(call_id, "" if tones else to.uri)

    def _make_room(self) -> None:
        """For an emergency call, which is dialled once a place is free: whoever loses least by it has to go."""
        least = min(self.table.calls, key=lambda call: (_DROPPED.index(call.phase), -call.offered_at.timestamp()))
        self._stack.hang_up(self.table.leg(least.call_id), BUSY)

    def _dial_emergency(self) -> None:
        command, self._emergency = self._emergency, None
        if command is not None:
            try:
                self._dial(command)
            except (Refusal, NotNow) as error:
                _log.warning("the emergency call could not be dialled: %s", error)
                reason, detail = (error.reason, error.detail) if isinstance(error, Refusal) else ("failed", str(error))
                self._to.refused(events.CommandRefused(commands.Dial.__name__, reason, detail))

    def _aim_by(self, typed: str, line: str) -> Aim:
        """By this line, ready or not: the far side or the exchange is to call there, and neither would type an
        extension after the answer. Raises `Refusal`."""
        to = aim(self._to.plan, typed, self._lines, {line}, line)
        if to.dialled.post_dial:
            raise Refusal("bad_number", "extension")
        return to

    def _send_digits(self, call: Call, digits: str) -> None:
        if not _DIGITS.fullmatch(digits):
            raise Refusal("bad_number", "DTMF digits are 0-9, *, # and A-D")
        self._stack.send_digits(self.table.leg(call.call_id), digits.upper())
        self.table.happened(events.DigitsSent(call.call_id, self.table.now(), digits.upper()))

    # ---- signals

    def on_signal(self, signal: CallSignal) -> None:
        if isinstance(signal, Offered):
            self._offered(signal)
            return
        call = self.table.of_leg(signal.leg)
        if call is None:
            return
        match signal:
            case Progressed():
                self._progressed(call, signal)
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
        self._settle()

    def _settle(self) -> None:
        """What follows for a conference. Whoever has joined one hears what another of its recordings may not keep."""
        self._conference.settle()
        for call in self.table.calls:
            if call.recording_paused and call.in_conference:
                self._pause_recording(call, on=True)

    def _offered(self, signal: Offered) -> None:
        call_id = CallId(self._to.new_id())
        if signal.replaces is None:
            self._reception.offered(call_id, signal)
            return
        self._answering.add(call_id)  # by the stack
        self.table.begin(events.CallOffered(call_id, self.table.now(), signal.line, signal.party), signal.leg)

    def _progressed(self, call: Call, signal: Progressed) -> None:
        self.table.happened(events.CallProgressed(call.call_id, self.table.now(), signal.code, signal.early_media))
        if call.phase is Phase.DIALLING and signal.code == 180 and not signal.early_media:
            self._talk.ring_back(call.call_id, on=True)

    def _told(self, call: Call, signal: FarHold | TransferTold | Digit) -> None:
        match signal:
            case FarHold():
                if call.far_held != signal.on:
                    self.table.happened(events.FarHeld(call.call_id, self.table.now(), signal.on))
            case TransferTold():
                self._transfers.told(call, signal)
            case Digit():
                self.table.happened(events.DigitsReceived(call.call_id, self.table.now(), signal.digit))
            case _:
                assert_never(signal)

    def _confirmed(self, call: Call) -> None:
        self._answering.discard(call.call_id)
        self._talk.ring_back(call.call_id, on=False)
        if call.call_id not in self._talk.active:
            self._talk.give(call.call_id)
        self._talk.record(call.call_id)
        self.table.happened(events.CallAnswered(call.call_id, self.table.now()))
        self.table.happened(events.RecordingStarted(call.call_id, self.table.now()))
        self._holding.hold_others(call.call_id)  # one that was taken off hold while this one rang

    def _media_flows(self, call: Call) -> None:
        match call.phase:
            case Phase.RINGING if call.call_id in self._answering:
                self._talk.record(call.call_id)  # the caller's first word may be faster than the ACK
                self._talk.give(call.call_id)
            case Phase.DIALLING:
                self._talk.ring_back(call.call_id, on=False)
                if not self.table.up():
                    self._talk.give(call.call_id)
            case Phase.HELD:
                self._holding.flows(call)
            case _:
                pass  # a re-INVITE of the far side; the stack has seen to the audio

    def _ended(self, call: Call, signal: Ended) -> None:
        self._transfers.ending(call)
        sent_on = self._reception.ended(call.call_id)
        self._answering.discard(call.call_id)
        self._holding.forget(call.call_id)
        self._talk.leave(call.call_id)
        ended = events.CallEnded(
            call.call_id, self.table.now(), signal.code, signal.reason, signal.by_us, forwarded_to=sent_on
        )
        self.table.end(ended)
        self._transfers.ended(call)
        self._dial_emergency()

    def _ring(self) -> None:
        calls = self.table.calls
        rings = any(self._reception.rings(call) and call.call_id not in self._answering for call in calls)
        ringing = (rings, rings and any(call.phase in TALKING for call in calls))
        if ringing != self._ringing:
            self._ringing = ringing
            self._to.ring(*ringing)

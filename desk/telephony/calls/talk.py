"""Who has the headset, and whose audio is recorded. One call has it, or both of a conference, or nobody. Phone process,
main thread; the audio itself moves in `frame_clock`."""

from typing import Protocol

from desk.domain.identity import CallId
from desk.telephony.calls.call_table import CallTable
from desk.telephony.frames import RATE_HZ
from desk.telephony.prompts.played_sound import PlayedSound
from desk.telephony.stack import Leg, SipStack
from desk.usecases.ports import Recorder


class Audio(Protocol):
    """The part of `FrameClock` that the telephone turns."""

    def connect(self, active: CallId | None, muted: bool) -> None: ...
    def confer(self, legs: tuple[tuple[CallId, Leg], ...]) -> None: ...
    def record(self, calls: tuple[CallId, ...]) -> None: ...
    def pause(self, calls: frozenset[CallId]) -> None: ...
    def ring_back(self, on: bool) -> None: ...
    def play_to_agent(self, sound: PlayedSound | None) -> None: ...


class Talk:
    def __init__(self, table: CallTable, stack: SipStack, audio: Audio, recorder: Recorder) -> None:
        self._table, self._stack, self._audio, self._recorder = table, stack, audio, recorder
        self._active: tuple[CallId, ...] = ()
        self._recorded: tuple[CallId, ...] = ()
        self._ringing_back: set[CallId] = set()
        self._paused: frozenset[CallId] = frozenset()

    @property
    def active(self) -> tuple[CallId, ...]:
        return self._active

    def give(self, *call_ids: CallId) -> None:
        """The headset to these and to nobody else; several hear each other, too."""
        self._active = call_ids
        legs = [self._table.leg(call_id) for call_id in call_ids]
        self.mute_as_said()
        self._audio.confer(tuple(zip(call_ids, legs, strict=True)) if len(call_ids) > 1 else ())
        self._stack.connect(*legs)

    def take(self, call_id: CallId) -> None:
        """The headset from this one; whoever else had it keeps it."""
        if call_id in self._active:
            self.give(*(one for one in self._active if one != call_id))

    def mute_as_said(self) -> None:
        muted = any(call.muted for one in self._active if (call := self._table.get(one)) is not None)
        self._audio.connect(self._active[0] if self._active else None, muted)

    def record(self, call_id: CallId) -> None:
        if call_id not in self._recorded:
            self._recorder.start(call_id, RATE_HZ)
            self._recorded = (*self._recorded, call_id)
            self._audio.record(self._recorded)

    def pause(self, call_id: CallId, on: bool) -> None:
        """Its recording is silent, or hears again."""
        self._paused = self._paused | {call_id} if on else self._paused - {call_id}
        self._audio.pause(self._paused)

    def ring_back(self, call_id: CallId, on: bool) -> None:
        """Its far side rings and sends no tone of its own."""
        before = bool(self._ringing_back)
        (self._ringing_back.add if on else self._ringing_back.discard)(call_id)
        if before != bool(self._ringing_back):
            self._audio.ring_back(bool(self._ringing_back))

    def leave(self, call_id: CallId) -> None:
        """It is over."""
        self.take(call_id)
        self.ring_back(call_id, on=False)
        if call_id in self._recorded:
            self._recorded = tuple(one for one in self._recorded if one != call_id)
            self._audio.record(self._recorded)
            self._recorder.stop(call_id)
        if call_id in self._paused:
            self.pause(call_id, on=False)

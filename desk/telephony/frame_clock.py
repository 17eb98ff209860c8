"""The 20 ms tick on which everything that is heard and said meets: PJSIP's bridge, the headset, the recorder.

`mouth` and `ear` run on PJSIP's audio thread, `mouth` first in every tick that has a leg connected; they never wait,
log or raise. The phone's main thread changes `route`, one immutable value replaced as a whole, so that a tick sees
either the old state or the new one. A muted microphone is silence made here: what the caller does not hear is then, by
construction, not in the recording either. For the same reason a prompt is mixed in here: it is recorded in the agent's
channel, because it was sent. Mute silences the microphone, not a prompt.

Beside the calls, the agent alone may be played a sound (`play_to_agent`), and the microphone may be listened to
(`tap`); both work without a call, for the ticks go on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from desk.domain.identity import CallId
from desk.telephony.conference_mix import ConferenceMix
from desk.telephony.frames import SILENCE, SILENT_DBFS, dbfs, peak
from desk.telephony.headset.port import Headset
from desk.telephony.headset.tones import ring_back_frames
from desk.telephony.prompts.played_sound import PlayedSound, mix
from desk.telephony.stack import Leg
from desk.usecases.ports import Recorder


@dataclass(frozen=True, slots=True)
class Route:
    """`active`: the call that the headset is connected to. `recorded`: all calls whose recording runs; those that are
    not active get silence, so that their clock goes on."""

    active: CallId | None = None
    muted: bool = False
    recorded: tuple[CallId, ...] = ()
    ring_back: bool = False  # the far side rings and sends no tone of its own
    conference: tuple[tuple[CallId, Leg], ...] = ()  # all of them are heard, and hear each other
    paused: frozenset[CallId] = frozenset()  # recorded as silence, both sides: what is said may not be kept
    hushed: bool = False  # the far side is recorded, and not heard: nobody sits there


@dataclass(frozen=True, slots=True)
class TickCounts:
    """Since the last `forget`: ticks, and the longest time between two of them."""

    ticks: int
    longest_gap_ms: float


class FrameClock:
    def __init__(self, headset: Headset, recorder: Recorder) -> None:
        self._headset, self._recorder = headset, recorder
        self._route = Route()
        self._said: bytes | None = None
        self._last_ns = 0
        self._ticks = 0
        self._longest_ns = 0
        self._metering = False
        self._peaks = [0, 0]  # microphone, earpiece
        self._watching = False
        self._watched = [0, 0]
        self._tone = ring_back_frames()
        self._tone_at = 0
        self._prompt: tuple[CallId, PlayedSound] | None = None
        self._aside: bytes | None = None  # of this tick's prompt, for the agent's ear
        self._to_agent: PlayedSound | None = None
        self._tap: Callable[[bytes], None] | None = None
        self._mix = ConferenceMix()

    @property
    def route(self) -> Route:
        return self._route

    def connect(self, active: CallId | None, muted: bool) -> None:
        self._route = replace(self._route, active=active, muted=muted)

    def record(self, calls: tuple[CallId, ...]) -> None:
        self._route = replace(self._route, recorded=calls)

    def pause(self, calls: frozenset[CallId]) -> None:
        """Of the recorded ones; what is heard and said is as ever."""
        self._route = replace(self._route, paused=calls)

    def confer(self, legs: tuple[tuple[CallId, Leg], ...]) -> None:
        self._route = replace(self._route, conference=legs)

    def ring_back(self, on: bool) -> None:
        self._tone_at = 0
        self._route = replace(self._route, ring_back=on)

    def hush(self, on: bool) -> None:
        """Keep the far side out of the earpiece, and only out of it."""
        self._route = replace(self._route, hushed=on)

    def play(self, call_id: CallId, prompt: PlayedSound) -> None:
        """Mix this into what the far side of this call is sent, while the headset is connected to it. One at a time: it
        takes the place of the one before."""
        self._prompt = (call_id, prompt)

    def stop_playing(self) -> None:
        self._prompt = None

    def play_to_agent(self, sound: PlayedSound | None) -> None:
        """Mix this into what the agent hears, and into nothing else. None: stop."""
        self._to_agent = sound

    def tap(self, listener: Callable[[bytes], None] | None) -> None:
        """Every frame of the microphone, before it is muted, goes to this, too: on the audio thread, so that it only
        keeps it (`list.append`, say). One at a time; None: to nobody."""
        self._tap = listener

    @property
    def tapped(self) -> bool:
        return self._tap is not None

    def meter(self, on: bool) -> None:
        self._metering = on

    def levels_dbfs(self) -> tuple[float, float]:
        """The highest of microphone and earpiece since the last time this was asked."""
        if not self._metering:
            return SILENT_DBFS, SILENT_DBFS
        (microphone, earpiece), self._peaks = self._peaks, [0, 0]
        return dbfs(microphone), dbfs(earpiece)

    def watch(self, on: bool) -> None:
        """As `meter`, for the quality watch, which asks at times of its own."""
        if on and not self._watching:
            self._watched = [0, 0]
        self._watching = on

    def watched_dbfs(self) -> tuple[float, float]:
        """As `levels_dbfs`, since the last time this was asked."""
        (microphone, earpiece), self._watched = self._watched, [0, 0]
        return dbfs(microphone), dbfs(earpiece)

    @property
    def counts(self) -> TickCounts:
        return TickCounts(self._ticks, self._longest_ns / 1e6)

    def forget(self) -> None:
        """Count from here."""
        self._ticks = self._longest_ns = self._last_ns = 0

    def mouth(self) -> bytes:
        """The next frame to send. Audio thread."""
        frame = self._spoken()
        said = SILENCE if self._route.muted else frame
        if self._prompt is not None:
            said = self._with_prompt(said)
        self._said = said
        return said

    def ear(self, frame: bytes) -> None:
        """The frame that arrived, b"" for none. Audio thread; ends the tick."""
        now_ns = time.monotonic_ns()
        if self._last_ns:
            self._longest_ns = max(self._longest_ns, now_ns - self._last_ns)
        self._last_ns = now_ns
        self._ticks += 1
        route, said, self._said = self._route, self._said, None
        if said is None:  # no leg is connected: the microphone goes on, nobody listens
            self._spoken()
            said = SILENCE
        heard = frame or SILENCE
        if route.ring_back:
            heard, self._tone_at = self._tone[self._tone_at], (self._tone_at + 1) % len(self._tone)
        shown = SILENCE if route.hushed else heard
        self._headset.give(shown if self._aside is None and self._to_agent is None else self._with_sounds(shown))
        if self._metering or self._watching:
            self._measure(1, heard)
        shares = self._mix.shares(route.conference, said) if route.conference else {}
        for call_id in route.recorded:
            if call_id in route.paused:
                self._recorder.write(call_id, SILENCE, SILENCE)
            elif call_id in shares:
                self._recorder.write(call_id, *shares[call_id])
            elif call_id == route.active:
                self._recorder.write(call_id, heard, said)
            else:
                self._recorder.write(call_id, SILENCE, SILENCE)

    def far(self, leg: Leg, frame: bytes) -> None:
        """What one far side of a conference said in this tick. Audio thread, after `ear`."""
        self._mix.hear(leg, frame)

    def _with_prompt(self, said: bytes) -> bytes:
        prompt = self._prompt
        if prompt is None or prompt[0] != self._route.active:
            return said
        taken = prompt[1].take()
        if taken is None:
            return said
        frame, self._aside = taken
        return mix(said, frame)

    def _with_sounds(self, heard: bytes) -> bytes:
        """What the far side says with what only the agent is to hear: a prompt that runs, a sound."""
        aside, self._aside = self._aside, None
        if aside is not None:
            heard = mix(heard, aside)
        sound = self._to_agent
        taken = sound.take() if sound is not None else None
        return mix(heard, taken[0]) if taken is not None else heard

    def _spoken(self) -> bytes:
        frame = self._headset.take()
        tap = self._tap
        if tap is not None:
            tap(frame)
        if self._metering or self._watching:
            self._measure(0, frame)
        return frame

    def _measure(self, side: int, frame: bytes) -> None:
        """0: microphone, 1: earpiece. Some 5 us."""
        loudest = peak(frame)
        for peaks in (self._peaks, self._watched):
            if loudest > peaks[side]:
                peaks[side] = loudest

"""The 20 ms tick on which everything that is heard and said meets: PJSIP's bridge, the headset, the recorder.

`mouth` and `ear` run on PJSIP's audio thread, `mouth` first in every tick that has a leg connected; they never wait,
log or raise. The phone's main thread changes `route`, one immutable value replaced as a whole, so that a tick sees
either the old state or the new one. A muted microphone is silence made here: what the caller does not hear is then, by
construction, not in the recording either."""

import time
from dataclasses import dataclass, replace

from desk.domain.identity import CallId
from desk.telephony.frames import SILENCE, SILENT_DBFS, dbfs, peak
from desk.telephony.headset import Headset
from desk.telephony.tones import ring_back_frames
from desk.usecases.ports import Recorder


@dataclass(frozen=True, slots=True)
class Route:
    """`active`: the call that the headset is connected to. `recorded`: all calls whose recording runs; those that are
    not active get silence, so that their clock goes on."""

    active: CallId | None = None
    muted: bool = False
    recorded: tuple[CallId, ...] = ()
    ring_back: bool = False  # the far side rings and sends no tone of its own


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
        self._tone = ring_back_frames()
        self._tone_at = 0

    @property
    def route(self) -> Route:
        return self._route

    def connect(self, active: CallId | None, muted: bool) -> None:
        self._route = replace(self._route, active=active, muted=muted)

    def record(self, calls: tuple[CallId, ...]) -> None:
        self._route = replace(self._route, recorded=calls)

    def ring_back(self, on: bool) -> None:
        self._tone_at = 0
        self._route = replace(self._route, ring_back=on)

    def meter(self, on: bool) -> None:
        self._metering = on

    def levels_dbfs(self) -> tuple[float, float]:
        """The highest of microphone and earpiece since the last time this was asked."""
        if not self._metering:
            return SILENT_DBFS, SILENT_DBFS
        (microphone, earpiece), self._peaks = self._peaks, [0, 0]
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
        self._said = SILENCE if self._route.muted else frame
        return self._said

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
        self._headset.give(heard)
        if self._metering:
            self._peaks[1] = max(self._peaks[1], peak(heard))
        for call_id in route.recorded:
            if call_id == route.active:
                self._recorder.write(call_id, heard, said)
            else:
                self._recorder.write(call_id, SILENCE, SILENCE)

    def _spoken(self) -> bytes:
        frame = self._headset.take()
        if self._metering:
            self._peaks[0] = max(self._peaks[0], peak(frame))
        return frame

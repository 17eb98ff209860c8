"""Who hears whom on PJSIP's conference bridge: the headset, the legs it is connected to, and music for those on hold.
Main thread; the ports' frames come on the bridge's clock thread.

In a conference each leg is tapped by a port of its own besides, because the headset's port hears but the sum, and every
call's recording keeps its own side. Those ports are made with the first conference and kept: to take one off a running
bridge is to race with its clock."""

import contextlib
import logging
from collections.abc import Sequence
from itertools import permutations

import pjsua2 as pj

from desk.telephony.frame_clock import FrameClock
from desk.telephony.pj import frames as pj_frames
from desk.telephony.pj.call import PjCall
from desk.telephony.pj.port import PjHeadsetPort, PjLegPort
from desk.telephony.stack import Leg

_log = logging.getLogger(__name__)


class PjBridge:
    """`hold_music`: a WAV file (PCM, one or two channels, any usual rate), "" = silence. One that cannot be read is
    silence, and the log says why."""

    def __init__(self, clock: FrameClock, hold_music: str = "") -> None:
        self._clock, self._hold_music = clock, hold_music
        self._wired: list[pj.AudioMedia] = []
        self._music: pj.AudioMediaPlayer | None = None
        self._entertained: list[pj.AudioMedia] = []
        self._taps: list[PjLegPort] = []
        self._echoed: dict[Leg, int] = {}  # which place on the bridge hears itself

    def open(self) -> None:
        self._read, write = pj_frames.probe()
        self._port = PjHeadsetPort(self._clock, self._read, write)
        self._port.create()
        if self._hold_music:
            music = pj.AudioMediaPlayer()
            try:
                music.createPlayer(self._hold_music)
            except pj.Error as error:
                _log.warning("no hold music, but silence: %s: %s", self._hold_music, error.reason)
            else:
                self._music = music

    def wire(self, active: Sequence[PjCall], held: Sequence[PjCall], echoed: Sequence[PjCall] = ()) -> None:
        """The headset and everybody who is active hear each other; those who are held, the music; those who are echoed,
        themselves; nobody else anything.
        To be said again whenever a leg's audio has changed: it may be elsewhere on the bridge."""
        found = [(call, audio) for call in active if (audio := call.audio()) is not None]
        audios = [audio for _, audio in found]
        ends: list[pj.AudioMedia] = [self._port, *self._wired]
        for source, sink in permutations(ends, 2):
            _cut(source, sink)
        for before in self._wired:
            for tap in self._taps:
                _cut(before, tap)
        self._wired = audios
        for source, sink in permutations([self._port, *audios], 2):
            source.startTransmit(sink)
        if len(found) > 1:
            self._tap(found)
        self._entertain(held)
        legs = {call.leg for call in echoed}
        self._echoed = {leg: place for leg, place in self._echoed.items() if leg in legs}
        for call in echoed:
            self._echo(call)

    def _echo(self, call: PjCall) -> None:
        """Never taken back: a cut that meets the removal of its port on the bridge's queue makes PJSIP abort."""
        audio = None if call.by_us else call.audio()
        if audio is not None and self._echoed.get(call.leg) != audio.getPortId():
            self._echoed[call.leg] = audio.getPortId()
            audio.startTransmit(audio)

    def _tap(self, found: Sequence[tuple[PjCall, pj.AudioMedia]]) -> None:
        while len(self._taps) < len(found):
            tap = PjLegPort(self._clock, self._read)
            tap.create(f"leg {len(self._taps)}")
            self._taps.append(tap)
        for tap, (call, audio) in zip(self._taps, found, strict=False):
            tap.leg = call.leg
            audio.startTransmit(tap)

    def _entertain(self, held: Sequence[PjCall]) -> None:
        if self._music is None:
            return
        for before in self._entertained:
            _cut(self._music, before)
        self._entertained = [audio for call in held if (audio := call.audio(held=True)) is not None]
        for audio in self._entertained:
            self._music.startTransmit(audio)


def _cut(source: pj.AudioMedia, sink: pj.AudioMedia) -> None:
    with contextlib.suppress(pj.Error):  # gone from the bridge with its call
        source.stopTransmit(sink)

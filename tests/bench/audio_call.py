"""One measured call: a telephone under test on the virtual headset, the marked peer at the other end, and what became
of every frame of both directions.

Two ways are told apart. MOUTH: from the moment a sample can be read from the microphone (the same source, read by the
benchmark too) to the arrival of its RTP packet. It contains one packet's length, 20 ms, that no telephone can avoid.
EAR: from the sending of an RTP packet to the moment its samples leave the sound server for the earpiece. The first
`SETTLE_S` of a call are left out: buffers find their size there."""

import itertools
import os
import subprocess
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from desk.demo.processes import wait_until
from desk.demo.virtual_headset import RATE_HZ as SOUND_CARD_HZ
from desk.demo.virtual_headset import VirtualHeadset
from tests.bench.audio_capture import Capture, Recorded
from tests.bench.audio_devices import Telephone, without_latency
from tests.bench.audio_peer import MarkedPeer
from tests.bench.audio_signal import (
    FRAME,
    FRAME_S,
    RATE_HZ,
    Fault,
    NotFound,
    Samples,
    Trace,
    follow,
    noise,
    resampled,
    to_pcm16,
)
from tests.bench.audio_standstill import LEAST_S, Standstill, Standstills, near, told_of_s, witnessed

SETTLE_S = 3.0
FAREWELL_S = 0.2  # nor does the end count, when both sides hang up
SPARE_S = 10.0  # the marked sounds are longer than the call by this
SPOKEN_SEED, HEARD_SEED = 11, 22
SAME_PLACE_S = 0.06
MEDIA_S = 10.0


@dataclass(frozen=True, slots=True)
class Way:
    """One direction. `delays_ms`: of every recognised grain, empty where only the content was looked at; `faults`: the
    telephone's own; `disturbed`: those that may come of a standstill of the computer or of a packet that we sent late;
    `stretched`: how much faster or slower than life it was at worst, as a share."""

    delays_ms: Samples
    faults: tuple[Fault, ...]
    disturbed: tuple[Fault, ...]
    stretched: float

    @property
    def median_ms(self) -> float:
        return float(np.median(self.delays_ms))

    @property
    def late_ms(self) -> float:
        """99 of 100 grains are not later than this."""
        return float(np.percentile(self.delays_ms, 99))

    @property
    def lost_frames(self) -> float:
        return round(sum(fault.lost_s for fault in self.faults if not fault.spliced) / FRAME_S, 2)

    @property
    def added_frames(self) -> float:
        return round(sum(fault.added_s for fault in self.faults if not fault.spliced) / FRAME_S, 2)

    @property
    def disturbed_frames(self) -> float:
        """Lost and repeated where the telephone can do nothing about it."""
        faults = [fault for fault in self.disturbed if not fault.spliced]
        return round(sum(fault.lost_s + fault.added_s for fault in faults) / FRAME_S, 2)

    @property
    def spliced_ms(self) -> float:
        """What was left out and put in without a gap, to level a buffer."""
        return 1000 * sum(abs(fault.added_s - fault.lost_s) for fault in self.faults if fault.spliced)


@dataclass(frozen=True, slots=True)
class CallResult:
    """`recorded`: the caller's and the agent's channel of the telephone's own recording, None where it makes none.
    `unclean_frames`: what the measuring side itself lost or repeated; `beat_ms`: how late our own packets were at
    worst; `disturbances`: standstills of the computer and packets that we sent late, None where nobody could tell;
    `judged_s`: how much of the call was not near any of them."""

    name: str
    mouth: Way
    ear: Way
    recorded: tuple[Way, Way] | None
    cpu_s_per_min: float
    unclean_frames: float
    beat_ms: float
    disturbances: tuple[Standstill, ...] | None
    judged_s: float

    @property
    def delay_ms(self) -> float:
        """Both ways together, without the packet's own length."""
        return self.mouth.median_ms + self.ear.median_ms - FRAME_S * 1000

    @property
    def faulty_frames(self) -> float:
        """Lost and repeated, in both ways."""
        return sum(way.lost_frames + way.added_frames for way in (self.mouth, self.ear))


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the measuring side has at the end of a call."""

    peer: MarkedPeer
    at_mouth: Recorded
    at_ear: Recorded
    recording: tuple[Samples, Samples] | None
    cpu_s_per_min: float
    standstills: Standstills

    @property
    def disturbances(self) -> tuple[Standstill, ...]:
        """Where nobody could tell of standstills, none: then a packet that we sent late may come of the load."""
        if not self.standstills.told:
            return ()
        sent_s = self.peer.sent_s
        due_s = sent_s[0] + np.arange(len(sent_s)) * FRAME_S
        late = np.flatnonzero(sent_s - due_s >= LEAST_S)
        return (*self.standstills.found, *(Standstill(float(due_s[at]), float(sent_s[at])) for at in late))

    def sent_s(self, fault: Fault) -> float:
        """When the far end sent what is missing, or what something was put before."""
        sent_s = self.peer.sent_s
        return float(sent_s[min(int(fault.original_s / FRAME_S), len(sent_s) - 1)])

    def said_s(self, fault: Fault) -> float:
        """When that could be read from the microphone."""
        return float(self.at_mouth.time_of(np.array([fault.original_s]))[0])

    def heard_s(self, fault: Fault) -> float:
        """When it was to be heard."""
        return float(self.at_ear.time_of(np.array([fault.output_s]))[0])

    def told_apart(
        self, faults: Sequence[Fault], when_s: Callable[[Fault], float]
    ) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
        """The telephone's own, and those that are near a disturbance."""
        disturbances = self.disturbances
        disturbed = [near(disturbances, when_s(fault)) for fault in faults]
        own = itertools.compress(faults, [not one for one in disturbed])
        return tuple(own), tuple(itertools.compress(faults, disturbed))


def measure_call(telephone: Telephone, headset: VirtualHeadset, seconds: float, folder: Path) -> CallResult:
    """Start the telephone, call it for `seconds` after settling, hang up, stop it, and see what came of it. Raises
    `NotReady`, `NotFound` where no sound came through."""
    folder.mkdir(parents=True, exist_ok=True)
    spoken, heard = (noise(seconds + SETTLE_S + SPARE_S, seed) for seed in (SPOKEN_SEED, HEARD_SEED))
    sound = folder / "spoken.wav"
    _write_wav(sound, spoken)
    try:
        port = telephone.start()
        with witnessed(folder) as standstills:
            found = _converse(telephone, port, MarkedPeer(heard), headset, sound, seconds, standstills)
    finally:
        telephone.stop()
    return _judge(telephone.name, found, spoken, heard)


def _converse(
    telephone: Telephone,
    port: int,
    peer: MarkedPeer,
    headset: VirtualHeadset,
    sound: Path,
    seconds: float,
    standstills: Standstills,
) -> _Heard:
    env = without_latency(headset.env)
    with Capture("earpiece.monitor", env) as ear, Capture("microphone", env) as mouth:
        speaking: subprocess.Popen[bytes] | None = None
        try:
            peer.call("127.0.0.1", port)
            wait_until("sound from the telephone", lambda: peer.frames_arrived > 0, MEDIA_S)
            argv = ["paplay", "--device=feed", "--latency-msec=500", str(sound)]
            speaking = subprocess.Popen(argv, env={**os.environ, **env})
            time.sleep(SETTLE_S)
            cpu_s_per_min = _cpu_s_per_min(telephone.pid, seconds)
        finally:
            peer.hang_up()
            if speaking is not None:
                speaking.kill()
                speaking.wait()
        at_ear, at_mouth = ear.stop(), mouth.stop()
    return _Heard(peer, at_mouth, at_ear, telephone.recording(), cpu_s_per_min, standstills)


def _cpu_s_per_min(pid: int, seconds: float) -> float:
    """Let the call go on; what its process used meanwhile."""
    process = psutil.Process(pid)
    before, begin_s = process.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, end_s = process.cpu_times(), time.monotonic()
    return (after.user + after.system - before.user - before.system) * 60 / (end_s - begin_s)


def _judge(name: str, found: _Heard, spoken: Samples, heard: Samples) -> CallResult:
    arrived = found.peer.arrived
    to_microphone = _settled(follow(spoken, found.at_mouth.sound))
    to_far = follow(found.at_mouth.sound, arrived.sound)
    begin_s = to_far.pieces[0].original_s + SETTLE_S
    to_far = to_far.within(begin_s, np.inf)
    said_s = len(found.peer.sent_s) * FRAME_S - FAREWELL_S
    to_ear = _settled(follow(heard, found.at_ear.sound)).within(0.0, said_s)
    of_mouth = _without(to_far.faults, to_microphone.faults)
    mouth = Way(_mouth_delays(to_far, found), *found.told_apart(of_mouth, found.said_s), to_far.stretched)
    ear = Way(_ear_delays(to_ear, found), *found.told_apart(to_ear.faults, found.heard_s), to_ear.stretched)
    recorded = None
    if found.recording is not None:
        caller, agent = found.recording
        of_caller = _settled(follow(heard, caller, coded=True)).within(0.0, said_s)
        of_agent = _settled(follow(found.at_mouth.sound, agent, coded=True))
        agent_s_own = _without(of_agent.faults, to_microphone.faults)
        recorded = (
            Way(np.empty(0), *found.told_apart(of_caller.faults, found.sent_s), of_caller.stretched),
            Way(np.empty(0), *found.told_apart(agent_s_own, found.said_s), of_agent.stretched),
        )
    unclean = to_microphone.lost_frames + to_microphone.added_frames + arrived.missing + arrived.doubled
    sent_s = found.peer.sent_s
    return CallResult(
        name,
        mouth,
        ear,
        recorded,
        found.cpu_s_per_min,
        unclean_frames=round(unclean, 2),
        beat_ms=found.peer.beat_ms,
        disturbances=found.disturbances if found.standstills.told else None,
        judged_s=told_of_s(found.disturbances, sent_s[0] + SETTLE_S, sent_s[-1] - FAREWELL_S),
    )


def _settled(trace: Trace) -> Trace:
    return trace.within(trace.pieces[0].original_s + SETTLE_S, np.inf)


def _without(faults: tuple[Fault, ...], of_microphone: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Those that the microphone's sound did not have already. Its output is their original."""
    known = [fault.output_s for fault in of_microphone]
    return tuple(fault for fault in faults if all(abs(at_s - fault.original_s) > SAME_PLACE_S for at_s in known))


def _mouth_delays(trace: Trace, found: _Heard) -> Samples:
    """As if the far end played each packet the moment it came."""
    original_s, output_s = _places(trace)
    index = (output_s * RATE_HZ / FRAME).astype(np.int64)
    came_s = found.peer.arrived.at_s[index] + output_s - index * FRAME_S
    delays = came_s - found.at_mouth.time_of(original_s)
    return np.asarray(delays[np.isfinite(delays)] * 1000, np.float64)


def _ear_delays(trace: Trace, found: _Heard) -> Samples:
    """As if the first sample of a packet could be heard when the packet leaves."""
    original_s, output_s = _places(trace)
    index = (original_s * RATE_HZ / FRAME).astype(np.int64)
    left_s = found.peer.sent_s[index] + original_s - index * FRAME_S
    return np.asarray((found.at_ear.time_of(output_s) - left_s) * 1000, np.float64)


def _places(trace: Trace) -> tuple[Samples, Samples]:
    if not trace.pieces:
        raise NotFound
    places = np.array([(piece.original_s, piece.output_s) for piece in trace.pieces])
    return places[:, 0], places[:, 1]


def _write_wav(file: Path, sound: Samples) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND_CARD_HZ)
        out.writeframes(to_pcm16(resampled(sound, RATE_HZ, SOUND_CARD_HZ)))

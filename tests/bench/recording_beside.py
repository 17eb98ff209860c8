"""A call that runs while something else is at work on the same computer, and what of it was lost: the phone's frame
clock and the real recorder alone, ticked every 20 ms, each frame with its number, so that one which is missing shows by
content; and a whole phone process on PJSIP, called by a far side whose sound never repeats (`audio_signal`), so that
every grain of it is looked for in the recording: what a clock that skipped, a jitter buffer that ran dry or a recorder
that was late has cost is seen as what is missing there. A sound card is in neither."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from desk.demo.processes import free_port
from desk.domain import commands, events
from desk.domain.reconcile import TOLERANCE_MS
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES
from desk.wire import SpoolClosed
from tests.bench.audio_call import FAREWELL_S, SETTLE_S
from tests.bench.audio_signal import FRAME_S, RATE_HZ, follow, from_pcm16, noise, resampled
from tests.bench.figures import Figure
from tests.recording.scene import CALL, RATE
from tests.telephony.driver import Driver

Work = Callable[[], None]
FRAME_MS = 20
WAIT_S = 60.0
LONGEST_S = 900.0  # a call; the sealing beside it is given ten minutes
SEED = 33

_CALL = """
import json, sys, time
from pathlib import Path
from desk.recording.spool.recorder import SpoolRecorder
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.fake import FakeHeadset
from tests.recording.scene import CALL, answered, at, frame, offered
recorder = SpoolRecorder(Path(sys.argv[1]), lambda: at(1), seat="S01", agent=lambda: "1001",
                         on_failed=lambda *_: None, monotonic=time.monotonic)
clock = FrameClock(FakeHeadset(), recorder)
recorder.note(offered()); recorder.note(answered()); recorder.start(CALL, 16_000)
clock.connect(CALL, False); clock.record((CALL,))
print("on", flush=True)
next_s, number = time.monotonic(), 0
stop = Path(sys.argv[2])
while not stop.exists():
    clock.mouth(); clock.ear(frame(number % 30_000)); number += 1
    next_s += 0.02
    time.sleep(max(0.0, next_s - time.monotonic()))
gap_ms = clock.counts.longest_gap_ms
recorder.stop(CALL)
recorder.close()
print(json.dumps({"frames": number, "longest_gap_ms": gap_ms}))
"""


# The far side, in a process of its own: what it sends on an even beat must not wait for the work.
_PEER = """
import json, sys
from tests.bench.audio_peer import MarkedPeer
from tests.bench.audio_signal import noise
peer = MarkedPeer(noise(float(sys.argv[2]), int(sys.argv[3])))
peer.call("127.0.0.1", int(sys.argv[1]))
sys.stdin.readline()
peer.hang_up()
print(json.dumps({"sent": len(peer.sent_s), "beat_ms": peer.beat_ms}))
"""


def frame_clock(folder: Path, work: Work) -> tuple[int, float]:
    """(frames lost, longest time between two ticks in ms) of a call that ran while this was done."""
    folder.mkdir(parents=True)
    stop = folder / "stop"
    child = subprocess.Popen(
        [sys.executable, "-c", _CALL, str(folder / "spool"), str(stop)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    try:
        work()
    finally:
        stop.touch()
        said = child.communicate(timeout=60)[0]
    told = json.loads(said)
    both = np.fromfile(spool.audio_file(folder / "spool", CALL), dtype="<i2").reshape(-1, 2)
    numbers = both[::320, 0]
    expected = np.arange(told["frames"]) % 30_000
    kept = min(len(numbers), len(expected))
    wrong = int(np.count_nonzero(numbers[:kept] != expected[:kept])) + len(expected) - kept
    return wrong, float(told["longest_gap_ms"])


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """`lost_frames`: what the far side has said and is not in the recording; `missing_ms`: by how much the audio is
    shorter than the call was, from its first frame to its end by the phone's clock; `took_s`: the call; `beat_ms`: how
    late the far side's own packets were at worst."""

    lost_frames: float
    missing_ms: float
    took_s: float
    beat_ms: float

    def figures(self, name: str) -> list[Figure]:
        return [
            Figure(f"{name}.frames_lost", self.lost_frames, "frames", "<= 0", self.beat_ms / FRAME_MS),
            Figure(f"{name}.audio_missing", max(0.0, self.missing_ms), "ms", f"<= {TOLERANCE_MS}", self.took_s * 1000),
        ]


def phone(folder: Path, work: Work) -> PhoneCall:
    """The anchor of what was lost is the worst lateness of the far side itself, in frames; of what is missing the
    length of the call. The work should take some seconds."""
    port = free_port(socket.SOCK_DGRAM)
    line = {"kind": "direct", "port": port, "bind": "127.0.0.1"}
    driver = Driver(folder, {"lines": [line], "headset": "fake", "spool": True}, os.environ, None)
    words = [sys.executable, "-c", _PEER, str(port), str(LONGEST_S), str(SEED)]
    peer = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        call_id = driver.wait(events.CallOffered, WAIT_S).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.RecordingStarted, WAIT_S, call_id=call_id)
        time.sleep(SETTLE_S)
        work()
        told = json.loads(peer.communicate("over\n", WAIT_S)[0])
        driver.wait(SpoolClosed, WAIT_S, call_id=call_id)
    finally:
        peer.kill()
        peer.wait()
        driver.stop()
    journal = spool.read(folder / "spool", call_id)
    audio = b"".join(spool.audio_blocks(folder / "spool", call_id, RATE))
    caller = resampled(from_pcm16(audio)[::2].copy(), RATE, RATE_HZ)
    said_s = told["sent"] * FRAME_S - FAREWELL_S
    trace = follow(noise(LONGEST_S, SEED), caller)
    trace = trace.within(trace.pieces[0].original_s + SETTLE_S, said_s)
    assert journal.ended_at is not None
    took = journal.ended_at - journal.starts[0].at
    kept_ms = len(audio) / FRAME_BYTES / RATE * 1000
    missing_ms = took / timedelta(milliseconds=1) - kept_ms
    return PhoneCall(round(trace.lost_frames, 2), missing_ms, took.total_seconds(), told["beat_ms"])

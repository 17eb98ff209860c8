"""A call that runs while something else is at work on the same computer, and what of it was lost: the phone's frame
clock and the real recorder alone, ticked every 20 ms, each frame with its number, so that one which is missing shows by
content; and a whole phone process on PJSIP, in a call with a far side by hand, whose recorder notes every frame that
did not come in time. A sound card is in neither."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES
from desk.wire import SpoolClosed
from tests.bench.figures import Figure
from tests.recording.scene import CALL, RATE
from tests.telephony.driver import Driver
from tests.telephony.raw_answerer import RawAnswerer

Work = Callable[[], None]
FRAME_MS = 20
WAIT_S = 60.0

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
    """`gap_ms`: what the recorder has noted as not come; `missing_ms`: by how much the audio is shorter than the call
    was, from its first frame to its end by the phone's clock; `took_s`: the call."""

    gap_ms: float
    missing_ms: float
    took_s: float

    def figures(self, name: str) -> list[Figure]:
        return [
            Figure(f"{name}.frames_lost", self.gap_ms / FRAME_MS, "frames", "<= 0"),
            Figure(f"{name}.audio_missing", max(0.0, self.missing_ms), "ms", "", self.took_s * 1000),
        ]


def phone(folder: Path, work: Work) -> PhoneCall:
    """The anchor of what is missing is the length of the call."""
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM), "registrar": "127.0.0.1", "bind": "127.0.0.1"}
    with RawAnswerer() as far:
        driver = Driver(folder, {"lines": [line], "headset": "fake", "spool": True}, os.environ, None)
        try:
            driver.do(commands.Dial(far.uri("far")))
            call_id = driver.wait(events.CallDialled, WAIT_S).call_id
            far.answer(far.request(b"INVITE"), 200, sdp=True)
            driver.wait(events.RecordingStarted, WAIT_S, call_id=call_id)
            wait_until("audio", lambda: spool.audio_bytes(folder / "spool", call_id) > 0, WAIT_S)
            work()
            driver.do(commands.HangUp(call_id))
            far.answer(far.request(b"BYE"), 200)
            driver.wait(SpoolClosed, WAIT_S, call_id=call_id)
        finally:
            driver.stop()
        journal = spool.read(folder / "spool", call_id)
        kept_ms = sum(map(len, spool.audio_blocks(folder / "spool", call_id, RATE))) / FRAME_BYTES / RATE * 1000
        assert journal.ended_at is not None
        took = journal.ended_at - journal.starts[0].at
        gaps = [mark.detail for mark in journal.marks if mark.name == "gap"]
        gap_ms = sum(float(detail.split()[0]) for detail in gaps)
        return PhoneCall(gap_ms, took / timedelta(milliseconds=1) - kept_ms, took.total_seconds())

"""The headset looked at without a running phone: opened as the phone opens it, listened to for a moment, closed again.
Nothing is played. Loads miniaudio; never called where a phone runs. Takes `LISTEN_S` and the opening of the devices,
on the caller's thread."""

import queue
import time
from dataclasses import dataclass

from desk.domain.events import HeadsetState
from desk.telephony.frames import FRAME_MS, dbfs, peak
from desk.telephony.headset.port import Headset, HeadsetReport

OPEN_S = 4.0  # a sleepy device needs 2.5 s for its first call
SETTLE_S = 0.2  # the click of being opened is no speech
LISTEN_S = 1.5


@dataclass(frozen=True, slots=True)
class HeadsetSeen:
    """`loudest_dbfs`: None where no microphone was opened."""

    state: HeadsetState
    loudest_dbfs: float | None = None


def look(headset: Headset, listen_s: float = LISTEN_S) -> HeadsetSeen:
    """Opens and closes it."""
    reports: queue.SimpleQueue[HeadsetReport] = queue.SimpleQueue()
    headset.open(reports.put)
    try:
        state = _settled(reports)
        loudest_dbfs = _listen(headset, listen_s) if state.microphone_in_use else None
        while not reports.empty():
            state = reports.get().state
        return HeadsetSeen(state, loudest_dbfs)
    finally:
        headset.close()


def _settled(reports: "queue.SimpleQueue[HeadsetReport]") -> HeadsetState:
    """As soon as both sides are in use or nothing is there; the last word after `OPEN_S`."""
    until_s = time.monotonic() + OPEN_S
    state = HeadsetState(present=False)
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            state = reports.get(timeout=left_s).state
        except queue.Empty:
            break
        whole = (state.microphone_in_use or not state.microphones) and (state.earpiece_in_use or not state.earpieces)
        if whole:
            break
    return state


def _listen(headset: Headset, listen_s: float) -> float:
    begun_s = time.monotonic()
    highest = 0
    while (passed_s := time.monotonic() - begun_s) < SETTLE_S + listen_s:
        frame = headset.take()
        if passed_s >= SETTLE_S:
            highest = max(highest, peak(frame))
        time.sleep(FRAME_MS / 1000)
    return dbfs(highest)

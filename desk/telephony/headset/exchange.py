"""A sound played through the headset while it is listened to, frame by frame: what the check before the shift is made
of. `play` and `hear` run on the audio thread and never wait; `heard` waits on a thread that may."""

import threading

from desk.telephony.frames import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SILENCE

SPARE_S = 5.0  # more than it lasts: then the clock has stopped


class Exchange:
    """`played`: mono, 16 bit, at `RATE_HZ`. What is heard is as long, and begins with the same tick."""

    def __init__(self, played: bytes) -> None:
        self._frames = [
            played[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(played), FRAME_BYTES)
        ]
        self._played = 0
        self._heard: list[bytes] = []
        self._done = threading.Event()
        self._broken = False

    def hear(self, frame: bytes) -> None:
        if len(self._heard) < len(self._frames):
            self._heard.append(frame)
            if len(self._heard) == len(self._frames):
                self._done.set()

    def play(self) -> bytes:
        if not self._heard or self._played == len(self._frames):  # it begins with a tick, not within one
            return SILENCE
        self._played += 1
        return self._frames[self._played - 1]

    def break_off(self) -> None:
        self._broken = True
        self._done.set()

    def heard(self) -> bytes | None:
        """All that was heard, when it is over; None where it was broken off, or nothing comes any more."""
        over = self._done.wait(len(self._frames) * FRAME_SAMPLES / RATE_HZ + SPARE_S)
        return b"".join(self._heard) if over and not self._broken else None

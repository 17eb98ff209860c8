"""A sound of ours on the 20 ms tick: cut into frames beforehand, taken one a tick, mixed with what is there.

Made on the phone's main thread, so that the audio thread neither reads a file nor converts anything; `take` belongs to
the audio thread, `taken` and `over` may be read by any."""

import numpy as np

from desk.telephony.frames import FRAME_BYTES, FRAME_MS


def mix(one: bytes, other: bytes) -> bytes:
    """Both frames at once, limited to what 16 bits hold. Of equal length."""
    both = np.frombuffer(one, np.int16).astype(np.int32) + np.frombuffer(other, np.int16)
    return np.clip(both, -32768, 32767).astype(np.int16).tobytes()


def quieter(pcm: bytes, gain: float) -> bytes:
    return (np.frombuffer(pcm, np.int16) * gain).astype(np.int16).tobytes()


class PlayedSound:
    """`pcm` as in `frames`, of any length; the last frame is filled up with silence. `beside_gain`: how loud the agent
    hears what is played to the far side (0 = not at all)."""

    def __init__(self, pcm: bytes, beside_gain: float = 0.0) -> None:
        self._frames = _cut(pcm)
        self._beside = _cut(quieter(pcm, beside_gain)) if beside_gain else ()
        self._taken = 0

    @property
    def taken(self) -> int:
        """Frames so far."""
        return self._taken

    @property
    def over(self) -> bool:
        return self._taken >= len(self._frames)

    @property
    def length_s(self) -> float:
        return len(self._frames) * FRAME_MS / 1000

    def take(self) -> tuple[bytes, bytes | None] | None:
        """The next frame, and how it is heard beside; None where the sound is over."""
        at = self._taken
        if at >= len(self._frames):
            return None
        self._taken = at + 1
        return self._frames[at], self._beside[at] if self._beside else None


def _cut(pcm: bytes) -> tuple[bytes, ...]:
    return tuple(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(pcm), FRAME_BYTES))

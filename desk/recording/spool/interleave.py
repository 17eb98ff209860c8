"""Two mono tracks into one of two channels (left caller, right agent) and back. 16-bit little endian samples as bytes;
the shorter side is filled up with silence. Pure functions, any thread; numpy does the work."""

import numpy as np

SAMPLE_BYTES = 2
FRAME_BYTES = 4  # one sample of each channel


def interleave(left: bytes, right: bytes) -> bytes:
    """Both sides as one, as long as the longer of them. Half a sample at an end is dropped."""
    samples = max(len(left), len(right)) // SAMPLE_BYTES
    both = np.zeros((samples, 2), dtype="<i2")
    for channel, side in enumerate((left, right)):
        count = len(side) // SAMPLE_BYTES
        both[:count, channel] = np.frombuffer(side, dtype="<i2", count=count)
    return both.tobytes()


def deinterleave(both: bytes) -> tuple[bytes, bytes]:
    """Left and right of what `interleave` made. A torn last frame is dropped."""
    frames = np.frombuffer(both, dtype="<i2", count=len(both) // FRAME_BYTES * 2).reshape(-1, 2)
    return frames[:, 0].tobytes(), frames[:, 1].tobytes()

"""The bars of a waveform: how loud each of `PEAKS` equally long stretches of a recording is, in each channel. They are
kept in the file's comments, so that a player need not decode an hour to draw it. Pure functions over numpy arrays."""

import base64
import binascii

import numpy as np
import numpy.typing as npt

PEAKS = 2400  # per channel: more than a wide window has pixels for
PEAKS_TAG = "DESK_PEAKS"


def bars_of(loudest: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Two rows of `PEAKS` bars, 0-255 of full scale, from the loudest samples (rows of caller, agent) of equally long
    stretches, however many or few there are."""
    bars = np.zeros((2, PEAKS), dtype=np.uint8)
    count = len(loudest)
    for number in range(PEAKS if count else 0):
        start, end = count * number // PEAKS, count * (number + 1) // PEAKS
        bars[:, number] = np.minimum(loudest[start : max(end, start + 1)].max(axis=0) >> 7, 255)
    return bars


def comment_of(bars: npt.NDArray[np.uint8]) -> str:
    """As it stands in the comment `PEAKS_TAG`."""
    return base64.b64encode(bars.tobytes()).decode("ascii")


def bars_from(untrusted_comment: str) -> npt.NDArray[np.uint8] | None:
    """What `comment_of` wrote, None for anything else."""
    try:
        untrusted_bars = base64.b64decode(untrusted_comment, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(untrusted_bars) != 2 * PEAKS:
        return None
    return np.frombuffer(untrusted_bars, dtype=np.uint8).reshape(2, PEAKS)

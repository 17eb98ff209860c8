"""What was said into the headset made into a prompt: cut to what was said, as loud as every other prompt.

Speech is what stands clearly above the room: above its tenth quietest percentile, and above -55 dBFS in any case. The
beginning and the end of the take are left out, because the key that starts and ends it is in them. Pure functions on
16-bit mono samples at `RATE_HZ`; some milliseconds for half a minute."""

import numpy as np
import numpy.typing as npt

from desk.telephony.frames import FRAME_SAMPLES, RATE_HZ

Samples = npt.NDArray[np.float64]

KEY_S = 0.15  # the key's click, at either end
ABOVE_ROOM_DB, LEAST_DBFS = 9.0, -55.0
LEAST_FRAMES = 3  # in a row: less is a click
BEFORE_S, AFTER_S = 0.1, 0.2  # what stays of the room around the words
FADE_S = 0.01
SPEECH_DBFS = -20.0  # RMS of the words: what telephone networks are built for is some dB below
PEAK = 0.89
MOST_GAIN_DB = 30.0


def prepared(take: bytes) -> bytes | None:
    """The take as a prompt; None where nothing was said."""
    samples = np.frombuffer(take[: len(take) // 2 * 2], np.int16) / 32768.0
    key = int(KEY_S * RATE_HZ)
    words = _words(samples[key : max(key, len(samples) - key)])
    return None if words is None else (words * 32767).astype(np.int16).tobytes()


def _words(samples: Samples) -> Samples | None:
    count = len(samples) // FRAME_SAMPLES
    if count < LEAST_FRAMES:
        return None
    frames = samples[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
    rms = np.sqrt((frames**2).mean(axis=1))
    room = float(np.percentile(rms, 10))
    least = max(room * 10 ** (ABOVE_ROOM_DB / 20), 10 ** (LEAST_DBFS / 20))
    if room > 10 ** (SPEECH_DBFS / 20):
        least = room  # no pause anywhere: all of it is speech
    spoken = _in_a_row(rms >= least)
    where = np.flatnonzero(spoken)
    if not len(where):
        return None
    first = max(0, int(where[0]) * FRAME_SAMPLES - int(BEFORE_S * RATE_HZ))
    last = min(len(samples), (int(where[-1]) + 1) * FRAME_SAMPLES + int(AFTER_S * RATE_HZ))
    loud = float(np.sqrt((frames[spoken] ** 2).mean()))
    return _faded(_levelled(samples[first:last], loud))


def _in_a_row(spoken: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Without the runs that are shorter than `LEAST_FRAMES`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], spoken, [False])).astype(np.int8)))
    kept = np.zeros_like(spoken)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= LEAST_FRAMES:
            kept[start:end] = True
    return kept


def _levelled(samples: Samples, loud: float) -> Samples:
    """With the words at `SPEECH_DBFS`, and no louder than the largest sample but a few allows."""
    largest = float(np.percentile(np.abs(samples), 99.9))
    gain = min(10 ** (SPEECH_DBFS / 20) / loud, PEAK / max(largest, 1e-6), 10 ** (MOST_GAIN_DB / 20))
    return np.clip(samples * gain, -PEAK, PEAK)


def _faded(samples: Samples) -> Samples:
    size = min(int(FADE_S * RATE_HZ), len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, size, endpoint=False)
    shaped = samples.copy()
    shaped[:size] *= ramp
    shaped[len(shaped) - size :] *= ramp[::-1]
    return shaped

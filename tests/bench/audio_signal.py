"""The marked sound of the audio benchmark, and what became of it on its way: when each piece came out, what was lost,
what was put in.

The mark is band-limited noise that never repeats, so every 10 ms of it can be found again by correlation: through a
codec, a resampler, or a buffer that plays a little faster or slower. `follow` yields the lag of the output behind the
original over time. A real loss or repetition is a step in it; a drifting clock or a stretching buffer is a slope, and
is not counted. Pure functions of arrays, any thread. All samples are float64 in -1..1 at `RATE_HZ`."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE_HZ = 8_000
FRAME_S = 0.02
FRAME = int(RATE_HZ * FRAME_S)
LEVEL = 0.12  # RMS, -18 dBFS
LOWEST_HZ, HIGHEST_HZ = 300.0, 2_500.0  # within the telephone band; low enough to survive a stretched frame

PIECE, HOP = FRAME // 2, FRAME // 4  # what is looked for at once: short, so that a stretched one is still like itself
CERTAIN, SURE, LIKELY = 0.85, 0.75, 0.6  # correlation of a piece found anywhere, nearby, where it was expected
NEAR_S, FAR_S = 0.003, 0.4  # how far from the last lag to look
STEP_S = 0.002  # a lag that changes by more than this ...
SLOPE = 0.035  # ... and this share of the time between two pieces is a loss or a repetition
GRAIN = FRAME // 4  # holes are measured in these
SPLICE_S, SEAM_S = 0.006, 0.0076  # a buffer may leave out or put in so much where two like waves are joined
SAME = 0.7  # correlation of a grain at a lag that is known
SAME_CODED = 0.4  # noise is what Opus takes most liberties with
STRETCH_S = 0.2
FINER = 4  # the original is read between its samples at this rate


def noise(duration_s: float, seed: int) -> Samples:
    """The marked sound: flat between `LOWEST_HZ` and `HIGHEST_HZ`, the same for the same seed."""
    count = int(duration_s * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(hz < LOWEST_HZ) | (hz > HIGHEST_HZ)] = 0
    sound = np.fft.irfft(spectrum, count)
    return np.asarray(np.clip(sound * (LEVEL / np.sqrt(np.mean(sound**2))), -0.99, 0.99), np.float64)


def resampled(sound: Samples, from_hz: int, to_hz: int) -> Samples:
    """Another rate without any shift in time (through the spectrum, whole sound at once)."""
    if from_hz == to_hz or not len(sound):
        return sound
    pad = from_hz // 10
    padded = np.concatenate([sound, np.zeros(pad + (-(len(sound) + pad)) % from_hz)])
    count = len(padded) * to_hz // from_hz
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(count // 2 + 1, np.complex128)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    out = np.fft.irfft(kept, count) * (to_hz / from_hz)
    return np.asarray(out[: len(sound) * to_hz // from_hz], np.float64)


def to_pcm16(sound: Samples) -> bytes:
    return bytes(np.clip(np.round(sound * 32767), -32768, 32767).astype("<i2").tobytes())


def from_pcm16(pcm: bytes) -> Samples:
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64) / 32768


def to_pcmu(sound: Samples) -> bytes:
    """G.711 mu-law."""
    pcm = np.clip(np.round(sound * 32767), -32635, 32635).astype(np.int32)
    sign = np.where(pcm < 0, 0x80, 0)
    biased = np.abs(pcm) + 132
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes())


def from_pcmu(payload: bytes) -> Samples:
    code = ~np.frombuffer(payload, np.uint8).astype(np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 132) << ((code >> 4) & 0x07)) - 132
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.float64) / 32768


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of the original that was recognised: where its middle stands in the original and in the output, seconds."""

    original_s: float
    output_s: float

    @property
    def lag_s(self) -> float:
        return self.output_s - self.original_s


@dataclass(frozen=True, slots=True)
class Fault:
    """`lost_s` of the original never came out; `added_s` came out that is no part of it, or was out before: silence, a
    repetition, what a concealment made up. A frame that was replaced is both. Good to 5 ms, or to one sample where the
    fault is clean. `spliced`: a few milliseconds left out or put in without a gap, as buffers level their delay."""

    original_s: float
    output_s: float
    lost_s: float
    added_s: float
    spliced: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Pieces in the order of the output."""

    pieces: tuple[Piece, ...]
    faults: tuple[Fault, ...]

    @property
    def lost_frames(self) -> float:
        return sum(fault.lost_s for fault in self.faults if not fault.spliced) / FRAME_S

    @property
    def added_frames(self) -> float:
        return sum(fault.added_s for fault in self.faults if not fault.spliced) / FRAME_S

    @property
    def stretched(self) -> float:
        """How much faster or slower than life it was played at worst, over `STRETCH_S`, as a share."""
        worst = 0.0
        broken = np.array([fault.output_s for fault in self.faults])
        step = round(STRETCH_S * RATE_HZ / GRAIN)
        for before, after in zip(self.pieces, self.pieces[step:], strict=False):
            whole = not ((broken >= before.output_s) & (broken < after.output_s)).any()
            if whole:
                worst = max(worst, abs(after.lag_s - before.lag_s) / (after.output_s - before.output_s))
        return worst

    def within(self, from_s: float, to_s: float) -> "Trace":
        """The part whose original stands in this span."""
        return Trace(
            tuple(piece for piece in self.pieces if from_s <= piece.original_s < to_s),
            tuple(fault for fault in self.faults if from_s <= fault.original_s < to_s),
        )


class NotFound(Exception):
    """The original is nowhere in the output."""


def follow(original: Samples, output: Samples, *, coded: bool = False) -> Trace:
    """Find the original in the output again: piece by piece, to learn the lag, then grain by grain at that lag, to
    see what is whole. `coded`: behind a coder that keeps what people hear and not the waveform, so look at it more
    coarsely. Raises `NotFound`."""
    at, lag = _first(original, output)
    coarse: list[Piece] = []
    for start in range(at, len(output) - PIECE, HOP):
        found = _near(original, output, start, lag, NEAR_S, LIKELY)
        if found is None:
            found = _near(original, output, start, lag, FAR_S, SURE)
        if found is not None:
            lag = found
            middle = start + PIECE / 2
            coarse.append(Piece((middle - lag) / RATE_HZ, middle / RATE_HZ))
    grain, same = (PIECE, SAME_CODED) if coded else (GRAIN, SAME)
    grains = _grains(original, output, _without_strays(coarse), grain, same)
    return Trace(tuple(grains), tuple(_faults(output, grains, grain)))


def _first(original: Samples, output: Samples) -> tuple[int, float]:
    """Where in the output to begin, and the lag there, in samples."""
    size = 1 << int(np.ceil(np.log2(len(original) + PIECE)))
    spectrum = np.fft.rfft(original, size)
    power = np.convolve(original**2, np.ones(PIECE), "valid")
    for at in range(0, len(output) - PIECE, PIECE):
        probe = output[at : at + PIECE]
        energy = float(np.dot(probe, probe))
        if energy < PIECE * (LEVEL / 10) ** 2:
            continue
        match = np.fft.irfft(spectrum * np.conj(np.fft.rfft(probe, size)), size)[: len(power)]
        likeness = match / np.sqrt(np.maximum(power, 1e-9) * energy)
        best = int(np.argmax(likeness))
        if likeness[best] < CERTAIN:
            continue
        # Among half a million places one is likely to look right by chance, but not twice in a row.
        if _near(original, output, at + PIECE, at - best, NEAR_S, LIKELY) is not None:
            return at, float(at - best)
    raise NotFound


def _near(original: Samples, output: Samples, at: int, lag: float, reach_s: float, least: float) -> float | None:
    """The lag of the piece at this place of the output, within this reach of the last one; None if it is not there."""
    piece = output[at : at + PIECE]
    energy = float(np.dot(piece, piece))
    reach = int(reach_s * RATE_HZ)
    low = max(at - round(lag) - reach, 0)
    high = min(at - round(lag) + reach + PIECE, len(original))
    if energy < PIECE * (LEVEL / 10) ** 2 or high - low <= PIECE:
        return None
    stretch = original[low:high]
    power = np.convolve(stretch**2, np.ones(PIECE), "valid")
    likeness = np.correlate(stretch, piece, "valid") / np.sqrt(np.maximum(power, 1e-9) * energy)
    best = int(np.argmax(likeness))
    return at - (low + best + _summit(likeness, best)) if likeness[best] >= least else None


def _summit(values: Samples, at: int) -> float:
    """How far from the largest value the top of the parabola through it and its neighbours lies, in samples."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, top, right = (float(value) for value in values[at - 1 : at + 2])
    bend = left - 2 * top + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _without_strays(coarse: list[Piece]) -> list[Piece]:
    """A piece whose lag agrees with none of its two neighbours was found by chance, or straddles a fault."""

    def agree(one: Piece, other: Piece) -> bool:
        return _is_smooth(other.lag_s - one.lag_s, other.output_s - one.output_s)

    return [
        piece
        for index, piece in enumerate(coarse)
        if (index > 0 and agree(coarse[index - 1], piece))
        or (index + 1 < len(coarse) and agree(piece, coarse[index + 1]))
    ]


def _is_smooth(change_s: float, time_s: float) -> bool:
    return abs(change_s) <= STEP_S + SLOPE * abs(time_s)


def _grains(original: Samples, output: Samples, coarse: list[Piece], grain: int, same: float) -> list[Piece]:
    """Those grains of the output that are the original's, at the lag of the piece before or of the piece behind."""
    if not coarse:
        raise NotFound
    begin, end = (round(coarse[at].output_s * RATE_HZ) + PIECE // 2 * side for at, side in ((0, -1), (-1, 1)))
    places = np.arange(begin, end - (end - begin) % grain).reshape(-1, grain)
    heard, at_s = output[places], places / RATE_HZ
    middle_s = at_s.mean(axis=1)
    finer = resampled(original, RATE_HZ, RATE_HZ * FINER)
    finer_s = np.arange(len(finer)) / (RATE_HZ * FINER)
    best_likeness, best_lag = np.full(len(places), -1.0), np.zeros(len(places))
    for lags in _lags_at(middle_s, coarse):
        spoken = np.interp(at_s - lags[:, None], finer_s, finer)
        norm = np.sqrt((spoken**2).sum(axis=1) * (heard**2).sum(axis=1))
        likeness = (spoken * heard).sum(axis=1) / np.maximum(norm, 1e-6)
        better = likeness > best_likeness
        best_likeness, best_lag = np.where(better, likeness, best_likeness), np.where(better, lags, best_lag)
    found = zip(middle_s, best_lag, best_likeness, strict=True)
    return [Piece(float(middle - lag), float(middle)) for middle, lag, likeness in found if likeness >= same]


def _lags_at(middle_s: Samples, coarse: list[Piece]) -> tuple[Samples, Samples]:
    """The lags to try at these places: between two pieces that agree the one between them, else either's."""
    pieces_s, lags = np.array([piece.output_s for piece in coarse]), np.array([piece.lag_s for piece in coarse])
    behind = np.searchsorted(pieces_s, middle_s).clip(0, len(coarse) - 1)
    before = (behind - 1).clip(0)
    smooth = np.abs(lags[behind] - lags[before]) <= STEP_S + SLOPE * (pieces_s[behind] - pieces_s[before])
    between = np.interp(middle_s, pieces_s, lags)
    return np.where(smooth, between, lags[before]), np.where(smooth, between, lags[behind])


def _faults(output: Samples, grains: list[Piece], grain: int) -> list[Fault]:
    """What lies between each grain and the next one, where they do not join."""
    faults: list[Fault] = []
    grain_s = grain / RATE_HZ
    for before, after in pairwise(grains):
        added_s = after.output_s - before.output_s - grain_s
        lost_s = after.original_s - before.original_s - grain_s
        if added_s < grain_s / 2 and _is_smooth(lost_s - added_s, added_s + grain_s):
            continue
        lost_s, added_s = max(lost_s, 0.0), max(added_s, 0.0) + max(-lost_s, 0.0)
        moved_s = abs(added_s - lost_s)
        spliced = 0.001 < moved_s <= SPLICE_S and min(lost_s, added_s) <= SEAM_S
        spliced = spliced and not _is_hollow(output, before.output_s, after.output_s)
        faults.append(Fault(before.original_s, before.output_s, lost_s, added_s, spliced))
    return faults


def _is_hollow(output: Samples, from_s: float, to_s: float) -> bool:
    """Whether there is a hole of 2 ms or more."""
    power = np.convolve(output[int(from_s * RATE_HZ) : int(to_s * RATE_HZ)] ** 2, np.ones(16) / 16, "valid")
    return bool(len(power)) and float(power.min()) < (LEVEL / 5) ** 2

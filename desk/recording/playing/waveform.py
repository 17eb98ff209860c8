"""The bars of a recording: kept in the file's comments, so that an hour of speech is drawn at once; counted where there
are none, or where somebody looks closer than they reach. Never Qt's thread."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desk.recording.playing.decode import CHANNELS, RATE_HZ, Decoder
from desk.recording.playing.reel import Reel, Source, never
from desk.recording.sealing.bars import PEAKS_TAG

MOST_KEPT = 20_000  # per channel; more is no waveform of ours
COUNTED = 2_400


@dataclass(frozen=True, slots=True)
class Waveform:
    """Equally long bars from start to end, each the loudest sample in it, 0.0 (silence) to 1.0 (full scale)."""

    caller: tuple[float, ...]
    agent: tuple[float, ...]


def waveform(source: Source | Reel, called_away: Callable[[], bool] = never) -> Waveform:
    """From the file's comments in a millisecond, else by decoding all of it (2 ms per second of speech). Raises
    `DecodeError`, and from a growing file what `Decoder` says."""
    with Decoder(source, called_away) as decoder:
        return kept(decoder) or _counted(decoder, 0, None, COUNTED)


def kept(decoder: Decoder) -> Waveform | None:
    """What the file's comments hold; None where there is nothing that can be drawn."""
    try:
        untrusted_bars = base64.b64decode(decoder.comments.get(PEAKS_TAG, ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not untrusted_bars or len(untrusted_bars) % CHANNELS or len(untrusted_bars) > CHANNELS * MOST_KEPT:
        return None
    bars = np.frombuffer(untrusted_bars, dtype=np.uint8).reshape(CHANNELS, -1)
    return Waveform(tuple((bars[0] / 255).tolist()), tuple((bars[1] / 255).tolist()))


def closer(
    source: Source | Reel, from_ms: int, until_ms: int, count: int, called_away: Callable[[], bool] = never
) -> Waveform:
    """`count` bars of this span, by decoding it. Raises as `waveform`."""
    with Decoder(source, called_away) as decoder:
        if from_ms:
            decoder.seek_ms(from_ms)
        return _counted(decoder, from_ms, until_ms, count)


def _counted(decoder: Decoder, from_ms: int, until_ms: int | None, count: int) -> Waveform:
    """Loudest samples in steps of 10 ms, then of as many bars as are wanted."""
    step = RATE_HZ // 100
    loudest: list[npt.NDArray[np.float32]] = []
    rest = np.zeros((0, CHANNELS), dtype=np.float32)
    while (until_ms is None or decoder.position_ms < until_ms) and (block := decoder.samples()) is not None:
        rest = np.concatenate([rest, np.abs(block)])
        whole = len(rest) // step
        if whole:
            loudest.append(rest[: whole * step].reshape(whole, step, CHANNELS).max(axis=1))
            rest = rest[whole * step :]
    steps = np.concatenate(loudest) if loudest else np.zeros((0, CHANNELS), dtype=np.float32)
    if until_ms is not None:
        wanted = max(1, (until_ms - from_ms) // 10)
        steps = np.pad(steps[:wanted], ((0, max(0, wanted - len(steps))), (0, 0)))
    return _as_bars(steps, count)


def _as_bars(steps: npt.NDArray[np.float32], count: int) -> Waveform:
    total = len(steps)
    if not total or count <= 0:
        return Waveform((), ())
    starts = np.arange(count) * total // count
    bars = np.minimum(np.maximum.reduceat(steps, starts, axis=0), 1.0)
    return Waveform(tuple(bars[:, 0].tolist()), tuple(bars[:, 1].tolist()))

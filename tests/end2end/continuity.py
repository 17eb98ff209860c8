"""A sound in which every moment is like no other, and where in it each moment of a recording came from: a frame that
is missing, repeated or silent cannot hide."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desk.demo.outcome import both_channels
from desk.demo.voices import RATE_HZ, Sound, write_wav

PIECE_S = 0.1
REACH_S = 0.35  # how far a piece may lie from where the one before it points; after one that was not found, further
FURTHER_S, FURTHEST_S = 0.5, 4.0
BLOCK = 8192  # of the tape, in samples
SEEN = 0.5  # likeness of a piece that was found; noise gives 0.1 to 0.2
PIECE = int(PIECE_S * RATE_HZ)


def tape(file: Path, seed: int, seconds: float) -> Sound:
    """Noise between 300 and 2,000 Hz, which every codec carries, never twice the same; written to `file`."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(random.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(hertz < 300) | (hertz > 2000)] = 0
    sound = np.fft.irfft(spectrum, count)
    sound *= 0.35 / float(np.abs(sound).max())
    file.parent.mkdir(parents=True, exist_ok=True)
    write_wav(file, sound)
    return np.asarray(sound, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Piece:
    """A tenth of a second of a recording, at `at_s`; it is what the tape holds at `from_s`, as surely as `likeness`."""

    at_s: float
    from_s: float
    likeness: float

    @property
    def lag_s(self) -> float:
        return self.at_s - self.from_s


def follow(heard: Sound, said: Sound) -> list[Piece]:
    """The pieces of `heard` from the first to the last that is from the tape; those between that are not have a low
    likeness."""
    start = _first(heard, said)
    if start is None:
        return []
    at, lag = start
    pieces: list[Piece] = []
    reach_s = REACH_S
    while at + PIECE <= len(heard):
        found, likeness = _best(heard[at : at + PIECE], said, at - lag, int(reach_s * RATE_HZ))
        if likeness >= SEEN:
            lag, reach_s = at - found, REACH_S
        else:
            reach_s = min(reach_s + FURTHER_S, FURTHEST_S)
        pieces.append(Piece(at / RATE_HZ, found / RATE_HZ, likeness))
        at += PIECE
    while pieces and pieces[-1].likeness < SEEN:
        pieces.pop()
    return pieces


def _first(heard: Sound, said: Sound) -> tuple[int, int] | None:
    """Where the tape is first heard, and how much later than on the tape, in samples. The whole tape is looked through
    for each piece, in blocks whose spectra are made once."""
    step = BLOCK - PIECE + 1
    padded = np.pad(said, (0, BLOCK))
    spectra = np.fft.rfft(np.stack([padded[at : at + BLOCK] for at in range(0, len(said), step)]))
    for at in range(0, len(heard) - PIECE, PIECE):
        piece = heard[at : at + PIECE]
        if float(np.sqrt(np.mean(piece**2))) < 0.01:
            continue
        products = np.fft.irfft(spectra * np.conj(np.fft.rfft(piece, BLOCK)), BLOCK)[:, :step]
        found = min(int(np.argmax(products)), len(said) - PIECE)
        if _likeness(piece, said[found : found + PIECE]) >= SEEN:
            return at, at - found
    return None


def _best(piece: Sound, said: Sound, about: int, reach: int) -> tuple[int, float]:
    low = max(0, about - reach)
    part = said[low : about + reach + PIECE]
    if len(part) <= PIECE:
        return about, 0.0
    size = 1 << len(part).bit_length()
    product = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(part) - PIECE + 1]
    found = low + int(np.argmax(product))
    return found, _likeness(piece, said[found : found + PIECE])


def _likeness(one: Sound, other: Sound) -> float:
    energy = float(np.sum(one**2) * np.sum(other**2))
    return float(np.sum(one * other)) / energy**0.5 if energy > 1e-6 else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """One channel of a recording against its tape: from where to where it was found in the recording, where on the tape
    that begins (a beginning that was lost stands at 0 in the recording, and later on the tape), the share of pieces
    found between, the longest stretch without one, and the furthest that two neighbours that were found are apart
    beyond their distance."""

    from_s: float
    begins_s: float
    ends_s: float
    share: float
    longest_gap_s: float
    worst_jump_ms: float

    @property
    def is_whole(self) -> bool:
        """Nothing is missing that a process which died and came back would leave (a second and more). Frames that a
        busy machine loses, in the test's own microphone too, are the benchmark's to count."""
        return self.share >= 0.7 and self.longest_gap_s <= 0.7 and self.worst_jump_ms <= 700


def way(recording: Path, said: Sound, channel: int) -> Way:
    """`channel` 0 the caller's, 1 the agent's. Raises `DecodeError`; `ValueError` where the tape is not in it."""
    return way_of(both_channels(recording)[channel], said)


def way_of(heard: Sound, said: Sound) -> Way:
    """Of a channel or a part of it."""
    pieces = follow(heard, said)
    if not pieces:
        raise ValueError("the tape is not in it")
    sure = [piece for piece in pieces if piece.likeness >= SEEN]
    jumps = [abs(after.lag_s - before.lag_s) for before, after in itertools.pairwise(sure)]
    gaps = [after.at_s - before.at_s - PIECE_S for before, after in itertools.pairwise(sure)]
    return Way(
        pieces[0].from_s,
        pieces[0].at_s,
        pieces[-1].at_s + PIECE_S,
        len(sure) / len(pieces),
        max(gaps, default=0.0),
        1000 * max(jumps, default=0.0),
    )

"""One pass over a spool's audio before it is encoded: the bars of its waveform, and what was heard in it. The sealing
thread."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desk.domain.heard import Heard, heard
from desk.domain.journal import Journal
from desk.recording.sealing import speech
from desk.recording.sealing.bars import PEAKS, bars_of
from desk.recording.sealing.pcm import SpoolAudio

_STRETCHES = 4  # per bar
_BLOCK_SAMPLES = 65_536


@dataclass(frozen=True, slots=True)
class Analysis:
    """`bars`: see `desk.recording.sealing.bars`."""

    bars: npt.NDArray[np.uint8]
    heard: Heard


def analyse(audio: SpoolAudio, journal: Journal) -> Analysis:
    """Raises `OSError`."""
    finders = speech.both(audio.rate_hz)
    stretch = max(1, audio.samples // (PEAKS * _STRETCHES))
    loudest = []
    for block in audio.blocks(max(1, _BLOCK_SAMPLES // stretch) * stretch):
        speech.feed(finders, block)
        starts = np.arange(0, len(block), stretch)
        loudest.append(np.maximum.reduceat(np.abs(block.astype(np.int32)), starts, axis=0))
    bars = bars_of(np.concatenate(loudest) if loudest else np.zeros((0, 2), dtype=np.int32))
    caller, agent = (finder.stretches() for finder in finders)
    return Analysis(bars, heard(caller, agent, journal.marks, audio.length_ms))

"""A spool's audio, block by block: 16-bit samples of two channels (left caller, right agent), never all of it in
memory. The sealing thread."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desk.domain.identity import CallId
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.segments import Where

Samples = npt.NDArray[np.int16]  # shape (samples, 2)


@dataclass(frozen=True, slots=True)
class SpoolAudio:
    """The raw audio of a closed spool. `rate_hz` 0: audio never began."""

    where: Where
    call_id: CallId
    rate_hz: int

    @property
    def samples(self) -> int:
        """Of each channel; 0 where there is no audio. A torn last sample does not count."""
        return spool.audio_bytes(self.where, self.call_id) // FRAME_BYTES

    @property
    def length_ms(self) -> int:
        return self.samples * 1000 // self.rate_hz if self.rate_hz else 0

    def blocks(self, samples: int) -> Iterator[Samples]:
        """So many at a time, the last ones fewer. Raises `OSError`."""
        for block in spool.audio_blocks(self.where, self.call_id, samples):
            yield np.frombuffer(block, dtype="<i2").reshape(-1, 2)

"""How well a call is heard: what is measured, and the estimate made of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Quality:
    """One span of some seconds of a call. Loss in per cent of packets (`sent_loss` as the far side reports it, None
    before its first report), times in milliseconds; `mos` 1.0-4.5 by ITU-T G.107, of the worse of the two directions.

    `discarded`: per cent of packets that came, but too late to be played. `buffer_ms`: what the jitter buffer adds.
    `silent_microphone`: not a sound from it for nearly five seconds, though it is not muted. `silent_caller`: for as
    long nobody said anything, neither the far side nor the agent. `no_packets`: nothing at all arrives from the far
    side; `codec` "": and no audio runs that could. `never_heard`: packets come, and since the call began there was not
    a sound in them, though the far side had the word for nearly five seconds.
    `late_frames`: frames of 20 ms that our own side did not have in time, of `span_s`. Peaks of the span in dBFS."""

    at: datetime
    codec: str
    loss: float
    sent_loss: float | None
    jitter_ms: float
    round_trip_ms: float | None
    buffer_ms: float
    discarded: float
    mos: float
    silent_microphone: bool = False
    silent_caller: bool = False
    no_packets: bool = False
    late_frames: int = 0
    microphone_dbfs: float | None = None  # None while muted
    earpiece_dbfs: float | None = None
    span_s: float = 2.0
    never_heard: bool = False

    @property
    def worst_loss(self) -> float:
        """Of the two directions, what was not there in time."""
        return max(min(self.loss + self.discarded, 100.0), self.sent_loss or 0.0)

"""How well a call is heard: what is measured, and the estimate made of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Quality:
    """One span of some seconds of a call. Loss in per cent of packets (`sent_loss` as the far side reports it, None
    before its first report), times in milliseconds; `mos` 1.0-4.5 by ITU-T G.107."""

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

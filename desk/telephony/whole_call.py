"""How a whole call was heard, of the stack's own counts from its first packet to its last: for calls that are made to
find that out. What a resident's call is like span by span is `quality_watch`'s. Pure, any thread."""

from datetime import datetime

from desk.domain.quality import Quality
from desk.telephony.estimate import estimated
from desk.telephony.stack import LegStatistics

LEAST_PACKETS = 50


def quality_of(told: LegStatistics | None, at: datetime, length_s: float) -> Quality | None:
    """None where nothing came, or too little to say anything. `length_s`: how long it was talked."""
    whole = told.received + told.lost if told is not None else 0
    if told is None or not told.received or whole < LEAST_PACKETS:
        return None
    there = 100.0 * told.sent_lost / told.sent if told.sent_lost is not None and told.sent else None
    return estimated(
        told,
        at,
        loss=100.0 * told.lost / whole,
        discarded=100.0 * told.discarded / whole,
        sent_loss=there,
        buffer_ms=told.buffer_ms,
        span_s=length_s,
    )

"""How a whole call was heard, of the stack's own counts from its first packet to its last: for calls that are made to
find that out. What a resident's call is like span by span is `quality_watch`'s. Pure, any thread."""

from datetime import datetime

from desk.domain import e_model
from desk.domain.quality import Quality
from desk.telephony.stack import LegStatistics

LEAST_PACKETS = 50


def quality_of(told: LegStatistics | None, at: datetime, length_s: float) -> Quality | None:
    """None where nothing came, or too little to say anything. `length_s`: how long it was talked."""
    whole = told.received + told.lost if told is not None else 0
    if told is None or not told.received or whole < LEAST_PACKETS:
        return None
    loss, discarded = 100.0 * told.lost / whole, 100.0 * told.discarded / whole
    there = 100.0 * told.sent_lost / told.sent if told.sent_lost is not None and told.sent else None
    worse = min(max(loss + discarded, there or 0.0), 100.0)
    delay_ms = e_model.one_way_ms(told.round_trip_ms, told.buffer_ms)
    mos = e_model.mos(e_model.rating(e_model.codec_of(told.codec), worse, delay_ms))
    return Quality(
        at=at,
        codec=told.codec,
        loss=round(loss, 2),
        sent_loss=None if there is None else round(there, 2),
        jitter_ms=round(told.jitter_ms, 1),
        round_trip_ms=None if told.round_trip_ms is None else round(told.round_trip_ms, 1),
        buffer_ms=round(told.buffer_ms, 1),
        discarded=round(discarded, 2),
        mos=round(mos, 2),
        span_s=round(length_s, 2),
    )

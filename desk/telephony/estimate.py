"""How a span of a call is heard, of what was lost in it: the estimate of the worse direction by ITU-T G.107, with what
it was made of. Pure, any thread."""

from datetime import datetime

from desk.domain import e_model
from desk.domain.quality import Quality
from desk.telephony.stack import LegStatistics


def estimated(
    told: LegStatistics,
    at: datetime,
    *,
    loss: float,
    discarded: float,
    sent_loss: float | None,
    buffer_ms: float,
    span_s: float,
) -> Quality:
    """`loss`, `discarded` (late), `sent_loss` (by the far side's report, None: no word of it) in per cent."""
    worse = min(max(loss + discarded, sent_loss or 0.0), 100.0)
    delay_ms = e_model.one_way_ms(told.round_trip_ms, buffer_ms)
    mos = e_model.mos(e_model.rating(e_model.codec_of(told.codec), worse, delay_ms))
    return Quality(
        at=at,
        codec=told.codec,
        loss=round(loss, 2),
        sent_loss=None if sent_loss is None else round(sent_loss, 2),
        jitter_ms=round(told.jitter_ms, 1),
        round_trip_ms=None if told.round_trip_ms is None else round(told.round_trip_ms, 1),
        buffer_ms=round(buffer_ms, 1),
        discarded=round(discarded, 2),
        mos=round(mos, 2),
        span_s=round(span_s, 2),
    )

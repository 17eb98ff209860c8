"""How a call was heard, span by span, in a few figures: kept with the call, and worked out the same for the last minute
of a running one. A value; `with_span` returns the next one, so that it can be written down at any time and nothing but
what came after is lost. Pure, any thread."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from desk.domain.diagnosis import FINE_MOS, QUIET_DBFS, Diagnosis, cause_of
from desk.domain.quality import Quality

# One bad span is a hiccup; what is told of a call is what came back, or lasted.
LEAST_SPANS = 2
LEAST_SHARE = 0.05
QUIET_SPANS = 15  # half a minute in which the agent must have said something
_WITHOUT_SOUND = 2.0  # how much a span counts in which nothing was heard at all: as one with MOS 2.5


@dataclass(frozen=True, slots=True)
class Tally:
    """Means are sums over `spans`. `worst_mos` and `worst_at` are of the worst span (its end). `blame`: diagnosis ->
    how much it spoilt, `bad`: diagnosis -> in how many spans. `loudest_dbfs`: of the microphone, None while it was
    never open."""

    spans: int = 0
    codec: str = ""
    mos_sum: float = 0.0
    loss_sum: float = 0.0
    jitter_sum: float = 0.0
    round_trip_sum: float = 0.0
    round_trips: int = 0
    worst_mos: float = 4.5
    worst_at: datetime | None = None
    loudest_dbfs: float | None = None
    microphone_spans: int = 0
    blame: dict[str, float] = field(default_factory=dict)
    bad: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, spans: Iterable[Quality]) -> "Tally":
        tally = cls()
        for span in spans:
            tally = tally.with_span(span)
        return tally

    def with_span(self, span: Quality) -> "Tally":
        worse = self.worst_at is None or span.mos < self.worst_mos
        open_ = span.microphone_dbfs is not None
        loudest = [level for level in (self.loudest_dbfs, span.microphone_dbfs) if level is not None]
        return replace(
            self,
            spans=self.spans + 1,
            codec=span.codec or self.codec,
            mos_sum=self.mos_sum + span.mos,
            loss_sum=self.loss_sum + span.worst_loss,
            jitter_sum=self.jitter_sum + span.jitter_ms,
            round_trip_sum=self.round_trip_sum + (span.round_trip_ms or 0.0),
            round_trips=self.round_trips + (span.round_trip_ms is not None),
            worst_mos=span.mos if worse else self.worst_mos,
            worst_at=span.at if worse else self.worst_at,
            loudest_dbfs=max(loudest, default=None),
            microphone_spans=self.microphone_spans + open_,
        )._blaming(cause_of(span), span.mos)

    def _blaming(self, cause: Diagnosis, mos: float) -> "Tally":
        if cause is Diagnosis.NONE:
            return self
        name, weight = cause.value, max(FINE_MOS - mos, 0.0) or _WITHOUT_SOUND
        return replace(
            self,
            blame={**self.blame, name: self.blame.get(name, 0.0) + weight},
            bad={**self.bad, name: self.bad.get(name, 0) + 1},
        )

    @property
    def mean_mos(self) -> float | None:
        return self.mos_sum / self.spans if self.spans else None

    @property
    def mean_loss(self) -> float | None:
        """Per cent of packets, of the worse direction."""
        return self.loss_sum / self.spans if self.spans else None

    @property
    def mean_jitter_ms(self) -> float | None:
        return self.jitter_sum / self.spans if self.spans else None

    @property
    def mean_round_trip_ms(self) -> float | None:
        return self.round_trip_sum / self.round_trips if self.round_trips else None

    @property
    def diagnosis(self) -> Diagnosis:
        """What spoilt it most; `NONE` where nothing came back or lasted."""
        least = max(LEAST_SPANS, LEAST_SHARE * self.spans)
        told = [(spoilt, name) for name, spoilt in self.blame.items() if self.bad.get(name, 0) >= least]
        if told:
            return Diagnosis(max(told)[1])
        quiet = self.loudest_dbfs is not None and self.loudest_dbfs < QUIET_DBFS
        return Diagnosis.MICROPHONE_QUIET if quiet and self.microphone_spans >= QUIET_SPANS else Diagnosis.NONE

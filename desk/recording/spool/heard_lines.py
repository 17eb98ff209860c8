"""What the manifest keeps of how a call is heard. A span is measured every two seconds, and every line is synced, so
that only some are written: the figures so far (`Tally`) once half a minute, when a moment was clearly the worst yet,
and at the end; and a mark where sound stops coming from the far side or from the microphone, where it turns poor, and
where that is over. A phone process that dies loses half a minute of figures at the most. Phone process, main
thread."""

from desk.domain.diagnosis import POOR_MOS
from desk.domain.events import QualityMeasured
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.recording.spool import lines
from desk.usecases.ports import Clock

EVERY_SPANS = 15
CLEARLY_WORSE = 0.3
SPAN_MS = 2_000


class HeardLines:
    """Of one call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tally = Tally()
        self._written = Tally()
        self._before: Quality | None = None
        self._poor = False

    def of(self, event: QualityMeasured, audio_ms: int | None) -> list[lines.Line]:
        """The lines that this span is worth."""
        before, span = self._before, event.quality
        self._before, self._tally = span, self._tally.with_span(span)
        found = [lines.mark(event.at, audio_ms, name) for name in _marks(before, span)]
        found += self._dip(event, audio_ms)
        due = self._tally.spans - self._written.spans >= EVERY_SPANS
        worse = self._tally.worst_mos <= self._written.worst_mos - CLEARLY_WORSE
        if due or worse or not self._written.spans:
            found.append(self._figures(audio_ms))
        return found

    def _dip(self, event: QualityMeasured, audio_ms: int | None) -> list[lines.Line]:
        """Where the sound turns poor, and where it is clearly over; at the start of the span that shows it."""
        mos = event.quality.mos
        poor = mos < POOR_MOS + (CLEARLY_WORSE if self._poor else 0.0)
        if poor is self._poor or event.quality.no_packets:
            return []
        self._poor = poor
        place = None if audio_ms is None else max(0, audio_ms - SPAN_MS)
        return [lines.mark(event.at, place, "quality_poor" if poor else "quality_back")]

    def last(self, audio_ms: int | None) -> list[lines.Line]:
        """The call ends."""
        return [self._figures(audio_ms)] if self._tally.spans > self._written.spans else []

    def _figures(self, audio_ms: int | None) -> lines.Line:
        self._written = self._tally
        return lines.heard(self._clock(), audio_ms, self._tally)


def _marks(before: Quality | None, span: Quality) -> list[str]:
    was = (_is_unheard(before), before.silent_microphone) if before else (False, False)
    silent = before if before is not None and _is_unheard(before) else span
    far = ("far_back", "far_silent") if silent.codec else ("media_came", "no_media")
    names = (far, ("microphone_back", "microphone_dead"))
    now = (_is_unheard(span), span.silent_microphone)
    return [pair[is_] for pair, was_, is_ in zip(names, was, now, strict=True) if was_ != is_]


def _is_unheard(span: Quality) -> bool:
    return span.no_packets or span.never_heard

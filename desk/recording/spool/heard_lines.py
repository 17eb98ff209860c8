"""What the manifest keeps of how a call is heard. A span is measured every two seconds, and every line is synced, so
that only some are written: the figures so far (`Tally`) once half a minute, when a moment was clearly the worst yet,
and at the end; and a mark where sound stops coming from the far side or from the microphone, and where it comes again.
A phone process that dies loses half a minute of figures at the most. Phone process, main thread."""

from desk.domain.events import QualityMeasured
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.recording.spool import manifest
from desk.usecases.ports import Clock

EVERY_SPANS = 15
CLEARLY_WORSE = 0.3


class HeardLines:
    """Of one call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tally = Tally()
        self._written = Tally()
        self._before: Quality | None = None

    def of(self, event: QualityMeasured, audio_ms: int | None) -> list[manifest.Line]:
        """The lines that this span is worth."""
        before, span = self._before, event.quality
        self._before, self._tally = span, self._tally.with_span(span)
        lines = [manifest.mark(event.at, audio_ms, name) for name in _marks(before, span)]
        due = self._tally.spans - self._written.spans >= EVERY_SPANS
        worse = self._tally.worst_mos <= self._written.worst_mos - CLEARLY_WORSE
        if due or worse or not self._written.spans:
            lines.append(self._figures(audio_ms))
        return lines

    def last(self, audio_ms: int | None) -> list[manifest.Line]:
        """The call ends."""
        return [self._figures(audio_ms)] if self._tally.spans > self._written.spans else []

    def _figures(self, audio_ms: int | None) -> manifest.Line:
        self._written = self._tally
        return manifest.heard(self._clock(), audio_ms, self._tally)


def _marks(before: Quality | None, span: Quality) -> list[str]:
    was = (before.no_packets, before.silent_microphone) if before else (False, False)
    names = (("far_back", "far_silent"), ("microphone_back", "microphone_dead"))
    now = (span.no_packets, span.silent_microphone)
    return [pair[is_] for pair, was_, is_ in zip(names, was, now, strict=True) if was_ != is_]

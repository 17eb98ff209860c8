"""Which stretch of a recording the waveform shows, and where a moment of it lies in so many pixels. Zoom, scroll, ticks
of the time ruler. No Qt; pure functions."""

from dataclasses import dataclass

from desk.ui.ticket.presenter import duration

LEAST_MS = 2_000  # closer nobody looks
ZOOM = 2.0  # one step
TICK_PX = 84  # room for a time
_TICKS_MS = tuple(n * 1000 for n in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600))


@dataclass(frozen=True, slots=True)
class Stretch:
    """`from_ms` to `until_ms` of a recording of `length_ms`."""

    length_ms: int = 0
    from_ms: int = 0
    until_ms: int = 0

    @property
    def span_ms(self) -> int:
        return max(1, self.until_ms - self.from_ms)

    @property
    def is_whole(self) -> bool:
        return self.from_ms <= 0 and self.until_ms >= self.length_ms

    def x_of(self, at_ms: int, width: int) -> float:
        """May lie outside."""
        return (at_ms - self.from_ms) * width / self.span_ms

    def ms_at(self, x: float, width: int) -> int:
        """Within the recording."""
        return min(max(0, self.from_ms + round(x * self.span_ms / max(1, width))), self.length_ms)

    def zoomed(self, factor: float, around_ms: int) -> "Stretch":
        """`factor` above 1: closer. What lies at `around_ms` stays where it is on the screen."""
        span = min(max(round(self.span_ms / factor), min(LEAST_MS, self.length_ms)), self.length_ms)
        share = (around_ms - self.from_ms) / self.span_ms
        return self._placed(round(around_ms - share * span), span)

    def scrolled(self, share: float) -> "Stretch":
        """By this share of what is seen."""
        return self._placed(self.from_ms + round(share * self.span_ms), self.span_ms)

    def following(self, at_ms: int) -> "Stretch":
        """One in which this moment is seen: turned over like a page when it has gone out of it."""
        if self.from_ms <= at_ms < self.until_ms or self.is_whole:
            return self
        return self._placed(at_ms - self.span_ms // 20, self.span_ms)

    def _placed(self, from_ms: int, span_ms: int) -> "Stretch":
        first = min(max(0, from_ms), max(0, self.length_ms - span_ms))
        return Stretch(self.length_ms, first, min(self.length_ms, first + span_ms))


def whole(length_ms: int) -> Stretch:
    return Stretch(length_ms, 0, length_ms)


def ticks(stretch: Stretch, width: int) -> list[tuple[int, str]]:
    """Moments and their times for a ruler so many pixels wide."""
    if not stretch.length_ms or width <= 0:
        return []
    least = stretch.span_ms * TICK_PX / width
    step = next((tick for tick in _TICKS_MS if tick >= least), _TICKS_MS[-1])
    first = -(-stretch.from_ms // step) * step
    return [(at, duration(at)) for at in range(first, stretch.until_ms + 1, step)]

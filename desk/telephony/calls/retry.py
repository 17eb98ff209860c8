"""When what the exchange has not taken is told it again: ever more seldom. Phone process, main thread."""

RETRY_S, MOST_RETRY_S = 30.0, 300.0


class Retry:
    def __init__(self) -> None:
        self._at_s, self._after_s = 0.0, RETRY_S

    def at_once(self) -> None:
        """As after something new, or something that was taken."""
        self._at_s, self._after_s = 0.0, RETRY_S

    def due(self, now_s: float) -> bool:
        return now_s >= self._at_s

    def tried(self, now_s: float) -> None:
        self._at_s, self._after_s = now_s + self._after_s, min(2 * self._after_s, MOST_RETRY_S)

"""What was heard of a recording, for the listening log: stretches, in the recording's own time. Pure."""

NEAR_MS = 5_000  # two stretches that lie so near are told as one
LEAST_MS = 300  # less is a click on the way elsewhere


class HeardStretches:
    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []
        self._since: int | None = None
        self._until = 0

    @property
    def at_ms(self) -> int:
        """Where hearing ended last."""
        return self._until

    def went(self, from_ms: int, until_ms: int) -> None:
        """This was heard; where it does not follow what was heard before, a new stretch begins."""
        if self._since is None or not -NEAR_MS <= from_ms - self._until <= NEAR_MS or from_ms < self._since:
            self._end()
            self._since = from_ms
            self._until = from_ms
        self._until = max(self._until, until_ms)

    def told(self) -> tuple[tuple[int, int], ...]:
        """(from, until) in order, overlaps as one."""
        self._end()
        merged: list[tuple[int, int]] = []
        for since, until in sorted(self._stretches):
            if merged and since <= merged[-1][1] + NEAR_MS:
                merged[-1] = (merged[-1][0], max(merged[-1][1], until))
            else:
                merged.append((since, until))
        return tuple(merged)

    def _end(self) -> None:
        if self._since is not None and self._until - self._since >= LEAST_MS:
            self._stretches.append((self._since, self._until))
        self._since = None

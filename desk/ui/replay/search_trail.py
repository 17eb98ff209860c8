"""When a search for a number goes on record: once for each search that somebody looked at, not with every key. A search
was looked at when its results stood for a second, or when one of its calls was opened before that. No Qt; pure."""


class SearchTrail:
    """`shown` and `looked_at` in the order in which they happen; the latter gives what is to be put on record."""

    def __init__(self) -> None:
        self._shown: tuple[str, ...] = ()
        self._told: tuple[str, ...] = ()

    def shown(self, numbers: tuple[str, ...]) -> bool:
        """These numbers were searched for, and the results stand. Whether that is to be put on record once it was
        looked at."""
        self._shown = numbers
        if not numbers:
            self._told = ()  # the same number typed again is another search
        return bool(self._new())

    def looked_at(self) -> tuple[str, ...]:
        new = self._new()
        self._told = self._shown
        return new

    def _new(self) -> tuple[str, ...]:
        return tuple(number for number in self._shown if number not in self._told)

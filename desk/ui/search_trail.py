"""Searches for numbers go on record before their results are shown: once for each number that is shown, however often
its results are read again. Where it cannot be written, nothing is shown. No Qt."""

import threading
from collections.abc import Callable


class SearchTrail:
    """`note` puts a number on record; durable when it returns. Any thread."""

    def __init__(self, note: Callable[[str], object]) -> None:
        self._note = note
        self._lock = threading.Lock()
        self._told: tuple[str, ...] = ()

    def found(self, numbers: tuple[str, ...]) -> None:
        """The answer to a search for these numbers is here and not shown yet. Raises what `note` raises."""
        with self._lock:
            for number in numbers:
                if number not in self._told:
                    self._note(number)
            self._told = numbers  # none: the same number typed again is another search

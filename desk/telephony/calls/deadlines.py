"""What is to happen unless something else happens before. Phone process, main thread; the time comes in with `tick`, so
that a deadline set between two ticks begins with the next one (10 to 20 ms)."""

from collections.abc import Callable, Hashable


class Deadlines:
    def __init__(self) -> None:
        self._new: dict[Hashable, tuple[float, Callable[[], None]]] = {}
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}

    def set(self, key: Hashable, after_s: float, then: Callable[[], None]) -> None:
        """In place of what this key had before."""
        self._due.pop(key, None)
        self._new[key] = (after_s, then)

    def drop(self, key: Hashable) -> None:
        self._due.pop(key, None)
        self._new.pop(key, None)

    def tick(self, now_s: float) -> None:
        """`now_s`: monotonic seconds."""
        for key, (after_s, then) in self._new.items():
            self._due[key] = (now_s + after_s, then)
        self._new.clear()
        for key, (due_s, then) in tuple(self._due.items()):
            if now_s >= due_s and self._due.pop(key, None) is not None:
                then()

"""How much goes into one statement of the exchange. A centre or a network that takes long gets less at once, and so
does a role that may have only so much in an hour."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

PUSH_SIZE = 500
PULL_SIZE = 1_000
FILL_PAGE = 4_000
SLOW_S, QUICK_S = 1.0, 0.25
LIMIT_S = 3_600.0  # the centre counts by the hour


class Pace:
    """How much is put into one statement: back-pressure. A centre or a network that takes long gets less at once, so
    that nothing runs into the statement's time limit and nobody else waits long for the lock that orders changes."""

    def __init__(self, first: int, least: int = 10, most: int | None = None) -> None:
        self.size, self._least, self._most = first, least, most or first
        self._ceiling, self._limited_at = self._most, 0.0

    def took(self, seconds: float) -> None:
        if seconds > SLOW_S:
            self.size = max(min(self.size, self._least), self.size // 2)
        elif seconds < QUICK_S:
            self.size = min(self._ceiling, self.size * 2)

    @contextmanager
    def within_limit(self) -> Iterator[None]:
        """A statement that goes beyond what its role may have in an hour brings nothing, and has used that hour up.
        A tenth of it from now on, and of that once an hour, until all is `through`."""
        try:
            yield
        except psycopg.errors.ConfigurationLimitExceeded:
            now = time.monotonic()
            if self._ceiling == self._most or now - self._limited_at > LIMIT_S:
                self._limited_at = now
                self.size = self._ceiling = max(1, self.size // 10)
            raise

    def through(self) -> None:
        self._ceiling = self._most


@dataclass
class Paces:
    """Of one seat; they outlive its connections."""

    push: Pace = field(default_factory=lambda: Pace(PUSH_SIZE))
    pull: Pace = field(default_factory=lambda: Pace(PULL_SIZE, 50))
    fill: Pace = field(default_factory=lambda: Pace(FILL_PAGE, 100))

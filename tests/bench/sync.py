"""`make bench ONLY=sync`: from one seat to all others. How its figures are made stands in tests/bench/README.md."""

from collections.abc import Callable

from tests.bench import sync_fill, sync_import, sync_seats
from tests.bench.figures import Figure

Say = Callable[[str], None]

PARTS: tuple[Callable[[Say, bool], list[Figure]], ...] = (
    sync_seats.measure,
    sync_fill.measure,
    sync_import.measure,
)


def measure(say: Say, quick: bool = False) -> list[Figure]:
    """`quick`: fewer of everything, to try it, not to quote."""
    return [figure for part in PARTS for figure in part(say, quick)]

"""`make bench ONLY=recording`: from the spool to the ear of a supervisor. How its figures are made stands in
tests/bench/README.md."""

from collections.abc import Callable

from tests.bench import (
    recording_play,
    recording_proof,
    recording_seal,
    recording_search,
    recording_spool,
    recording_vault,
)
from tests.bench.figures import Figure

Say = Callable[[str], None]

# Each part measures by itself, in the order of a recording's life.
PARTS: tuple[Callable[[Say, bool], list[Figure]], ...] = (
    recording_spool.measure,
    recording_seal.measure,
    recording_vault.measure,
    recording_play.measure,
    recording_proof.measure,
    recording_search.measure,
)


def measure(say: Say, quick: bool = False) -> list[Figure]:
    """`quick`: fewer of everything, to try it, not to quote."""
    return [figure for part in PARTS for figure in part(say, quick)]

"""Random samples that can be proved (抽样): who was drawn follows from the seed and the ids alone, by SHA-256, so that
anybody can draw again and see that nobody had a hand in it, in any version of any language. Pure functions.

Each id is ranked by the hash of seed and id, and the lowest ranks are drawn. So an id that comes in later moves nobody
out but the one it takes the place of, and whether an id is in can be shown without the others' order. The seed of a
sample over what has already happened is the hash of all its ids: it cannot be chosen, nor known before."""

import hashlib
import heapq
from collections.abc import Iterable

SEED_BITS = 62  # a change log's number has 63 and a sign


def rank(seed: int, name: str) -> str:
    """SHA-256 of "seed:name" as hexadecimal text: the lower, the earlier it is drawn."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def draw(names: Iterable[str], size: int, seed: int) -> list[str]:
    """At most `size` of these, in the order of their ranks. The order of `names` does not matter, nor one that stands
    there twice."""
    if size <= 0:
        return []
    return [name for _rank, name in heapq.nsmallest(size, {(rank(seed, name), name) for name in names})]


def seed_of(period: str, names: Iterable[str]) -> int:
    """The seed that follows from what is drawn from: `SEED_BITS` bits of the SHA-256 of the period and the sorted
    ids."""
    told = hashlib.sha256(period.encode())
    for name in sorted(set(names)):
        told.update(b"\n" + name.encode())
    return int.from_bytes(told.digest()[:8], "big") >> (64 - SEED_BITS)


def share_of(count: int, percent: float, least: int) -> int:
    """How many of `count` a sample of this share has: rounded up, `least` at least, all at most."""
    if count <= 0:
        return 0
    wanted = -(-count * round(percent * 100) // 10_000)
    return min(count, max(least, wanted))

"""Ring to profile: an INVITE leaves the benchmark, and the profile of its caller stands on the seat's screen."""

import random
import time

from tests.bench.figures import Figure, percentile
from tests.bench.spine_caller import Caller
from tests.bench.spine_seat import BenchSeat, Say
from tests.bench.spine_store import BigStore

CALLS = 120
UNKNOWN, WITHHELD = 0.2, 0.08  # of the calls
PAUSE_S = (0.05, 0.25)  # between calls, so that they keep no step with any timer


def measure_pop(bench: BenchSeat, store: BigStore, say: Say, calls: int = CALLS) -> list[Figure]:
    """Calls of known, unknown and withheld numbers, each given up when its profile is on the screen."""
    choose = random.Random(4)
    known = store.numbers(calls, seed=3)
    took: dict[str, list[float]] = {"received": [], "queried": [], "painted": []}
    with Caller(bench.port) as caller:
        for number in known:
            drawn = choose.random()
            if drawn < WITHHELD:
                number = ""
            elif drawn < WITHHELD + UNKNOWN:
                number = f"0199{choose.randrange(10**7):07d}"
            else:
                number = _as_signalled(number, choose)
            _one(bench, caller, number, took)
            time.sleep(choose.uniform(*PAUSE_S))
    parts = ", ".join(
        f"{name} {percentile(times, 0.5):.1f}/{percentile(times, 0.95):.1f}" for name, times in took.items()
    )
    say(f"{calls} calls rung; ms after the INVITE, median/p95: {parts}")
    painted = took["painted"]
    return [
        Figure("pop.p50", percentile(painted, 0.5), "ms"),
        Figure("pop.p95", percentile(painted, 0.95), "ms", "<= 50"),
        Figure("pop.longest", max(painted), "ms"),
    ]


def _one(bench: BenchSeat, caller: Caller, number: str, took: dict[str, list[float]]) -> None:
    sent_ns = caller.ring(number)
    received = bench.marks.wait("call_received", sent_ns)
    call_id = received.fields["call_id"]
    painted = bench.marks.wait("profile_painted", sent_ns, call_id=call_id)
    queried = bench.marks.wait("profile_queried", sent_ns, call_id=call_id)
    caller.cancel()
    bench.marks.wait("call_ended", sent_ns, call_id=call_id)
    for name, mark in (("received", received), ("queried", queried), ("painted", painted)):
        took[name].append((mark.at_ns - sent_ns) / 1e6)


def _as_signalled(key: str, choose: random.Random) -> str:
    """A lookup key ("+8613800138000") as exchanges write it."""
    national = key.removeprefix("+86")
    return choose.choice((f"0{national}", national, f"+86{national}", f"0086{national}"))

"""When the computer itself stood still: a core of it ran nothing, not even what has precedence over all else. Under a
hypervisor that happens to one core or to all, in a kernel that lets nobody in between, too; no telephone can play on
through it.

A witness sits on every core, with real-time priority above everything that is measured, and wakes each millisecond. No
load makes it late, nor anything that a telephone does."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from desk.demo.processes import Child
from tests.bench.audio_priority import MEASURING, raised

LEAST_S = 0.005
BEFORE_S, AFTER_S = 0.1, 0.5  # of a standstill: faults that are nearer may come of it

_WITNESS = f"""
import os, sys, time
os.sched_setaffinity(0, {{int(sys.argv[1])}})
due_s = time.monotonic()
while True:
    due_s += 0.001
    time.sleep(max(due_s - time.monotonic(), 0))
    now_s = time.monotonic()
    if now_s - due_s >= {LEAST_S}:
        print(due_s, now_s, flush=True)
        due_s = now_s
"""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Seconds of CLOCK_MONOTONIC."""

    begin_s: float
    end_s: float

    @property
    def ms(self) -> float:
        return (self.end_s - self.begin_s) * 1000

    def may_have_caused(self, at_s: float) -> bool:
        return self.begin_s - BEFORE_S <= at_s <= self.end_s + AFTER_S


@dataclass(slots=True)
class Standstills:
    """What was witnessed, complete once the witnesses have left, in the order of time. `told` False: they had no
    precedence, and nobody knows."""

    told: bool = False
    found: tuple[Standstill, ...] = ()


def near(found: Sequence[Standstill], at_s: float) -> bool:
    return any(one.may_have_caused(at_s) for one in found)


def told_of_s(found: Sequence[Standstill], begin_s: float, end_s: float) -> float:
    """How much of this time is not near any: what a telephone is judged by."""
    judged_s, at_s = 0.0, begin_s
    for one in sorted(found, key=lambda one: one.begin_s):
        judged_s += max(min(one.begin_s - BEFORE_S, end_s) - at_s, 0.0)
        at_s = max(at_s, min(one.end_s + AFTER_S, end_s))
    return judged_s + max(end_s - at_s, 0.0)


@contextmanager
def witnessed(folder: Path) -> Iterator[Standstills]:
    cores = sorted(os.sched_getaffinity(0))
    logs = [folder / f"standstills-{core}.log" for core in cores]
    for log in logs:
        log.unlink(missing_ok=True)
    seen = Standstills()
    with ExitStack() as stack:
        witnesses = [
            stack.enter_context(Child([sys.executable, "-c", _WITNESS, str(core)], log))
            for core, log in zip(cores, logs, strict=True)
        ]
        seen.told = all(raised(one.pid, MEASURING + 1, or_nice=False) for one in witnesses)
        yield seen
    if seen.told:
        found = [one for log in logs for one in spans(log.read_text())]
        seen.found = tuple(sorted(found, key=lambda one: one.begin_s))


def spans(text: str) -> list[Standstill]:
    """What one witness wrote; a line that it was writing when it left does not count."""
    lines = [line.split() for line in text.split("\n")[:-1]]
    return [Standstill(float(begin), float(end)) for begin, end in lines]

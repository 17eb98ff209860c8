"""The room "tickets": lists of a hundred thousand tickets, and what the commonest jobs cost an agent. Each part runs in
a process of its own, because Qt wants the main thread of one. Their figures come as one line of JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

from desk.demo.voices import AGENT_SAYS, CALLER_SAYS
from tests.bench.figures import Figure

TICKETS, QUICK = 100_000, 5_000
_GOALS = {"scroll_p95": "<= 50", "filter_p95": "<= 50", "stall_max": "<= 50"}
_LONGEST_S = 900
REPAIR_KEYS = "<= 30"  # besides the description
# When the resident of the scripted call hangs up: both have said what they wanted, at four characters a second.
HANG_UP_S = len(CALLER_SAYS + AGENT_SAYS) / 4
_JOB_GOALS = {"repair_keys": REPAIR_KEYS, "repair_s": f"<= {HANG_UP_S:.1f}"}


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    tickets = QUICK if quick else TICKETS
    say(f"lists of {tickets} tickets")
    lists = _run("tests.bench.tickets_lists", str(tickets))
    figures = [Figure(f"tickets.{name}", value, "ms", _GOALS.get(name, "")) for name, value in lists.items()]
    say("the ten commonest jobs")
    jobs = _run("tests.bench.tickets_jobs")
    for name, value in jobs.items():
        unit = "keys" if name.endswith("_keys") else "s"
        figures.append(Figure(f"tickets.job.{name}", value, unit, _JOB_GOALS.get(name, "")))
        if name == "repair_s":
            figures.append(Figure("tickets.job.repair_before_hang_up", HANG_UP_S - value, "s"))
    return figures


def _run(module: str, *arguments: str) -> dict[str, float]:
    """Raises `RuntimeError` with what the child said last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"{module}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(lines[-1])
    return found

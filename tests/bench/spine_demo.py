"""The scripted demo, as `make demo` plays it once everything is installed: how long it takes, and how long its window
was ever stuck, by its own words."""

import math
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.spine_seat import Say

DEMO_S = 600.0


def measure_demo(say: Say) -> list[Figure]:
    """Raises `RuntimeError` where a step of it did not hold."""
    with tempfile.TemporaryDirectory(prefix="desk-") as name:
        settings, folder = Path(name) / "settings.toml", Path(name) / "demo"
        settings.write_text('[seat]\nlanguage = "en"\n', encoding="utf-8")
        folder.mkdir()
        began_s = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-m", "desk", "--settings", str(settings), "demo", "--scripted", "--folder", str(folder)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEMO_S,
            check=False,
        )
        took_s = time.monotonic() - began_s
    if ran.returncode:
        raise RuntimeError(f"desk demo\n{ran.stdout[-4000:]}{ran.stderr[-2000:]}")
    say(f"the demo took {took_s:.1f} s")
    return [
        Figure("demo.second_run", took_s, "s", "<= 45"),
        Figure("stall.longest_in_demo", stuck_ms(ran.stdout), "ms", "<= 50"),
    ]


def stuck_ms(told: str) -> float:
    """What an English demo has told of its window. NaN where it has told nothing."""
    found = re.search(r"The window was stuck for (\d+) ms at the longest", told)
    return float(found[1]) if found else math.nan

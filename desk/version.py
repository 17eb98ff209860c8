"""Which Desk this is: its version, and for what was built to be installed, the commit and the time of its last change.

A bundle brings `_build.json` beside this module (`installer/` writes it when it builds); a checkout has none and asks
the installed package. Looked up when it is asked for: every process of the seat comes by here, and it costs 20 ms.

Any process, any thread."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

STAMP = Path(__file__).with_name("_build.json")


@dataclass(frozen=True, slots=True)
class Build:
    """`version` as in "0.1.0" ("0" in a checkout that was not installed). `commit`: the whole hash, and `committed_at`
    its time (ISO 8601, UTC); both "" in a checkout."""

    version: str
    commit: str = ""
    committed_at: str = ""

    def __str__(self) -> str:
        return f"{self.version} ({self.commit[:12]})" if self.commit else self.version


@cache
def build() -> Build:
    """This program's."""
    if STAMP.exists():
        return Build(**json.loads(STAMP.read_text("utf-8")))
    try:
        return Build(version("desk"))
    except PackageNotFoundError:
        return Build("0")

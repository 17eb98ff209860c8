"""A seat makes way for whoever exchanges its program: an installer leaves a file in the machine's folder, and writes it
again and again while it waits and works. The seat looks for it every few seconds, ends as soon as no call runs (what is
being typed is kept as it always is), and none starts meanwhile. A file, because it reaches the seats of all people who
are signed in to this PC, whatever session they are in, and only who may install may write there.

A file that nobody has written for `FRESH_S` counts for nothing: what a killed installer left must not keep a hotline
from working. The launcher's main thread, and a start of `desk`."""

import os
import time
from pathlib import Path

NAME = "making-way"  # installer/windows/desk.nsi writes it by this name
FRESH_S = 300.0  # longer than the longest step between two writings: the old program is removed from a slow disk
LOOK_S = 2.0


def mark_file() -> Path:
    """Of this PC."""
    if os.name == "nt":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Desk" / NAME
    return Path("/run/desk") / NAME


def is_wanted(mark: Path, now_s: float | None = None) -> bool:
    """Whether seats are to make way right now. `now_s`: since the epoch."""
    try:
        written_s = mark.stat().st_mtime
    except OSError:
        return False
    return abs((time.time() if now_s is None else now_s) - written_s) < FRESH_S

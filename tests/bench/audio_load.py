"""A busy computer: one process per core that only counts, and a busy Python thread inside the seat's ui process.

The ui gets its busy thread from outside, by a `sitecustomize` on its PYTHONPATH (Python imports that at start): the
product has no switch for it. Processes are ended by their own ids."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from desk.demo.processes import Child

_BUSY = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nn = 0\nwhile True:\n    n += 1\n"
_IN_UI = """'A busy thread in the process whose command line asks for the ui.'
import sys
import threading

def count():
    n = 0
    while True:
        n += 1

if ("--process", "ui") in zip(sys.orig_argv, sys.orig_argv[1:]):
    threading.Thread(target=count, name="bench-busy", daemon=True).start()
"""


def busy_ui(folder: Path) -> dict[str, str]:
    """The environment that puts a busy thread into the ui process of a seat started with it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_IN_UI)
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


@contextmanager
def busy_cores(folder: Path, more: int = 0) -> Iterator[list[int]]:
    """One busy process pinned to every core this process may use, and `more` on the first ones. Their process ids."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        children = [
            stack.enter_context(Child([sys.executable, "-c", _BUSY, str(core)], folder / "busy.log"))
            for core in [*cores, *cores[:more]]
        ]
        yield [child.pid for child in children]

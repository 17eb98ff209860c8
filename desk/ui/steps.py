"""What can be followed from outside: one log line per visible step ("window_ready", "call_shown", "ticket_filed" ...)
on the logger "desk.ui.steps", and time marks for the bench.

Marks cost nothing unless the environment names a file in `DESK_BENCH_FILE`; then each becomes a JSON line with
`monotonic_ns` (the machine's clock: comparable among its processes), written by a thread of its own, because Qt's
thread never waits for a disk. Any thread."""

import json
import logging
import os
import queue
import threading
import time
from pathlib import Path

_log = logging.getLogger("desk.ui.steps")


class _Marks:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._write, name="ui-marks", daemon=True).start()

    def add(self, name: str, fields: dict[str, object]) -> None:
        line = {"mark": name, "monotonic_ns": time.monotonic_ns(), "process": os.getpid(), **fields}
        self._lines.put(json.dumps(line, ensure_ascii=False))

    def _write(self) -> None:
        with self._file.open("a", encoding="utf-8", buffering=1) as stream:
            while True:
                stream.write(self._lines.get() + "\n")


_marks: _Marks | None = None


def open_marks() -> None:
    """Start to write marks if `DESK_BENCH_FILE` is set. Called once at start."""
    global _marks
    named = os.environ.get("DESK_BENCH_FILE")
    _marks = _Marks(Path(named)) if named else None


def mark(name: str, **fields: object) -> None:
    """A moment that is measured. No personal data in `fields`."""
    if _marks is not None:
        _marks.add(name, fields)


def step(name: str, **fields: object) -> None:
    """A step that the agent can see. Ids only in `fields`: never a name, a number or what was typed."""
    _log.info(name, extra={"step": name, **fields})
    mark(name, **fields)

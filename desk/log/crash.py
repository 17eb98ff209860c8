"""Crash files: what a process leaves when it dies of a fault, shown to the agent once, at the next start.

One file per process, `<role>-<utc>-<pid>.txt`, opened at its start: a process that dies of a signal can open none. At
most `KEPT_FILES` that nobody was shown yet, and as many that somebody was, none larger than `MOST_BYTES`.
faulthandler writes every thread's stack into it (also when the launcher ends a hung process by SIGABRT); errors that
nobody caught are written as tracebacks, with phone numbers masked. A process that ends well removes its file.

Any process; `keep` from its main thread, the rest from any."""

import contextlib
import faulthandler
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from desk.log.redaction import redact

KEPT_FILES = 50
MOST_BYTES = 500_000
_SEEN = "seen"


class CrashFile:
    """This process's. `close` when it ends well."""

    def __init__(self, file: Path, stream: TextIO) -> None:
        self.file, self._stream = file, stream

    def note(self, error: BaseException) -> None:
        """Write an error down; for faults that are caught only to end the process in order."""
        if self._stream.tell() < MOST_BYTES:  # a thread may fail again and again
            self._stream.write(redact("".join(traceback.format_exception(error)))[: MOST_BYTES // 2])
            self._stream.flush()

    def close(self) -> None:
        """Stop writing, and remove the file if nothing was written. The second call does nothing."""
        if self._stream.closed:
            return
        faulthandler.disable()
        self._stream.close()
        if self.file.exists() and self.file.stat().st_size == 0:
            self.file.unlink(missing_ok=True)


def keep(crash_dir: Path, role: str, at: datetime) -> CrashFile:
    """Open this process's crash file and have everything fatal written to it, after what the hooks that stand (those of
    the log) do. Raises `OSError` where the folder cannot be written."""
    crash_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _drop_old(unseen_crashes(crash_dir))  # of a seat that starts and dies all weekend, with nobody there to be shown
    file = crash_dir / f"{role}-{at:%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    stream = file.open("w", encoding="utf-8", errors="backslashreplace")
    crash = CrashFile(file, stream)
    faulthandler.enable(stream, all_threads=True)
    main_hook, thread_hook = sys.excepthook, threading.excepthook

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            crash.note(error)
        main_hook(kind, error, trace)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            crash.note(args.exc_value)
        thread_hook(args)

    sys.excepthook, threading.excepthook = in_main, in_thread
    return crash


def crash_file_of(crash_dir: Path, role: str, pid: int) -> Path | None:
    """What this process, now dead, left; None where nothing was written."""
    for file in sorted(crash_dir.glob(f"{role}-*-{pid}.txt"), reverse=True):
        if file.stat().st_size:
            return file
        file.unlink(missing_ok=True)
    return None


def unseen_crashes(crash_dir: Path) -> list[Path]:
    """Crash files that nobody was shown, oldest first."""
    return sorted((f for f in crash_dir.glob("*.txt") if f.stat().st_size), key=lambda f: f.name.partition("-")[2])


def role_of(crash_file: Path) -> str:
    """Whose it is."""
    return crash_file.name.partition("-")[0]


def died_at(crash_file: Path) -> datetime:
    """When the last was written into it: the process died then. Now, where the file is gone."""
    try:
        return datetime.fromtimestamp(crash_file.stat().st_mtime, UTC)
    except OSError:
        return datetime.now(UTC)


def mark_seen(crash_file: Path) -> Path:
    """It is shown: move it out of sight and keep the newest `KEPT_FILES` for engineers. Where it lies from now on."""
    seen = crash_file.parent / _SEEN
    seen.mkdir(mode=0o700, exist_ok=True)
    if crash_file.exists():
        crash_file.replace(seen / crash_file.name)
    _drop_old(sorted(seen.glob("*.txt"), key=lambda f: f.name.partition("-")[2]))
    return seen / crash_file.name


def _drop_old(files: list[Path]) -> None:
    for file in files[:-KEPT_FILES]:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)

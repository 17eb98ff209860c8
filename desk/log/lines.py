"""The log of one process: JSON lines in `<role>.jsonl`, ten files of five megabytes, readable by this user alone; the
four processes of a seat keep 200 MB at most.

Each line has `at` (UTC), `level`, `logger`, `process` (role and id), `message`, and what the caller gave as `extra`
(`call_id`, `ticket_id`, ...). Phone numbers are masked in all of it (see `desk.log.redaction`); names are not logged,
by convention. The caller pays for making the line, a thread of its own writes it, so that no loop of ours waits for a
disk; a full disk costs lines, nothing else.

Any process; `start` once, from its main thread."""

import atexit
import contextlib
import io
import json
import logging
import logging.handlers
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from desk.log.redaction import redact, redact_field

FILES, FILE_BYTES = 10, 5_000_000
MOST_LINE = 50_000  # characters: what a library quotes in an error may be a whole file
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}  # some readers break lines at them


class Log:
    """The running log. `close` writes what is queued; it is called at a normal exit, and must be before `os._exit`."""

    def __init__(self, handler: logging.Handler, listener: logging.handlers.QueueListener) -> None:
        self._handler, self._listener = handler, listener
        self._open = True

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        logging.getLogger().removeHandler(self._handler)
        self._listener.stop()
        for one in self._listener.handlers:
            with contextlib.suppress(OSError):  # the disk is full
                one.close()
        atexit.unregister(self.close)


def start(log_dir: Path, role: str, level: int = logging.INFO) -> Log:
    """Send everything that this process logs to `log_dir`. Raises `OSError` where the folder cannot be written."""
    log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    writer = _Lines(log_dir / f"{role}.jsonl", maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8")
    writer.setFormatter(logging.Formatter("%(message)s"))
    listener = logging.handlers.QueueListener(queue, writer)
    handler = _Queueing(queue)
    handler.setFormatter(JsonLine(role))
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(handler)
    listener.start()
    log = Log(handler, listener)
    atexit.register(log.close)
    return log


def report_unhandled() -> None:
    """Log what nobody caught, in the main thread, in others, and where nobody can catch. It goes to stderr, too, masked
    like the log: a desktop keeps what its programs print."""
    logger = logging.getLogger("desk.unhandled")

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            logger.critical("unhandled %s", kind.__name__, exc_info=(kind, error, trace))
            if sys.stderr is not None:
                sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            in_main(args.exc_type, args.exc_value, args.exc_traceback)

    def nowhere(args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            in_main(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_main, in_thread, nowhere


class JsonLine(logging.Formatter):
    """One record as one line of JSON, redacted."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._process = f"{role}:{os.getpid()}"

    def format(self, record: logging.LogRecord) -> str:
        try:
            message = record.getMessage()
        except Exception as error:  # noqa: BLE001 - arguments that do not fit the message: a bug, not worth a line
            message = f"{record.msg} ({type(error).__name__} in its arguments)"
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": self._process,
            "message": redact(message),
        }
        for name, value in vars(record).items():
            if name not in _PLAIN and name not in line:
                line[name] = redact_field(name, value)
        if record.exc_info:
            line["error"] = redact(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = redact(record.stack_info)
        text = json.dumps(line, ensure_ascii=False, default=lambda value: redact(str(value)))
        if len(text) > MOST_LINE:
            kept = {name: line[name] for name in ("at", "level", "logger", "process")}
            ends = {name: str(line[name])[-1000:] for name in ("error", "stack") if name in line}
            text = json.dumps(kept | {"message": line["message"][:1000], "cut": len(text)} | ends, ensure_ascii=False)
        return text.translate(_LINE_ENDS)


class _Queueing(logging.handlers.QueueHandler):
    """Makes the line on the caller's thread: later its arguments may have changed."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return logging.makeLogRecord({"msg": self.format(record), "levelno": record.levelno})

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A line that cannot be made is lost; the work goes on."""


class _Lines(logging.handlers.RotatingFileHandler):
    def _open(self) -> io.TextIOWrapper:
        stream = open(  # noqa: SIM115 - kept open; `opener` sets the mode from the first byte on
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors="backslashreplace",
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )
        assert isinstance(stream, io.TextIOWrapper)  # noqa: S101 - text mode
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """The disk is full: this line is lost, the next one is tried."""

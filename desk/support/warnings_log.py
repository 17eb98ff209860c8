"""Warnings and errors of a process's log as notes, masked: so that what went wrong is known also where the disk was
full, and a stall of the window stands among the rest at its time.

Any thread logs; a note is made on the thread that logs."""

import logging

from desk.support.notes import Notes

STALLS = "desk.ui.stalls"
_MOST_TEXT, _MOST_TRACE = 500, 4000


class WarningNotes(logging.Handler):
    """Put it on the root logger; `take_off` before the notes are closed."""

    def __init__(self, notes: Notes) -> None:
        super().__init__(logging.WARNING)
        self._notes, self._formatter = notes, logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if record.name == STALLS:
                self._notes.note("stall", {"stall_ms": getattr(record, "stall_ms", 0.0)})
                return
            from desk.support.masking import masked, masked_trace  # its patterns are not for a window's start

            fields = {
                "level": record.levelname,
                "logger": record.name,
                "message": masked(record.getMessage())[:_MOST_TEXT],
            }
            if record.exc_info:
                trace = self._formatter.formatException(record.exc_info)
                fields["error"] = masked_trace(trace)[-_MOST_TRACE:]
            self._notes.note("log", fields)
        except Exception:  # noqa: BLE001 - a line that cannot be made is lost; the work goes on
            self._notes.note("log", {"level": record.levelname, "logger": record.name, "lost": True})

    def put_on(self) -> None:
        logging.getLogger().addHandler(self)

    def take_off(self) -> None:
        logging.getLogger().removeHandler(self)

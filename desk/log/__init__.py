"""What a process writes down for engineers: JSON lines, crash files, and no phone number in either."""

from desk.log.lines import Log, report_unhandled, start

__all__ = ["Log", "report_unhandled", "start"]

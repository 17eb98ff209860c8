"""SIP messages out of PJSIP's own log, for notes: where the library shows no functions to stand in its way (`tap`), as
on Windows, its log still says every message whole that passes, but for the tail of a very long one.

PJSIP writes its log on whatever thread it is; messages pass on the main thread alone. Made before PJSIP starts, and
kept as long as it lives."""

import logging
import re
from collections.abc import Callable

import pjsua2 as pj

LEVEL = 4  # PJSIP says messages at this one
_PASSED = re.compile(r"(?P<way>RX|TX) \d+ bytes [^\n]* (?:from|to) [^\n]*:\r?\n(?P<message>.*)", re.DOTALL)
_END = "--end msg--"
_log = logging.getLogger(__name__)


class LogTap(pj.LogWriter):
    def __init__(self, listen: Callable[[bool, bytes], None]) -> None:
        super().__init__()
        self._listen = listen

    def write(self, entry: pj.LogEntry) -> None:
        """PJSIP's callback."""
        try:
            found = message_in(entry.msg)
            if found is not None:
                self._listen(*found)
        except Exception:  # noqa: BLE001 - nothing may be raised into C
            _log.exception("a SIP message could not be noted")


def message_in(untrusted_line: str) -> tuple[bool, bytes] | None:
    """Whether it went out, and the message; None for any other line of the log."""
    found = _PASSED.search(untrusted_line[:200]) and _PASSED.search(untrusted_line)
    if not found:
        return None
    message, _end, _rest = found["message"].rpartition(_END)
    text = (message or found["message"]).removesuffix("\n")
    return found["way"] == "TX", text.encode("utf-8", "surrogateescape")

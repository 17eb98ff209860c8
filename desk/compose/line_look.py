"""Builds what looks at the lines where no seat runs: the real SIP stack, in a process of its own. What it saw is one
line of JSON on standard output."""

import sys
from typing import Any

import msgspec

from desk.compose.clock import new_id, now
from desk.compose.doctor_place import test_line
from desk.domain.identity import CallId
from desk.secrets import KeyringSecrets
from desk.settings import LineSettings, Settings
from desk.telephony.health.line_check import LineCheck
from desk.telephony.pj.stack import PjStack
from desk.usecases.ports import KeyringWeak


class _NoRecorder:
    """Nothing of it is kept."""

    def note(self, event: Any) -> None:
        pass

    def start(self, call_id: CallId, rate_hz: int) -> None:
        pass

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        pass

    def stop(self, call_id: CallId) -> None:
        pass


def run(settings: Settings, test_uri: str) -> None:
    """`test_uri` "": no call is made. The caller leaves by `os._exit` afterwards."""
    check = LineCheck(
        settings.lines,
        lambda frames: PjStack(settings.lines, frames, lambda line: lambda: _password(line)),
        _NoRecorder(),
        now,
        test_uri,
        test_line(settings).label,
        new_id(),
    )
    sys.stdout.write(msgspec.json.encode(check.run()).decode() + "\n")
    sys.stdout.flush()


def _password(line: LineSettings) -> str | None:
    try:
        return KeyringSecrets().get(f"sip:{line.user}@{line.registrar}")
    except KeyringWeak:
        return None  # told by a check of its own

"""The lines as they stand, for the screen: what the stack reports of each becomes a `LineState`, and what is wrong with
any of them a trouble. Phone process, main thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from desk.domain import events
from desk.domain.troubles import Trouble
from desk.settings import LineSettings
from desk.telephony.stack import LineFault, LineReport, Messages
from desk.usecases.ports import Clock

_log = logging.getLogger(__name__)

LINE_TROUBLES: dict[LineFault, Trouble] = {
    LineFault.PORT_BUSY: Trouble.PORT_BUSY,
    LineFault.PASSWORD_MISSING: Trouble.PASSWORD_MISSING,
    LineFault.REFUSED: Trouble.WRONG_PASSWORD,
    LineFault.NO_ANSWER: Trouble.NO_REGISTRAR,
    LineFault.UNVERIFIED: Trouble.LINE_UNVERIFIED,
    LineFault.SEAT_TWICE: Trouble.SEAT_TWICE,
}
OF_THE_LINE = frozenset(LINE_TROUBLES.values())


class Lines:
    def __init__(self, lines: Sequence[LineSettings], clock: Clock, publish: Callable[[Any], None]) -> None:
        self._settings = {line.label: line for line in lines}
        self._clock, self._publish = clock, publish
        self._reports: dict[str, LineReport] = {}
        self._states = {
            line.label: events.LineState(line.label, events.LineStatus.STARTING, clock(), colour=line.colour)
            for line in lines
        }

    @property
    def states(self) -> tuple[events.LineState, ...]:
        return tuple(self._states.values())

    @property
    def ready(self) -> frozenset[str]:
        """Labels of those that calls can come and go by."""
        return frozenset(label for label, report in self._reports.items() if report.ready)

    def changed(self, report: LineReport) -> None:
        settings, before = self._settings[report.line], self._states[report.line]
        self._reports[report.line] = report
        status = events.LineStatus.DEAF
        if report.ready:
            registered = settings.kind == "registered"
            status = events.LineStatus.REGISTERED if registered else events.LineStatus.DIRECT
        since = before.since if before.status is status else self._clock()
        state = replace(
            before,
            status=status,
            since=since,
            code=report.code,
            reason=report.reason,
            registrar=report.registrar,
        )
        if state != before:
            self._states[report.line] = state
            self._publish(events.LineChanged(state))
            _log.info(
                "line %s", status.value, extra={"line": report.line, "code": report.code, "reason": report.reason}
            )

    def messages(self, told: Messages) -> None:
        before = self._states[told.line]
        state = replace(before, messages=told.new)
        if state != before:
            self._states[told.line] = state
            self._publish(events.LineChanged(state))

    def troubles(self) -> dict[Trouble, str]:
        """What is wrong, with a detail for the log."""
        found: dict[Trouble, str] = {}
        for report in self._reports.values():
            trouble = LINE_TROUBLES.get(report.fault)
            if trouble is not None:
                found[trouble] = " ".join(filter(None, (str(report.code or ""), report.reason)))
        return found

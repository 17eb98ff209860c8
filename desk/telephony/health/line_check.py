"""The lines looked at without a running phone: the real stack opens their ports, registers them, makes the test call
where one is asked for, takes the registrations back and tells what it saw. No headset is opened, nothing is recorded,
and a call that comes in meanwhile is sent on as busy, for nobody sits here.

Runs in a process of its own (`desk doctor` starts it), because PJSIP wants to be the only thing on its thread and is
never taken down: the caller leaves by `os._exit`."""

import time
from collections.abc import Callable, Sequence

import msgspec

from desk.settings import LineSettings
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.port import NoHeadset
from desk.telephony.health.test_call import BUSY_HERE, CallTested, TestCall
from desk.telephony.stack import LineFault, LineReport, NotNow, Offered, Signal, SipStack
from desk.usecases.ports import Clock, Recorder

REGISTER_S = 9.0  # longer than a registration's patience
PUMP_S = 0.01
_FINAL = frozenset(
    {LineFault.PORT_BUSY, LineFault.PASSWORD_MISSING, LineFault.REFUSED, LineFault.UNVERIFIED, LineFault.NO_ANSWER}
)


class LinesChecked(msgspec.Struct, frozen=True):
    """What came of it: the last word of each line, and of the test call, None where none was made."""

    reports: tuple[LineReport, ...]
    call: CallTested | None = None


class LineCheck:
    """`make_stack(frames)`: see `SipStack`. `test_uri`: what the test call calls, "" = none is made; `test_line`: the
    label of the line that it goes by; `mark`: the word by which it is known when it comes back."""

    def __init__(
        self,
        lines: Sequence[LineSettings],
        make_stack: Callable[[FrameClock], SipStack],
        recorder: Recorder,
        clock: Clock,
        test_uri: str = "",
        test_line: str = "",
        mark: str = "",
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines, self._test_uri, self._mark = lines, test_uri, mark
        self._clock, self._now_s = clock, monotonic_s
        self._test_line = next((line for line in lines if line.label == test_line), lines[0])
        self._stack = make_stack(FrameClock(NoHeadset(), recorder))
        self._reports: dict[str, LineReport] = {}
        self._call: TestCall | None = None

    def run(self) -> LinesChecked:
        self._stack.open(self._hear)
        until_s = self._now_s() + REGISTER_S
        while self._now_s() < until_s and not all(self._is_known(line) for line in self._lines):
            self._stack.pump(PUMP_S)
        tested = self._test() if self._test_uri else None
        reports = tuple(self._reports[line.label] for line in self._lines if line.label in self._reports)
        self._stack.close()
        return LinesChecked(reports, tested)

    def _is_known(self, line: LineSettings) -> bool:
        report = self._reports.get(line.label)
        return report is not None and (report.ready or report.fault in _FINAL)

    def _test(self) -> CallTested | None:
        line = self._test_line
        report = self._reports.get(line.label)
        if report is None or not report.ready:
            return None
        try:
            self._call = TestCall(
                self._stack, self._test_uri, line.label, line.user, self._mark, self._clock, self._now_s()
            )
        except NotNow as error:
            return CallTested(503, str(error))
        while (tested := self._call.tick(self._now_s())) is None:
            self._stack.pump(PUMP_S)
        return tested

    def _hear(self, signal: Signal) -> None:
        if isinstance(signal, LineReport):
            self._reports[signal.line] = signal
        elif (self._call is None or not self._call.on_signal(signal)) and isinstance(signal, Offered):
            self._stack.hang_up(signal.leg, BUSY_HERE)

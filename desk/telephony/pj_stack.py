"""`SipStack` by PJSIP. Every method runs on the thread that called `open`; Python objects of pjsua2 must not even be
garbage-collected elsewhere, so they are referred to from here only, and the process collects on this thread.

PJSIP's callbacks come in the middle of its own work. They only add to `_signals`, which `pump` delivers when the
library has returned."""

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony import pj_frames
from desk.telephony.frame_clock import FrameClock
from desk.telephony.party_headers import raw_message, read_party
from desk.telephony.password import AskKeyring
from desk.telephony.pj_call import PjCall
from desk.telephony.pj_endpoint import start_endpoint
from desk.telephony.pj_line import PjLine
from desk.telephony.pj_port import PjHeadsetPort
from desk.telephony.registration import Registration
from desk.telephony.stack import Leg, LegStatistics, NotNow, Offered, OnSignal, Signal

FAREWELL_S = 0.4  # BYE, CANCEL and the un-REGISTER are on their way by then
RENEW_HOLD_S = 0.1

_log = logging.getLogger(__name__)


class PjStack:
    """`password_of(line)` is asked for on another thread, again and again while it is missing or refused.
    `registration_of`: another pace than the usual one, for tests."""

    def __init__(
        self,
        lines: Sequence[LineSettings],
        clock: FrameClock,
        password_of: Callable[[LineSettings], AskKeyring] = lambda _line: lambda: None,
        sip_log: Path | None = None,
        registration_of: Callable[[LineSettings], Registration | None] = lambda _line: None,
    ) -> None:
        self._clock, self._sip_log = clock, sip_log
        self._signals: deque[Signal] = deque()
        self._calls: dict[Leg, PjCall] = {}
        self._departed: list[PjCall] = []
        self._next_leg = 1
        self._active: tuple[Leg, ...] = ()
        self._wired: list[pj.AudioMedia] = []
        self._renew_at = 0.0
        self._lines = [
            PjLine(line, password_of(line), registration_of(line), self._invited, self._signals.append)
            for line in lines
        ]

    def open(self, on_signal: OnSignal) -> None:
        self._on_signal = on_signal
        self._endpoint = start_endpoint(self._sip_log)
        self._port = PjHeadsetPort(self._clock, *pj_frames.probe())
        self._port.create()
        self._tend_lines(time.monotonic())

    def pump(self, timeout_s: float) -> None:
        self._endpoint.libHandleEvents(int(timeout_s * 1000))
        self._departed.clear()
        now_s = time.monotonic()
        self._tend_lines(now_s)
        if now_s >= self._renew_at:
            self._renew_at = now_s + RENEW_HOLD_S
            self._renew_holds()
        while self._signals:
            self._on_signal(self._signals.popleft())

    # ---- the lines

    def _tend_lines(self, now_s: float) -> None:
        for line in self._lines:
            line.tend(self._endpoint, now_s)

    def _line(self, label: str) -> PjLine:
        """The first where none is named. Raises `NotNow`."""
        found = next((line for line in self._lines if label in ("", line.settings.label)), None)
        if found is None or found.account is None:
            raise NotNow("the line is not there yet")
        return found

    # ---- legs

    def _new_leg(self) -> Leg:
        leg = Leg(self._next_leg)
        self._next_leg += 1
        return leg

    def _invited(self, line: PjLine, pj_id: int, untrusted_invite: str, source: str) -> None:
        assert line.account is not None  # noqa: S101 - it is the account that calls
        call = PjCall(line.account, self._new_leg(), self._tell, pj_id)
        self._calls[call.leg] = call
        prm = pj.CallOpParam()
        settings = line.settings
        if settings.kind == "direct" and settings.peers and _host(source) not in settings.peers:
            _log.warning("an INVITE from an address that is not among the line's peers was refused")
            call.ended = True  # nobody has heard of it, so nobody is told of its end
            prm.statusCode = 403
            call.hangup(prm)
            self._departed.append(self._calls.pop(call.leg))
            return
        self._signals.append(Offered(call.leg, read_party(raw_message(untrusted_invite)), settings.label))
        prm.statusCode = pj.PJSIP_SC_RINGING
        call.answer(prm)

    def _tell(self, signal: Signal) -> None:
        """From a call's callbacks."""
        self._signals.append(signal)
        leg = getattr(signal, "leg", None)
        call = self._calls.get(leg) if leg is not None else None
        if call is None:
            return
        if call.ended:
            self._departed.append(self._calls.pop(call.leg))
            if call.leg in self._active:
                self._active = tuple(leg for leg in self._active if leg != call.leg)
                self._wire()
        elif call.leg in self._active:
            self._wire()  # a re-INVITE may have put the audio elsewhere on the bridge

    def _call(self, leg: Leg) -> PjCall:
        call = self._calls.get(leg)
        if call is None or call.ended:
            raise NotNow("the call has ended")
        return call

    def answer(self, leg: Leg) -> None:
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        prm.statusCode = pj.PJSIP_SC_OK
        try:
            self._call(leg).answer(prm)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    def hang_up(self, leg: Leg, code: int = 0) -> None:
        call = self._calls.get(leg)
        if call is None or call.ended:
            return
        call.by_us = True
        prm = pj.CallOpParam()
        prm.statusCode = code
        with contextlib.suppress(pj.Error):  # it is ending already
            call.hangup(prm)

    def dial(self, uri: str, line: str = "") -> Leg:
        by = self._line(line)
        assert by.account is not None  # noqa: S101 - `_line` has seen to it
        if by.settings.transport == "tcp" and ";transport=" not in uri:
            uri += ";transport=tcp"
        call = PjCall(by.account, self._new_leg(), self._tell)
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        self._calls[call.leg] = call
        try:
            call.makeCall(uri, prm)
        except pj.Error as error:
            self._calls.pop(call.leg, None)
            self._departed.append(call)
            raise NotNow(error.reason) from None
        return call.leg

    def hold(self, leg: Leg, on: bool) -> None:
        call = self._call(leg)
        call.hold_wanted, call.hold_due = on, True
        self._renew_holds()

    def _renew_holds(self) -> None:
        for call in tuple(self._calls.values()):
            if call.hold_due and not call.ended:
                with contextlib.suppress(pj.Error):  # another re-INVITE is under way: again in RENEW_HOLD_S
                    call.renew_hold()

    def redirect(self, leg: Leg, uri: str) -> None:
        raise NotImplementedError

    def transfer(self, leg: Leg, uri: str) -> None:
        raise NotImplementedError

    def transfer_to(self, leg: Leg, other: Leg) -> None:
        raise NotImplementedError

    def statistics(self, leg: Leg) -> LegStatistics | None:
        raise NotImplementedError

    def send_digits(self, leg: Leg, digits: str) -> None:
        try:
            self._call(leg).dialDtmf(digits)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    # ---- audio

    def connect(self, *legs: Leg) -> None:
        self._active = legs
        self._wire()

    def _wire(self) -> None:
        """The headset and everybody who is active hear each other; nobody else does."""
        calls = [self._calls[leg] for leg in self._active if leg in self._calls]
        audio = [found for call in calls if (found := call.audio()) is not None]
        ends: list[pj.AudioMedia] = [self._port, *self._wired]
        for source, sink in permutations(ends, 2):
            with contextlib.suppress(pj.Error):  # gone from the bridge with its call
                source.stopTransmit(sink)
        self._wired = audio
        for source, sink in permutations([self._port, *audio], 2):
            source.startTransmit(sink)

    def close(self) -> None:
        for leg in tuple(self._calls):
            self.hang_up(leg)
        for line in self._lines:
            with contextlib.suppress(pj.Error):
                line.leave()
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end:
            self._endpoint.libHandleEvents(10)
            while self._signals:
                self._on_signal(self._signals.popleft())


def _host(source: str) -> str:
    return source.rpartition(":")[0].strip("[]")

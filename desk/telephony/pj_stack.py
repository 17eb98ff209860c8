"""`SipStack` by PJSIP. Every method runs on the thread that called `open`; Python objects of pjsua2 must not even be
garbage-collected elsewhere, so they are referred to from here only, and the process collects on this thread.

PJSIP's callbacks come in the middle of its own work. They only add to `_signals`, which `pump` delivers when the
library has returned."""

import contextlib
import logging
import socket
import time
from collections import deque
from pathlib import Path

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony import pj_frames
from desk.telephony.frame_clock import FrameClock
from desk.telephony.party_headers import raw_message, read_party
from desk.telephony.password import AskKeyring, PasswordReader
from desk.telephony.pj_account import PjAccount, account_config
from desk.telephony.pj_call import PjCall
from desk.telephony.pj_endpoint import PortBusy, listen, start_endpoint
from desk.telephony.pj_port import PjHeadsetPort
from desk.telephony.registration import Registration
from desk.telephony.stack import Leg, LineFault, LineReport, NotNow, Offered, OnSignal, Signal

PORT_AGAIN_S = 2.0
FAREWELL_S = 0.4  # BYE, CANCEL and the un-REGISTER are on their way by then
RENEW_HOLD_S = 0.1

_log = logging.getLogger(__name__)


class PjStack:
    """`password` is asked for on another thread, again and again while it is missing or refused. `registration`:
    another pace than the usual one, for tests."""

    def __init__(
        self,
        line: LineSettings,
        clock: FrameClock,
        password: AskKeyring = lambda: None,
        sip_log: Path | None = None,
        registration: Registration | None = None,
    ) -> None:
        self._line, self._clock, self._sip_log = line, clock, sip_log
        self._signals: deque[Signal] = deque()
        self._calls: dict[Leg, PjCall] = {}
        self._departed: list[PjCall] = []
        self._next_leg = 1
        self._active: Leg | None = None
        self._wired: pj.AudioMedia | None = None
        self._account: PjAccount | None = None
        self._account_address = ""
        self._listening = False
        self._listen_at = self._renew_at = 0.0
        self._password = PasswordReader(password, line.retry_s)
        self._registration = registration or Registration(line.retry_s)
        self._reported: LineReport | None = None

    def open(self, on_signal: OnSignal) -> None:
        self._on_signal = on_signal
        self._endpoint = start_endpoint(self._sip_log)
        self._port = PjHeadsetPort(self._clock, *pj_frames.probe())
        self._port.create()
        self._tend_line(time.monotonic())

    def pump(self, timeout_s: float) -> None:
        self._endpoint.libHandleEvents(int(timeout_s * 1000))
        self._departed.clear()
        now_s = time.monotonic()
        self._tend_line(now_s)
        if now_s >= self._renew_at:
            self._renew_at = now_s + RENEW_HOLD_S
            self._renew_holds()
        while self._signals:
            self._on_signal(self._signals.popleft())

    # ---- the line

    def _tend_line(self, now_s: float) -> None:
        if not self._listening:
            if now_s < self._listen_at:
                return
            self._listen_at = now_s + PORT_AGAIN_S
            if not self._listen():
                return
        if self._line.kind == "direct":
            self._report(LineReport(ready=True))
        else:
            self._tend_registration(now_s)

    def _listen(self) -> bool:
        self._account_address = self._line.bind or _address_towards(self._line.registrar)
        try:
            listen(self._endpoint, self._line, self._account_address)
        except PortBusy as error:
            self._report(LineReport(ready=False, fault=LineFault.PORT_BUSY, reason=str(error)))
            return False
        self._listening = True
        if self._line.kind == "direct":
            self._make_account("")
        return True

    def _make_account(self, password: str) -> None:
        config = account_config(self._line, password, self._account_address)
        if self._account is None:
            self._account = PjAccount(self._invited, self._registered)
            self._account.create(config, True)
        else:
            self._account.modify(config)

    def _tend_registration(self, now_s: float) -> None:
        registration = self._registration
        refused = registration.report.fault is LineFault.REFUSED
        if self._password.look(now_s, wanted=self._password.known is None or refused):
            self._make_account(self._password.known or "")
            registration.hurry()
        if self._account is None:
            if self._password.answered:
                self._report(LineReport(ready=False, fault=LineFault.PASSWORD_MISSING))
            return
        if registration.due(now_s):
            registration.asked(now_s)
            try:
                self._account.setRegistration(True)
            except pj.Error as error:
                registration.answered(503, error.reason, now_s)
        registration.silent(now_s)
        if registration.report.ready or registration.report.fault is not LineFault.NONE:
            self._report(registration.report)

    def _registered(self, code: int, reason: str) -> None:
        self._registration.answered(code, reason, time.monotonic())

    def _report(self, report: LineReport) -> None:
        if report != self._reported:
            self._reported = report
            self._signals.append(report)

    # ---- legs

    def _new_leg(self) -> Leg:
        leg = Leg(self._next_leg)
        self._next_leg += 1
        return leg

    def _invited(self, pj_id: int, untrusted_invite: str, source: str) -> None:
        assert self._account is not None  # noqa: S101 - it is the account that calls
        call = PjCall(self._account, self._new_leg(), self._tell, pj_id)
        self._calls[call.leg] = call
        prm = pj.CallOpParam()
        if self._line.kind == "direct" and self._line.peers and _host(source) not in self._line.peers:
            _log.warning("an INVITE from an address that is not among the line's peers was refused")
            call.ended = True  # nobody has heard of it, so nobody is told of its end
            prm.statusCode = 403
            call.hangup(prm)
            self._departed.append(self._calls.pop(call.leg))
            return
        self._signals.append(Offered(call.leg, read_party(raw_message(untrusted_invite))))
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
            if self._active == call.leg:
                self._active = self._wired = None
        elif self._active == call.leg:
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

    def dial(self, uri: str) -> Leg:
        if self._account is None:
            raise NotNow("the line is not there yet")
        if self._line.transport == "tcp" and ";transport=" not in uri:
            uri += ";transport=tcp"
        call = PjCall(self._account, self._new_leg(), self._tell)
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

    def send_digits(self, leg: Leg, digits: str) -> None:
        try:
            self._call(leg).dialDtmf(digits)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    # ---- audio

    def connect(self, leg: Leg | None) -> None:
        self._active = leg
        self._wire()

    def _wire(self) -> None:
        call = self._calls.get(self._active) if self._active is not None else None
        audio = call.audio() if call is not None else None
        if self._wired is not None:
            with contextlib.suppress(pj.Error):  # gone from the bridge with its call
                self._wired.stopTransmit(self._port)
                self._port.stopTransmit(self._wired)
        self._wired = audio
        if audio is not None:
            self._port.startTransmit(audio)
            audio.startTransmit(self._port)

    def close(self) -> None:
        for leg in tuple(self._calls):
            self.hang_up(leg)
        if self._account is not None and self._line.kind == "registered":
            with contextlib.suppress(pj.Error):
                self._account.setRegistration(False)
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end:
            self._endpoint.libHandleEvents(10)
            while self._signals:
                self._on_signal(self._signals.popleft())


def _host(source: str) -> str:
    return source.rpartition(":")[0].strip("[]")


def _address_towards(registrar: str) -> str:
    """Our own address on the way to the registrar: a seat with several networks must not name the wrong one. No packet
    is sent. "" where there is no way."""
    host = registrar.rpartition(":")[0] if registrar.rpartition(":")[2].isdigit() else registrar
    if not host:
        return ""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""

"""One line in PJSIP: its port, its account, its registration; tended a hundred times a second from `PjStack.pump`.
Main thread."""

import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.password import AskKeyring, PasswordReader
from desk.telephony.pj_account import PjAccount, account_config
from desk.telephony.pj_endpoint import PortBusy, listen
from desk.telephony.registration import Registration
from desk.telephony.stack import LineFault, LineReport

PORT_AGAIN_S = 2.0
OnLineInvite = Callable[["PjLine", int, str, str], None]  # see `pj_account.OnInvite`


class PjLine:
    """`on_report` is told every change of the line, on the main thread, in the middle of PJSIP's work."""

    def __init__(
        self,
        line: LineSettings,
        password: AskKeyring,
        registration: Registration | None,
        on_invite: OnLineInvite,
        on_report: Callable[[LineReport], None],
    ) -> None:
        self.settings = line
        self.account: PjAccount | None = None
        self._on_invite, self._on_report = on_invite, on_report
        self._address = ""
        self._transport = pj.PJSUA_INVALID_ID
        self._listen_at = 0.0
        self._password = PasswordReader(password, line.retry_s)
        self._registration = registration or Registration(line.retry_s)
        self._reported: LineReport | None = None

    def tend(self, endpoint: pj.Endpoint, now_s: float) -> None:
        if self._transport == pj.PJSUA_INVALID_ID:
            if now_s < self._listen_at:
                return
            self._listen_at = now_s + PORT_AGAIN_S
            if not self._listen(endpoint):
                return
        if self.settings.kind == "direct":
            self._report(LineReport(ready=True))
        else:
            self._tend_registration(now_s)

    def leave(self) -> None:
        """Take the registration back."""
        if self.account is not None and self.settings.kind == "registered":
            self.account.setRegistration(False)

    def _listen(self, endpoint: pj.Endpoint) -> bool:
        self._address = self.settings.bind or _address_towards(self.settings.registrar)
        try:
            self._transport = listen(endpoint, self.settings, self._address)
        except PortBusy as error:
            self._report(LineReport(ready=False, fault=LineFault.PORT_BUSY, reason=str(error)))
            return False
        if self.settings.kind == "direct":
            self._make_account("")
        return True

    def _make_account(self, password: str) -> None:
        config = account_config(self.settings, password, self._address, self._transport)
        if self.account is None:
            self.account = PjAccount(self._invited, self._registered)
            self.account.create(config)
        else:
            self.account.modify(config)

    def _tend_registration(self, now_s: float) -> None:
        registration = self._registration
        refused = registration.report.fault is LineFault.REFUSED
        if self._password.look(now_s, wanted=self._password.known is None or refused):
            self._make_account(self._password.known or "")
            registration.hurry()
        if self.account is None:
            if self._password.answered:
                self._report(LineReport(ready=False, fault=LineFault.PASSWORD_MISSING))
            return
        if registration.due(now_s):
            registration.asked(now_s)
            try:
                self.account.setRegistration(True)
            except pj.Error as error:
                registration.answered(503, error.reason, now_s)
        registration.silent(now_s)
        if registration.report.ready or registration.report.fault is not LineFault.NONE:
            self._report(registration.report)

    def _invited(self, pj_id: int, untrusted_invite: str, source: str) -> None:
        self._on_invite(self, pj_id, untrusted_invite, source)

    def _registered(self, code: int, reason: str) -> None:
        self._registration.answered(code, reason, time.monotonic())

    def _report(self, report: LineReport) -> None:
        report = replace(report, line=self.settings.label, registrar=self.settings.registrar)
        if report != self._reported:
            self._reported = report
            self._on_report(report)


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

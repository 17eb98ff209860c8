"""One line in PJSIP: its port, its servers (the registrar and its backups) and which of them is in use; tended a
hundred times a second from `PjStack.pump`. Main thread.

The servers are tried in the order of the settings. While the first does not answer, the next one is registered with,
and the first is still asked at its usual pace: the line goes back to it as soon as it answers, and takes the other
registration back. A refused password is no reason to go elsewhere.

A direct line has no registrar to tell whether it is heard; its far side, where one is named, is asked instead. One that
names none is there while this computer has a network."""

from collections.abc import Callable
from dataclasses import replace

import pjsua2 as pj

from desk.domain.hosts import host_and_port
from desk.settings import LineSettings
from desk.telephony.lines.far_side import FarSide
from desk.telephony.lines.name_lookup import NameLookup
from desk.telephony.lines.options_ping import ping
from desk.telephony.lines.password import AskKeyring, PasswordReader
from desk.telephony.lines.registration import Registration
from desk.telephony.pj.account import PjAccount
from desk.telephony.pj.endpoint import PjEndpoint, PortBusy, listen
from desk.telephony.pj.server import PjServer, address_towards, report_of
from desk.telephony.stack import LineFault, LineReport, Messages, NotNow

PORT_AGAIN_S = 2.0
NO_NETWORK = "no network"
_ELSEWHERE = frozenset({LineFault.NO_ANSWER, LineFault.UNVERIFIED})
OnLineInvite = Callable[["PjLine", int, str, str], None]  # see `pj_account.OnInvite`


class PjLine:
    """`on_report` is told every change of the line, on the main thread, in the middle of PJSIP's work. `on_moved`: the
    line's address has changed; calls that run on it are to be renewed."""

    def __init__(
        self,
        line: LineSettings,
        password: AskKeyring,
        registration: Registration | None,
        on_invite: OnLineInvite,
        on_report: Callable[[LineReport | Messages], None],
        on_moved: Callable[["PjLine"], None] = lambda _line: None,
    ) -> None:
        self.settings = line
        self._on_report = on_report
        self._transport = pj.PJSUA_INVALID_ID
        self._listen_at = 0.0
        self._password = PasswordReader(password, line.retry_s)
        pace = registration or Registration(line.retry_s)
        self._servers = [
            PjServer(
                line,
                registrar,
                pace.anew(),
                lambda pj_id, invite, source: on_invite(self, pj_id, invite, source),
                lambda new: on_report(Messages(line.label, new)),
                lambda: on_moved(self),
            )
            for registrar in (line.registrar, *(line.backups if line.kind == "registered" else ()))
        ]
        self._serving = self._servers[0]
        far = line.proxy or line.registrar if line.kind == "direct" else ""
        self._far = FarSide(lambda: ping(line, far, pace.patience_s), pace.refresh_s) if far else None
        self._networks = 0
        self._names: dict[str, NameLookup] = {}
        self._reported: LineReport | None = None

    @property
    def account(self) -> PjAccount | None:
        """Of the server in use."""
        return self._serving.account

    def is_meant(self, source: str, request_port: int) -> int:
        """As `Reachable.is_meant`."""
        return max(server.is_meant(source, request_port) for server in self._servers)

    def trusts(self, source: str) -> bool:
        """Whether this is an exchange of the line's, or one of its peers by name: who may have a microphone opened."""
        return host_and_port(source, 0)[0] in self.settings.peers or any(one.is_from(source) for one in self._servers)

    def tend(self, endpoint: PjEndpoint, now_s: float) -> None:
        if self._transport == pj.PJSUA_INVALID_ID:
            if now_s < self._listen_at:
                return
            self._listen_at = now_s + PORT_AGAIN_S
            if not self._listen(endpoint):
                return
        endpoint.look_at_network()
        for lookup in self._names.values():
            lookup.look(now_s)
        if self.settings.kind == "direct":
            self._tend_direct(endpoint, now_s)
        else:
            self._tend_registrations(endpoint, now_s)

    def leave(self) -> None:
        """Take the registrations back."""
        for server in self._servers:
            server.leave()

    def uri_for(self, uri: str, now_s: float) -> str:
        """A URI to call by this line as PJSIP is to have it: at the server in use, and without a name that PJSIP would
        look up on the main thread. Raises `NotNow` while a name's address is not known."""
        host = uri.partition("@")[2].partition(";")[0]
        if self.settings.kind == "registered":
            if host == self.settings.registrar:
                uri = uri.replace("@" + host, "@" + self._serving.registrar, 1)
        elif not self.settings.proxy:
            uri = uri.replace("@" + host, "@" + self._looked_up(host, now_s), 1)
        return uri + ";transport=tcp" if self.settings.transport == "tcp" and ";transport=" not in uri else uri

    def _looked_up(self, host: str, now_s: float) -> str:
        name, port = host_and_port(host, 0)
        lookup = self._names.setdefault(name, NameLookup(name))
        lookup.look(now_s)
        if not lookup.address:
            raise NotNow(f"no address for {name} yet")
        address = f"[{lookup.address}]" if ":" in lookup.address else lookup.address
        return f"{address}:{port}" if port else address

    def _listen(self, endpoint: PjEndpoint) -> bool:
        name, _ = host_and_port(self.settings.proxy or self.settings.registrar, 0)
        try:
            self._transport, port = listen(
                endpoint, self.settings, self.settings.bind or address_towards(_literal(name))
            )
        except PortBusy as error:
            self._report(LineReport(ready=False, fault=LineFault.PORT_BUSY, reason=str(error)))
            return False
        for server in self._servers:
            server.listen(self._transport, port)
            endpoint.reachable.append(server)
        if self.settings.kind == "direct" and self.settings.registrar and not self.settings.proxy:
            name, _ = host_and_port(self.settings.registrar, 0)
            self._names[name] = NameLookup(name)
        return True

    def _tend_direct(self, endpoint: PjEndpoint, now_s: float) -> None:
        known = self._serving.find_way(endpoint, now_s)
        if self.account is None and (known or not self.settings.proxy):
            self._serving.sign_in("", now_s)
        silent = self._far_is_silent(endpoint, now_s)
        fault = LineFault.NO_ANSWER if silent else LineFault.NONE
        self._report(LineReport(ready=not silent, fault=fault, reason=silent))

    def _far_is_silent(self, endpoint: PjEndpoint, now_s: float) -> str:
        """Why the far side counts as gone, "" where it does not."""
        if self._far is None:
            return "" if endpoint.network.reaches(self.settings.bind) else NO_NETWORK
        if self._networks != endpoint.network_changes:
            self._networks = endpoint.network_changes
            self._far.hurry()
        self._far.look(now_s)
        return NO_NETWORK if self._serving.cut_off else self._far.silent

    def _tend_registrations(self, endpoint: PjEndpoint, now_s: float) -> None:
        refused = self._serving.registration.report.fault is LineFault.REFUSED
        new = self._password.look(now_s, wanted=self._password.known is None or refused)
        if self._password.known is None:
            waits = self._password.waits(now_s)
            if self._password.answered or waits:
                reason = "the keyring does not answer" if waits else ""
                self._report(LineReport(ready=False, fault=LineFault.PASSWORD_MISSING, reason=reason))
            return
        serving = None
        for server in self._servers:
            if serving is not None:
                server.stand_down()
                continue
            self._tend_server(server, endpoint, new, now_s)
            report = server.registration.report
            if report.ready or report.fault not in _ELSEWHERE:
                serving = server
        self._serving = serving if serving is not None and serving.account is not None else self._servers[0]
        report = report_of(self._serving)
        if report.ready or report.fault is not LineFault.NONE:
            self._report(report)

    def _tend_server(self, server: PjServer, endpoint: PjEndpoint, new_password: bool, now_s: float) -> None:
        if not server.find_way(endpoint, now_s):
            if server.reason_without_way:
                server.registration.failed(LineFault.NO_ANSWER, 0, server.reason_without_way, now_s)
            return
        if server.account is None or new_password:
            server.sign_in(self._password.known or "", now_s)
        server.tend(endpoint, now_s)

    def _report(self, report: LineReport) -> None:
        report = replace(report, line=self.settings.label, registrar=report.registrar or self.settings.registrar)
        if report != self._reported:
            self._reported = report
            self._on_report(report)


def _literal(name: str) -> str:
    return name if NameLookup(name).address else ""

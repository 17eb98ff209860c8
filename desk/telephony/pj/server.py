"""One server of a line in PJSIP: the registrar or one of its backups, with an account of its own; or what a direct line
has in its place. Tended a hundred times a second. Main thread.

PJSIP is given addresses only, looked up elsewhere. `Account.modify` with any change takes the old registration back,
forgets the REGISTER under way and registers anew at once (PJSIP 2.15.1): that is how a new address or a connection that
hangs is dealt with, with the calls of the account kept."""

import logging
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pjsua2 as pj

from desk.domain.hosts import host_and_port
from desk.settings import LineSettings
from desk.telephony.lines.message_summary import new_messages
from desk.telephony.lines.name_lookup import NameLookup
from desk.telephony.lines.party_headers import raw_message
from desk.telephony.lines.registration import Registration
from desk.telephony.lines.seat_twice import SeatTwice
from desk.telephony.lines.tls_tunnel import TlsTunnel, TunnelDown
from desk.telephony.lines.via import seen_as
from desk.telephony.pj.account import OnInvite, PjAccount, Way, account_config
from desk.telephony.pj.endpoint import PjEndpoint, Reachable
from desk.telephony.stack import LineFault, LineReport

ADDRESS_AGAIN_S = 1.0

_log = logging.getLogger(__name__)


class PjServer:
    """`on_moved`: the way to the server has changed, running calls must say so. `on_messages`: new voice mails."""

    def __init__(
        self,
        line: LineSettings,
        registrar: str,
        registration: Registration,
        on_invite: OnInvite,
        on_messages: Callable[[int], None],
        on_moved: Callable[[], None],
    ) -> None:
        self.registrar = registrar
        self.registration = registration
        self.account: PjAccount | None = None
        self._line = line
        self._on_invite, self._on_messages, self._on_moved = on_invite, on_messages, on_moved
        self._host, self._port = host_and_port(line.proxy or registrar, 5061 if line.transport == "tls" else 5060)
        self._lookup = NameLookup(self._host) if self._host else None
        self._tunnel: TlsTunnel | None = None
        self._twice = SeatTwice()
        self._way: Way | None = None
        self._password = ""
        self._transport, self._own_port = pj.PJSUA_INVALID_ID, 0
        self._turn = 0
        self._address, self._address_at = "", 0.0
        self._networks = -1
        self._seen_as = ""
        self._of_this_seat: Sequence[Reachable] = (self,)
        self._was_up = self._leaving = False
        self.cut_off = False  # this computer has no way to its address

    # ---- what the endpoint asks

    @property
    def places(self) -> tuple[str, ...]:
        return f"{self.address}:{self._own_port}", f"127.0.0.1:{self._own_port}", self._seen_as

    def account_id(self) -> int:
        return int(self.account.getId()) if self.account is not None else int(pj.PJSUA_INVALID_ID)

    def is_meant(self, source: str, request_port: int) -> int:
        if self.account is None:
            return 0
        from_server = self._way is not None and bool(self._way.hop) and source == self._way.hop
        return 2 * from_server + (request_port == self._own_port)

    def is_from(self, source: str) -> bool:
        """Whether a message from there ("address:port") is this server's own: of the connection to it, or its host."""
        if self._tunnel is not None:
            return self._way is not None and source == self._way.hop
        return self._lookup is not None and host_and_port(source, 0)[0] == self._lookup.address != ""

    # ---- being tended

    @property
    def address(self) -> str:
        """Ours on the way there, "" while it is not known."""
        return self._line.bind or self._address

    def listen(self, transport: int, own_port: int) -> None:
        """The line's port is there."""
        self._transport, self._own_port = transport, own_port

    def find_way(self, endpoint: PjEndpoint, now_s: float) -> bool:
        """Keeps name and address; whether the server can be sent something."""
        self._of_this_seat = endpoint.reachable
        if self._lookup is None:
            return True
        renamed = self._lookup.look(now_s)
        if renamed or now_s >= self._address_at:
            self._address_at = now_s + ADDRESS_AGAIN_S
            here = address_towards(self._lookup.address)
            self.cut_off = bool(self._lookup.address) and not here
            before, self._address = self._address, here or self._address
            if self.account is not None and (renamed or before != self._address):
                self._move(now_s)
        if self._networks not in (-1, endpoint.network_changes):
            self._network_changed(endpoint, now_s)
        self._networks = endpoint.network_changes
        return bool(self._lookup.address)

    @property
    def reason_without_way(self) -> str:
        return f"no address for {self._host}" if self._lookup is not None and self._lookup.failed else ""

    def sign_in(self, password: str, now_s: float) -> None:
        """Make the account, or give it this password: it is tried at once."""
        self._password = password
        if self._line.transport == "tls" and self._tunnel is None:
            self._tunnel = TlsTunnel(self._host, self._port, self._line.ca_file, f"127.0.0.1:{self._own_port}")
        if self.account is None:
            self.account = PjAccount(self._on_invite, self._registered, self._notified, self._line.codecs)
            self._way = self._present_way()
            self.account.create(account_config(self._line, self.registrar, password, self._way))
            self.registration.hurry()
        else:
            self._move(now_s)

    def tend(self, endpoint: PjEndpoint, now_s: float) -> None:
        """Register when it is due."""
        if self.account is None:
            return
        self._hear_tunnel(now_s)
        registration = self.registration
        if registration.due(now_s):
            self._leaving = False
            registration.asked(now_s)
            try:
                self.account.setRegistration(True)
            except pj.Error as error:
                registration.answered(503, error.reason, now_s)
        registration.silent(now_s)
        if self._line.transport != "udp" and registration.overdue(now_s):
            self._anew(endpoint, now_s)

    def stand_down(self) -> None:
        """Another server is in use: take the registration back."""
        if self.account is None or self._leaving:
            return
        was_ready = self.registration.report.ready
        self._leaving, self.registration = True, self.registration.anew()
        if was_ready:
            self.leave()

    def leave(self) -> None:
        if self.account is not None and self._line.kind == "registered":
            self._leaving = True
            self.account.setRegistration(False)

    # ----

    def _present_way(self) -> Way:
        hop = f"{self._lookup.address}:{self._port}" if self._lookup is not None else ""
        contact = f"{self.address}:{self._own_port}" if self.address and self._line.transport == "udp" else ""
        if self._tunnel is not None:
            hop, contact = self._tunnel.address, f"127.0.0.1:{self._own_port}"
        if self._line.kind == "direct" and not self._line.proxy:
            hop = ""
        return Way(hop, self.address, contact, self._transport, self._turn)

    def _move(self, now_s: float) -> None:
        """The account takes whatever is new, and registers."""
        assert self.account is not None  # noqa: S101 - its callers have seen to it
        self._turn += 1
        moved, self._way = self._way is not None and self._way.address != self.address, self._present_way()
        if self._line.kind == "registered" and not self._leaving:
            self.registration.asked(now_s)
        try:
            self.account.modify(account_config(self._line, self.registrar, self._password, self._way))
        except pj.Error as error:
            self.registration.answered(503, error.reason, now_s)
        if moved:
            _log.info("this computer's address has changed", extra={"line": self._line.label})
            self._on_moved()

    def _anew(self, endpoint: PjEndpoint, now_s: float) -> None:
        """Give up the connection and the REGISTER under way, and try by another."""
        if self._tunnel is not None:
            self._tunnel.drop()
        elif self._line.transport == "tcp":
            endpoint.leave_streams()
        self._move(now_s)

    def _network_changed(self, endpoint: PjEndpoint, now_s: float) -> None:
        if self._lookup is not None:
            self._lookup.hurry()
        if self.account is None or self._line.kind != "registered" or self._leaving:
            return
        if self.registration.pending or (self._line.transport != "udp" and not self.registration.report.ready):
            self._anew(endpoint, now_s)
        else:
            self.registration.hurry()

    def _hear_tunnel(self, now_s: float) -> None:
        while self._tunnel is not None and not self._tunnel.news.empty():
            news = self._tunnel.news.get()
            if isinstance(news, TunnelDown):
                if news.fault is not None:
                    self.registration.failed(LineFault.UNVERIFIED, 0, news.fault.value, now_s)
                elif self.registration.report.ready:
                    self.registration.hurry()
            else:
                if self._was_up:
                    self._on_moved()
                self._was_up = True

    def _registered(self, code: int, reason: str, untrusted_answer: str) -> None:
        if self._leaving:
            return
        now_s, unverified = time.monotonic(), self.registration.report.fault is LineFault.UNVERIFIED
        if unverified and code >= 500:  # the stack's own, for the connection that the tunnel has closed
            self.registration.failed(LineFault.UNVERIFIED, 0, self.registration.report.reason, now_s)
            return
        self.registration.answered(code, reason, now_s)
        if 200 <= code < 300 and untrusted_answer:
            answer = raw_message(untrusted_answer)
            self._seen_as = seen_as(answer)
            other = self._twice.look(answer, [place for one in self._of_this_seat for place in one.places])
            if other:
                self.registration.report = replace(
                    self.registration.report, fault=LineFault.SEAT_TWICE, reason=f"also at {other}"
                )

    def _notified(self, untrusted_notify: str) -> None:
        new = new_messages(untrusted_notify)
        if new is not None:
            self._on_messages(new)


def report_of(server: PjServer) -> LineReport:
    """With the server that it is about."""
    return replace(server.registration.report, registrar=server.registrar)


def address_towards(address: str) -> str:
    """Our own address on the way there: a seat with several networks must not name the wrong one. No packet is sent.
    "" where there is no way."""
    if not address:
        return ""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""

"""PJSIP itself: started once per process, never stopped (the process leaves by `os._exit`: destroying the library with
calls or Python objects alive hangs or aborts). Owned by the thread that starts it: PJSIP gets no worker thread for
signalling (`threadCnt` 0), so that every callback but the audio clock's comes from within `libHandleEvents`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.frames import FRAME_MS, RATE_HZ
from desk.telephony.lines.marks import SIGNALLING_DSCP
from desk.telephony.lines.network_watch import NetworkWatch
from desk.telephony.pj.guard import guarded
from desk.telephony.pj.jitter_buffer import leave_out_little
from desk.telephony.pj.log_tap import LEVEL, LogTap
from desk.telephony.pj.sieve import PjSieve, library_file, stand_before
from desk.telephony.stack import MOST_LEGS

# All that any line may speak; which of them a call speaks is cut out of its SDP (`sdp_codecs`).
CODECS = {
    "G722/16000/1": 255,
    "PCMA/8000/1": 250,
    "PCMU/8000/1": 240,
    "speex/16000/1": 130,
    "speex/8000/1": 129,
    "iLBC/8000/1": 128,
    "GSM/8000/1": 127,
}
_ADDRESS_IN_USE = frozenset({120_098, 120_048, 130_048})  # PJ's own numbers for EADDRINUSE: Linux, BSD, Windows


class PortBusy(Exception):
    """The SIP port cannot be had; the text says which and why."""


@contextmanager
def _quiet_stdout() -> Iterator[None]:
    """PJSIP greets on stdout before its log level can be set."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Reachable(Protocol):
    """An account as a request from outside finds it. `places`: host:port of its contact, as we and as its server call
    it."""

    @property
    def places(self) -> tuple[str, ...]: ...

    def account_id(self) -> int: ...

    def is_meant(self, source: str, request_port: int) -> int:
        """How surely a request from "address:port" for this port is for it: 0 = not at all."""
        ...


class PjEndpoint(pj.Endpoint):
    """`reachable`: the accounts, among which a request is given to the one it was meant for. PJSIP itself would go by
    the user's name alone, which several lines may have in common. `network`: what has happened to it."""

    def __init__(self) -> None:
        super().__init__()
        self.reachable: list[Reachable] = []
        self.network = NetworkWatch()
        self.network_changes = 0
        self.sieve: PjSieve | None = None
        self.log_tap: LogTap | None = None
        self._streams: dict[int, object] = {}

    @guarded
    def onSelectAccount(self, prm: pj.OnSelectAccountParam) -> None:
        port = request_port(prm.rdata.wholeMsg)
        sure = [(one.is_meant(prm.rdata.srcAddress, port), one.account_id()) for one in self.reachable]
        best = max((how for how, _ in sure), default=0)
        meant = [account for how, account in sure if how == best]
        if best and prm.accountIndex not in meant:
            prm.accountIndex = meant[0]

    @guarded
    def onTransportState(self, prm: pj.OnTransportStateParam) -> None:
        if prm.type.upper() != "TCP":
            return
        if prm.state == pj.PJSIP_TP_STATE_CONNECTED:
            self._streams[int(prm.hnd)] = prm.hnd
        elif prm.state in (pj.PJSIP_TP_STATE_DISCONNECTED, pj.PJSIP_TP_STATE_SHUTDOWN, pj.PJSIP_TP_STATE_DESTROY):
            self._streams.pop(int(prm.hnd), None)

    def leave_streams(self) -> None:
        """Use none of the TCP connections again: the next message makes a new one."""
        for handle in tuple(self._streams.values()):
            with suppress(pj.Error):
                self.transportShutdown(handle)
        self._streams.clear()

    def look_at_network(self) -> None:
        while not self.network.news.empty():
            self.network.news.get()
            self.network_changes += 1


def request_port(request: str) -> int:
    """The port in the Request-URI, 5060 where none is named."""
    found = re.match(r"\S+ sips?:(?:[^@\s]*@)?(?:\[[^\]]*\]|[^:;?\s]+)(?::(\d{1,5}))?", request)
    return int(found[1] or 5060) if found else 5060


def start_endpoint(sip_log: Path | None = None, log_tap: LogTap | None = None) -> PjEndpoint:
    """`sip_log`: every SIP message goes there, for finding faults; it holds callers' numbers. `log_tap`: hears them."""
    endpoint = PjEndpoint()
    with _quiet_stdout():
        endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.consoleLevel = LEVEL if log_tap else 0  # with a writer nothing goes to the console
    config.logConfig.level = 5 if sip_log else config.logConfig.consoleLevel
    config.logConfig.filename = str(sip_log) if sip_log else ""
    if log_tap is not None:
        endpoint.log_tap = log_tap
        config.logConfig.writer = log_tap
        log_tap.__disown__()  # PJSIP's by now; kept by us, too, for both end with the process
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = False
    config.uaConfig.maxCalls = MOST_LEGS
    config.uaConfig.userAgent = "Desk"
    media = config.medConfig
    media.clockRate = media.sndClockRate = RATE_HZ
    media.channelCount = 1
    media.audioFramePtime = media.ptime = FRAME_MS
    media.noVad = True  # steady sounds are not to be cut
    media.ecTailLen = 0
    leave_out_little(media)
    media.sndAutoCloseTime = -1  # the clock goes on where a call has no audio: its recording keeps its time
    endpoint.libInit(config)
    endpoint.sieve = stand_before(library_file())
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, CODECS.get(codec.codecId, 0))
    endpoint.audDevManager().setNullDev()
    endpoint.network.start()
    return endpoint


def mark(config: pj.TransportConfig, dscp: int) -> None:
    """What it sends bears this mark (RFC 2474), which networks may give precedence by. Windows leaves such marks out
    unless a policy of the domain says them (docs/network.md)."""
    config.qosParams.flags |= pj.PJ_QOS_PARAM_HAS_DSCP
    config.qosParams.dscp_val = dscp


def listen(endpoint: pj.Endpoint, line: LineSettings, address: str) -> tuple[int, int]:
    """Bind the line's port: PJSIP's id of the transport, and the port. `address`: what to call ourselves. Raises
    `PortBusy`. A line over TLS listens for its tunnel only."""
    config = pj.TransportConfig()
    config.port = 0 if line.transport == "tls" else line.port
    config.boundAddress = "127.0.0.1" if line.transport == "tls" else line.bind
    config.publicAddress = "" if config.boundAddress else address
    mark(config, SIGNALLING_DSCP)
    kind = pj.PJSIP_TRANSPORT_UDP if line.transport == "udp" else pj.PJSIP_TRANSPORT_TCP
    try:
        transport = int(endpoint.transportCreate(kind, config))
    except pj.Error as error:
        why = "in use" if error.status in _ADDRESS_IN_USE else error.reason
        raise PortBusy(f"{line.transport} {line.bind or '*'}:{line.port}: {why}") from None
    return transport, int(endpoint.transportGetInfo(transport).localAddress.rpartition(":")[2])

"""PJSIP itself: started once per process, never stopped (the process leaves by `os._exit`: destroying the library with
calls or Python objects alive hangs or aborts). Owned by the thread that starts it: PJSIP gets no worker thread for
signalling (`threadCnt` 0), so that every callback but the audio clock's comes from within `libHandleEvents`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.frames import FRAME_MS, RATE_HZ
from desk.telephony.stack import MOST_LEGS

# Wideband first, then what Chinese lines speak; the rest is switched off.
CODECS = {"G722/16000/1": 255, "PCMA/8000/1": 250, "PCMU/8000/1": 240}
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


def start_endpoint(sip_log: Path | None = None) -> pj.Endpoint:
    """`sip_log`: every SIP message goes there, for finding faults; it holds callers' numbers."""
    endpoint = pj.Endpoint()
    with _quiet_stdout():
        endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.consoleLevel = 0
    config.logConfig.level = 5 if sip_log else 0
    config.logConfig.filename = str(sip_log) if sip_log else ""
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
    endpoint.libInit(config)
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, CODECS.get(codec.codecId, 0))
    endpoint.audDevManager().setNullDev()
    return endpoint


def listen(endpoint: pj.Endpoint, line: LineSettings, address: str) -> int:
    """Bind the line's port; PJSIP's id of the transport. Raises `PortBusy`."""
    config = pj.TransportConfig()
    config.port = line.port
    config.boundAddress = line.bind
    config.publicAddress = "" if line.bind else address
    kind = pj.PJSIP_TRANSPORT_TCP if line.transport == "tcp" else pj.PJSIP_TRANSPORT_UDP
    try:
        return int(endpoint.transportCreate(kind, config))
    except pj.Error as error:
        why = "in use" if error.status in _ADDRESS_IN_USE else error.reason
        raise PortBusy(f"{line.transport} {line.bind or '*'}:{line.port}: {why}") from None

"""The line in PJSIP: its account, and the two things it reports."""

from collections.abc import Callable

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.pj_guard import guarded

OnInvite = Callable[[int, str, str], None]  # PJSIP's call id, the INVITE's text, who sent it ("address:port")
OnRegister = Callable[[int, str], None]  # final code, reason


class PjAccount(pj.Account):
    def __init__(self, on_invite: OnInvite, on_register: OnRegister) -> None:
        super().__init__()
        self._on_invite, self._on_register = on_invite, on_register

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self._on_invite(prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)

    @guarded
    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        self._on_register(int(prm.code), prm.reason)


def uri_of(line: LineSettings, user: str = "") -> str:
    """`sip:` URI at the line's registrar, with the transport where it is not UDP."""
    transport = ";transport=tcp" if line.transport == "tcp" else ""
    return f"sip:{user}@{line.registrar}{transport}" if user else f"sip:{line.registrar}{transport}"


def account_config(line: LineSettings, password: str, address: str, transport: int) -> pj.AccountConfig:
    """`password` is not used by a direct line. `address`: ours as the far side sees it, "" = PJSIP's guess.
    `transport`: the id of the line's own.

    PJSIP's own retries are off (0): when to register is decided by `desk.telephony.registration`."""
    config = pj.AccountConfig()
    config.idUri = f"sip:{line.user}@{line.registrar or address or '127.0.0.1'}"
    if line.kind == "registered":
        config.regConfig.registrarUri = uri_of(line)
        config.regConfig.timeoutSec = line.expires_s
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", line.user, 0, password))
    config.regConfig.registerOnAdd = False
    config.regConfig.retryIntervalSec = 0
    config.regConfig.firstRetryIntervalSec = 0
    config.regConfig.dropCallsOnFail = False
    config.regConfig.unregWaitMsec = 400
    config.sipConfig.transportId = transport
    if line.proxy:
        config.sipConfig.proxies.append(f"sip:{line.proxy};lr")
    media = config.mediaConfig.transportConfig
    media.boundAddress = line.bind
    media.publicAddress = "" if line.bind else address
    return config

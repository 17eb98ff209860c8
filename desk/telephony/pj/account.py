"""One account in PJSIP: its configuration, and the things it reports."""

from collections.abc import Callable
from dataclasses import dataclass

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS, VOICE_DSCP
from desk.telephony.pj.endpoint import mark
from desk.telephony.pj.guard import guarded

OnInvite = Callable[[int, str, str], None]  # PJSIP's call id, the INVITE's text, who sent it ("address:port")
OnRegister = Callable[[int, str, str], None]  # final code, reason, the answer's text ("" = the stack's own)
OnMessages = Callable[[str], None]  # a NOTIFY's text

# SRTP without regard to how PJSIP believes that SIP travels: TLS is the tunnel's, PJSIP sees TCP.
_SRTP = {"off": "PJMEDIA_SRTP_DISABLED", "optional": "PJMEDIA_SRTP_OPTIONAL", "required": "PJMEDIA_SRTP_MANDATORY"}


class PjAccount(pj.Account):
    """`codecs`: the line's, in its order; what its calls may speak."""

    def __init__(
        self,
        on_invite: OnInvite,
        on_register: OnRegister,
        on_messages: OnMessages = lambda _notify: None,
        codecs: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.codecs = codecs
        self._on_invite, self._on_register, self._on_messages = on_invite, on_register, on_messages

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self._on_invite(prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)

    @guarded
    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        self._on_register(int(prm.code), prm.reason, prm.rdata.wholeMsg)

    @guarded
    def onMwiInfo(self, prm: pj.OnMwiInfoParam) -> None:
        self._on_messages(prm.rdata.wholeMsg)


@dataclass(frozen=True, slots=True)
class Way:
    """How a line's SIP travels to one server. `hop`: where PJSIP sends it, "address:port" ("" = wherever the URI says);
    `address`: ours as the server sees it, "" = PJSIP's guess; `contact`: host:port for the Contact, "" = PJSIP's guess;
    `transport`: the id of the line's own; `turn`: a number that makes this way another than the one before, so that
    PJSIP begins anew."""

    hop: str
    address: str
    contact: str
    transport: int
    turn: int = 0


def uri_of(line: LineSettings, host: str, user: str = "") -> str:
    """`sip:` URI at this host, with the transport where it is TCP."""
    transport = ";transport=tcp" if line.transport == "tcp" else ""
    return f"sip:{user}@{host}{transport}" if user else f"sip:{host}{transport}"


def account_config(line: LineSettings, registrar: str, password: str, way: Way) -> pj.AccountConfig:
    """`registrar`: host[:port], also of a backup. `password` is not used by a direct line.

    PJSIP's own retries are off (0): when to register is decided by `desk.telephony.lines.registration`. The hop is an
    address, so that PJSIP looks no name up; it is hidden, so that no Route header tells of it."""
    config = pj.AccountConfig()
    config.idUri = f"sip:{line.user}@{registrar or way.address or '127.0.0.1'}"
    if line.kind == "registered":
        config.regConfig.registrarUri = uri_of(line, registrar)
        config.regConfig.timeoutSec = line.expires_s
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", line.user, 0, password))
    config.regConfig.registerOnAdd = False
    config.regConfig.retryIntervalSec = 0
    config.regConfig.firstRetryIntervalSec = 0
    config.regConfig.dropCallsOnFail = False
    config.regConfig.unregWaitMsec = 400
    config.sipConfig.transportId = way.transport
    if way.hop:
        stream = ";transport=tcp" if line.transport != "udp" else ""
        config.sipConfig.proxies.append(f"sip:{way.hop}{stream};lr;hide;turn={way.turn}")
    if way.contact:
        stream = ";transport=tcp" if line.transport != "udp" else ""
        config.sipConfig.contactForced = f"<sip:{line.user}@{way.contact}{stream}>"
    if line.transport == "tls":  # what the server sees of us is the tunnel's affair
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
    config.mwiConfig.enabled = line.kind == "registered" and bool(line.voice_mail)
    media = config.mediaConfig
    media.transportConfig.boundAddress = line.bind
    media.transportConfig.publicAddress = "" if line.bind else way.address
    media.transportConfig.port, media.transportConfig.portRange = AUDIO_PORT, AUDIO_PORTS
    mark(media.transportConfig, VOICE_DSCP)
    media.srtpUse = getattr(pj, _SRTP[line.srtp])
    media.srtpSecureSignaling = 0
    media.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
    return config

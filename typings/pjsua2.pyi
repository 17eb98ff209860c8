"""The part of pjsua2 (PJSIP 2.15.1, PyPI pjsua2-python) that Desk uses."""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, SupportsInt, TypeVar

PJSUA_INVALID_ID: int
PJSUA_CALL_MEDIA_ACTIVE: int
PJSUA_CALL_MEDIA_REMOTE_HOLD: int
PJSUA_CALL_MEDIA_LOCAL_HOLD: int
PJSUA_DTMF_METHOD_SIP_INFO: int
PJSIP_REDIRECT_STOP: int
PJSIP_EVENT_TSX_STATE: int
PJSIP_EVENT_RX_MSG: int
PJSIP_SC_MOVED_TEMPORARILY: int
PJSIP_SC_REQUEST_PENDING: int
PJSIP_SC_DECLINE: int
PJSUA_CALL_UNHOLD: int
PJSUA_CALL_UPDATE_CONTACT: int
PJSUA_CALL_UPDATE_VIA: int
PJSUA_CALL_REINIT_MEDIA: int
PJSIP_SC_NOT_ACCEPTABLE_HERE: int
PJSIP_TP_STATE_CONNECTED: int
PJSIP_TP_STATE_DISCONNECTED: int
PJSIP_TP_STATE_SHUTDOWN: int
PJSIP_TP_STATE_DESTROY: int
PJMEDIA_SRTP_KEYING_SDES: int
PJSIP_INV_STATE_EARLY: int
PJSIP_INV_STATE_CONFIRMED: int
PJSIP_INV_STATE_DISCONNECTED: int
PJSIP_ROLE_UAC: int
PJSIP_SC_RINGING: int
PJSIP_SC_OK: int
PJSIP_SC_REQUEST_TERMINATED: int
PJSIP_SC_REQUEST_TIMEOUT: int
PJ_QOS_PARAM_HAS_DSCP: int
PJSIP_TRANSPORT_UDP: int
PJSIP_TRANSPORT_TCP: int
PJMEDIA_TYPE_AUDIO: int
PJMEDIA_FORMAT_PCM: int
PJMEDIA_FRAME_TYPE_AUDIO: int

_T = TypeVar("_T")

class Error(Exception):
    status: int
    title: str
    reason: str
    def info(self, multi_line: bool = ...) -> str: ...

class _Vector(Generic[_T]):
    """A std::vector; valid as long as what it was read from."""
    def __iter__(self) -> Iterator[_T]: ...
    def __len__(self) -> int: ...
    def append(self, value: _T) -> None: ...

class ByteVector(_Vector[int]):
    this: Any
    def __init__(self, size_or_values: int | Sequence[int] = ..., value: int = ...) -> None: ...

class LogEntry:
    msg: str

class LogWriter:
    def write(self, entry: LogEntry) -> None: ...
    def __disown__(self) -> object: ...

class LogConfig:
    level: int
    consoleLevel: int
    filename: str
    writer: LogWriter

class UaConfig:
    maxCalls: int
    threadCnt: int
    mainThreadOnly: bool
    userAgent: str

class EnumPointer:
    """Of an enum that SWIG was told nothing of: an int's address."""

    def __int__(self) -> int: ...
    def disown(self) -> None: ...

class MediaConfig:
    clockRate: int
    sndClockRate: int
    channelCount: int
    audioFramePtime: int
    ptime: int
    noVad: bool
    ecTailLen: int
    sndAutoCloseTime: int
    jbInit: int
    jbMinPre: int
    jbMaxPre: int
    jbMax: int
    jbDiscardAlgo: EnumPointer

class EpConfig:
    uaConfig: UaConfig
    logConfig: LogConfig
    medConfig: MediaConfig

class QosParams:
    flags: int
    dscp_val: int

class TransportConfig:
    port: int
    portRange: int
    qosParams: QosParams
    boundAddress: str
    publicAddress: str

class CodecInfo:
    codecId: str
    priority: int

class AudDevManager:
    def setNullDev(self) -> None: ...

class TransportInfo:
    localAddress: str

class OnSelectAccountParam:
    rdata: SipRxData
    accountIndex: int

class OnTransportStateParam:
    hnd: Any
    type: str
    state: int
    lastError: int

class Endpoint:
    def transportGetInfo(self, id: int) -> TransportInfo: ...
    def transportShutdown(self, tp: Any) -> None: ...
    def onSelectAccount(self, prm: OnSelectAccountParam) -> None: ...
    def onTransportState(self, prm: OnTransportStateParam) -> None: ...
    def libCreate(self) -> None: ...
    def libInit(self, config: EpConfig) -> None: ...
    def libStart(self) -> None: ...
    def libHandleEvents(self, msec_timeout: int) -> int: ...
    def libDestroy(self, flags: int = ...) -> None: ...
    def transportCreate(self, type: int, config: TransportConfig) -> int: ...
    def audDevManager(self) -> AudDevManager: ...
    def codecEnum2(self) -> _Vector[CodecInfo]: ...
    def codecSetPriority(self, codec_id: str, priority: int) -> None: ...

class AuthCredInfo:
    def __init__(self, scheme: str, realm: str, username: str, dataType: int, data: str) -> None: ...

class AccountRegConfig:
    registrarUri: str
    registerOnAdd: bool
    timeoutSec: int
    retryIntervalSec: int
    firstRetryIntervalSec: int
    randomRetryIntervalSec: int
    dropCallsOnFail: bool
    unregWaitMsec: int

class AccountSipConfig:
    authCreds: _Vector[AuthCredInfo]
    proxies: _Vector[str]
    transportId: int
    contactForced: str

class AccountNatConfig:
    contactRewriteUse: int
    viaRewriteUse: int

class AccountMwiConfig:
    enabled: bool

class SrtpOpt:
    keyings: _Vector[int]

class AccountMediaConfig:
    transportConfig: TransportConfig
    srtpUse: int
    srtpSecureSignaling: int
    srtpOpt: SrtpOpt

class AccountConfig:
    idUri: str
    regConfig: AccountRegConfig
    sipConfig: AccountSipConfig
    mediaConfig: AccountMediaConfig
    natConfig: AccountNatConfig
    mwiConfig: AccountMwiConfig

class SipRxData:
    wholeMsg: str
    srcAddress: str

class OnIncomingCallParam:
    callId: int
    rdata: SipRxData

class OnRegStateParam:
    status: int
    code: int
    reason: str
    expiration: int
    rdata: SipRxData

class OnMwiInfoParam:
    rdata: SipRxData

class SdpSession:
    wholeSdp: str

class OnCallSdpCreatedParam:
    sdp: SdpSession
    remSdp: SdpSession

class OnCallMediaStateParam: ...

class SipTransaction:
    role: int
    method: str
    statusCode: int
    state: int
    pjTransaction: SupportsInt

class TsxStateEventSrc:
    rdata: SipRxData

class TsxStateEvent:
    type: int
    src: TsxStateEventSrc
    tsx: SipTransaction

class SipEventBody:
    tsxState: TsxStateEvent

class SipEvent:
    type: int
    body: SipEventBody

class OnCallStateParam:
    e: SipEvent

class OnCallTsxStateParam:
    e: SipEvent

class OnCallTransferStatusParam:
    statusCode: int
    reason: str
    finalNotify: bool
    cont: bool

class OnCallTransferRequestParam:
    dstUri: str
    statusCode: int

class OnCallReplaceRequestParam:
    rdata: SipRxData
    statusCode: int
    reason: str

class OnCallReplacedParam:
    newCallId: int
    newCall: Call

class OnCallRedirectedParam:
    targetUri: str
    e: SipEvent

class CallSendDtmfParam:
    method: int
    digits: str

class SipHeader:
    hName: str
    hValue: str

class SipTxOption:
    headers: _Vector[SipHeader]

class OnDtmfDigitParam:
    digit: str

class Account:
    def __init__(self) -> None: ...
    def create(self, config: AccountConfig, make_default: bool = ...) -> None: ...
    def modify(self, config: AccountConfig) -> None: ...
    def shutdown(self) -> None: ...
    def setRegistration(self, renew: bool) -> None: ...
    def onIncomingCall(self, prm: OnIncomingCallParam) -> None: ...
    def getId(self) -> int: ...
    def onMwiInfo(self, prm: OnMwiInfoParam) -> None: ...
    def onRegState(self, prm: OnRegStateParam) -> None: ...

class CallSetting:
    flag: int
    audioCount: int
    videoCount: int

class CallOpParam:
    opt: CallSetting
    options: int
    txOption: SipTxOption
    statusCode: int
    reason: str
    def __init__(self, useDefaultCallSetting: bool = ...) -> None: ...

class CallMediaInfo:
    index: int
    type: int
    status: int

class CallInfo:
    """Keep it in a variable while its parts are read: they are freed with it."""

    callIdString: str
    role: int
    state: int
    lastStatusCode: int
    lastReason: str
    remoteUri: str
    media: _Vector[CallMediaInfo]

class MathStat:
    n: int
    last: int
    mean: int

class RtcpStreamStat:
    updateCount: int
    pkt: int
    discard: int
    loss: int
    jitterUsec: MathStat

class RtcpStat:
    rxStat: RtcpStreamStat
    txStat: RtcpStreamStat
    rttUsec: MathStat

class JbufState:
    size: int
    avgDelayMsec: int
    lost: int
    discard: int
    empty: int

class StreamStat:
    rtcp: RtcpStat
    jbuf: JbufState

class CodecParamSetting:
    frmPerPkt: int

class CodecParamInfo:
    frameLen: int
    frameLenDenum: int

class CodecParam:
    info: CodecParamInfo
    setting: CodecParamSetting

class StreamInfo:
    """Keep it in a variable while its parts are read."""

    codecName: str
    audCodecParam: CodecParam

class Media: ...

class AudioMedia(Media):
    def getPortId(self) -> int: ...
    def startTransmit(self, sink: AudioMedia) -> None: ...
    def stopTransmit(self, sink: AudioMedia) -> None: ...

class Call:
    def __init__(self, account: Account, call_id: int = ...) -> None: ...
    def getInfo(self) -> CallInfo: ...
    def isActive(self) -> bool: ...
    def getAudioMedia(self, index: int) -> AudioMedia: ...
    def getStreamInfo(self, index: int) -> StreamInfo: ...
    def getStreamStat(self, index: int) -> StreamStat: ...
    def makeCall(self, uri: str, prm: CallOpParam) -> None: ...
    def answer(self, prm: CallOpParam) -> None: ...
    def hangup(self, prm: CallOpParam) -> None: ...
    def setHold(self, prm: CallOpParam) -> None: ...
    def reinvite(self, prm: CallOpParam) -> None: ...
    def dialDtmf(self, digits: str) -> None: ...
    def sendDtmf(self, param: CallSendDtmfParam) -> None: ...
    def xfer(self, dest: str, prm: CallOpParam) -> None: ...
    def xferReplaces(self, dest_call: Call, prm: CallOpParam) -> None: ...
    def onCallTsxState(self, prm: OnCallTsxStateParam) -> None: ...
    def onCallTransferStatus(self, prm: OnCallTransferStatusParam) -> None: ...
    def onCallTransferRequest(self, prm: OnCallTransferRequestParam) -> None: ...
    def onCallReplaceRequest(self, prm: OnCallReplaceRequestParam) -> None: ...
    def onCallReplaced(self, prm: OnCallReplacedParam) -> None: ...
    def onCallRedirected(self, prm: OnCallRedirectedParam) -> int: ...
    def onCallState(self, prm: OnCallStateParam) -> None: ...
    def onCallMediaState(self, prm: OnCallMediaStateParam) -> None: ...
    def onCallSdpCreated(self, prm: OnCallSdpCreatedParam) -> None: ...
    def onDtmfDigit(self, prm: OnDtmfDigitParam) -> None: ...

class AudioMediaPlayer(AudioMedia):
    def __init__(self) -> None: ...
    def createPlayer(self, file_name: str, options: int = ...) -> None: ...

class MediaFormatAudio:
    def init(
        self, formatId: int, clockRate: int, channelCount: int, frameTimeUsec: int, bitsPerSample: int
    ) -> None: ...

class MediaFrame:
    type: int
    buf: ByteVector
    size: int

class AudioMediaPort(AudioMedia):
    def __init__(self) -> None: ...
    def createPort(self, name: str, fmt: MediaFormatAudio) -> None: ...
    def onFrameRequested(self, frame: MediaFrame) -> None: ...
    def onFrameReceived(self, frame: MediaFrame) -> None: ...

"""One leg in PJSIP. Callbacks arrive on the main thread from within the library; each makes a value and hands it to
`tell`, which keeps it until the library has returned.

A re-INVITE that meets one of the far side's (491, RFC 3261 14.1) is sent again after a random while. A REFER waits for
the re-INVITE before it, so that the far side holds still when it is asked to go elsewhere. A REFER that comes to us is
declined: whom an agent talks to is the agent's choice."""

import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import Protocol

import pjsua2 as pj

from desk.telephony.lines import sdp_codecs
from desk.telephony.lines.party_headers import raw_message, read_contacts
from desk.telephony.pj import transactions
from desk.telephony.pj.guard import guarded
from desk.telephony.pj.statistics import read_statistics
from desk.telephony.stack import (
    Confirmed,
    Digit,
    Ended,
    FarHold,
    Leg,
    LegStatistics,
    MediaFlows,
    NotNow,
    Progressed,
    Signal,
    TransferTold,
)

GLARE_S = (2.1, 4.0)  # RFC 3261 14.1, for the owner of the Call-ID; the other side takes 0 to 2 s
REINVITE_MOST_S = 4.0  # a REFER waits no longer for a re-INVITE that is not answered
_FLOWING = frozenset({pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD})
_WITH_OFFER = frozenset({"INVITE", "UPDATE"})
_HELD = _FLOWING | {pj.PJSUA_CALL_MEDIA_LOCAL_HOLD}

_log = logging.getLogger(__name__)


class Owner(Protocol):
    """`PjStack`, as a leg knows it."""

    def tell(self, signal: Signal) -> None: ...

    def audio_changed(self, call: "PjCall") -> None: ...

    def replacing(self, call: "PjCall", untrusted_invite: str, source: str) -> int:
        """Somebody asks to take this leg's place: the SIP code of the answer."""
        ...

    def replaced(self, call: "PjCall", pj_id: int) -> "PjCall":
        """It is done: the new leg."""
        ...


class PjCall(pj.Call):
    """`tried`: URIs that this leg has called, the present one last; `mark`: what goes along (see `SipStack.dial`)."""

    def __init__(
        self, account: pj.Account, leg: Leg, owner: Owner, line: str, pj_id: int = pj.PJSUA_INVALID_ID
    ) -> None:
        super().__init__(account, pj_id)
        self.leg, self.line = leg, line
        self.by_us = False
        self.ended = False
        self.hold_wanted = False
        self.tried: tuple[str, ...] = ()
        self.mark = ""
        self.sent_on = ""  # where a 3xx sends us
        self._owner = owner
        self._codecs: tuple[str, ...] = getattr(account, "codecs", ())
        self._moved = False
        self._confirmed = False
        self._far_hold = False
        self._hold_due = False  # a re-INVITE is still to be sent
        self._not_before_s = 0.0
        self._reinvited_at_s = 0.0  # when one was sent that is not answered yet
        self._refer: Callable[[], None] | None = None
        # Method -> transaction within the call. By method, because we are not told of the end of one that is sent again
        # with a password; there is one of each at a time.
        self._unanswered: dict[str, int] = {}

    # ---- callbacks

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        info = self.getInfo()  # kept: the parts of a temporary are freed under their reader
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            early_media = self._index(info, _FLOWING) is not None or _has_sdp(prm.e)
            self._owner.tell(Progressed(self.leg, info.lastStatusCode, early_media))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and not self._confirmed:
            self._confirmed = True
            self._owner.tell(Confirmed(self.leg))
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED and not self.ended:
            self.ended = True
            transactions.end(tuple(self._unanswered.values()))
            self._owner.tell(Ended(self.leg, self._cause(info), info.lastReason, self.by_us))

    @guarded
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:  # noqa: ARG002 - PJSIP's signature
        info = self.getInfo()
        status = next((media.status for media in info.media if media.type == pj.PJMEDIA_TYPE_AUDIO), None)
        far_hold = status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
        if status in _FLOWING and far_hold != self._far_hold:
            self._far_hold = far_hold
            self._owner.tell(FarHold(self.leg, far_hold))
        if status in _FLOWING:
            self._owner.tell(MediaFlows(self.leg))
        self._owner.audio_changed(self)

    @guarded
    def onCallSdpCreated(self, prm: pj.OnCallSdpCreatedParam) -> None:
        if self._codecs:
            prm.sdp.wholeSdp = sdp_codecs.only(prm.sdp.wholeSdp, self._codecs)

    @guarded
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self._owner.tell(Digit(self.leg, prm.digit))

    @guarded
    def onCallTsxState(self, prm: pj.OnCallTsxStateParam) -> None:
        if not self._confirmed or prm.e.type != pj.PJSIP_EVENT_TSX_STATE:
            return
        tsx = prm.e.body.tsxState.tsx
        if tsx.method not in _WITH_OFFER or tsx.role != pj.PJSIP_ROLE_UAC:
            return
        if tsx.statusCode < 200:
            self._unanswered[tsx.method] = int(tsx.pjTransaction)
            return
        if self._unanswered.get(tsx.method) == int(tsx.pjTransaction):
            del self._unanswered[tsx.method]
        if not self._reinvited_at_s or tsx.method != "INVITE":
            return
        self._reinvited_at_s = 0.0
        if tsx.statusCode == pj.PJSIP_SC_REQUEST_PENDING:
            self._hold_due, self._not_before_s = True, time.monotonic() + random.uniform(*GLARE_S)  # noqa: S311

    @guarded
    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        final = bool(prm.finalNotify) or int(prm.statusCode) >= 300
        self._owner.tell(TransferTold(self.leg, int(prm.statusCode), prm.reason, final))
        prm.cont = not final

    @guarded
    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:
        _log.info("a REFER of the far side was declined")
        prm.statusCode = pj.PJSIP_SC_DECLINE

    @guarded
    def onCallReplaceRequest(self, prm: pj.OnCallReplaceRequestParam) -> None:
        prm.statusCode = self._owner.replacing(self, prm.rdata.wholeMsg, prm.rdata.srcAddress)

    @guarded
    def onCallReplaced(self, prm: pj.OnCallReplacedParam) -> None:
        self.by_us = True  # PJSIP hangs it up for us
        prm.newCall = self._owner.replaced(self, prm.newCallId)

    def onCallRedirected(self, prm: pj.OnCallRedirectedParam) -> int:
        """PJSIP 2.15.1 asserts when it follows a second redirection of one call, so it follows none: the stack dials
        anew."""
        with contextlib.suppress(Exception):  # nothing may be raised into PJSIP
            # not prm.targetUri, which pjsua2 prints without its port and transport
            contacts = read_contacts(raw_message(prm.e.body.tsxState.src.rdata.wholeMsg))
            self.sent_on = self.sent_on or (contacts[0] if contacts else "")
        return int(pj.PJSIP_REDIRECT_STOP)

    # ----

    def _cause(self, info: pj.CallInfo) -> int:
        """PJSIP keeps the code that `hangup` was given, whatever became of it: a BYE of ours is a normal end, a CANCEL
        of ours leaves 487."""
        if self.by_us and self._confirmed:
            return int(pj.PJSIP_SC_OK)
        if self.by_us and info.role == pj.PJSIP_ROLE_UAC:
            return int(pj.PJSIP_SC_REQUEST_TERMINATED)
        return int(info.lastStatusCode)

    @staticmethod
    def _index(info: pj.CallInfo, statuses: frozenset[int]) -> int | None:
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in statuses:
                return int(media.index)
        return None

    def audio(self, held: bool = False) -> pj.AudioMedia | None:
        """Its audio on the bridge, while it flows; `held`: also while we hold it."""
        if self.ended:
            return None
        try:
            info = self.getInfo()
            index = self._index(info, _HELD if held else _FLOWING)
            return None if index is None else self.getAudioMedia(index)
        except pj.Error:  # gone between two events
            return None

    def statistics(self) -> LegStatistics | None:
        if self.ended:
            return None
        try:
            index = self._index(self.getInfo(), _FLOWING)
            return None if index is None else read_statistics(self, index)
        except pj.Error:  # gone between two events
            return None

    # ---- what waits for its moment

    def hold(self, on: bool) -> None:
        self.hold_wanted, self._hold_due = on, True
        if not on:
            self._refer = None  # taken back before it was sent

    def move(self) -> None:
        """Our address has changed: a re-INVITE tells the far side."""
        if self._confirmed:
            self._moved = self._hold_due = True

    def refer(self, send: Callable[[], None]) -> None:
        """Send this REFER as soon as the re-INVITE before it is through."""
        self._refer = send

    def renew(self, now_s: float) -> None:
        """Send what is due and can be sent; said again and again."""
        if self.ended:
            return
        if self._hold_due and now_s >= self._not_before_s:
            with contextlib.suppress(pj.Error):  # another re-INVITE is under way: again next time
                self._reinvite()
        if self._refer is not None and not self._hold_due and now_s >= self._reinvited_at_s + self._patience_s:
            send, self._refer = self._refer, None
            try:
                send()
            except pj.Error as error:
                self._owner.tell(TransferTold(self.leg, 500, error.reason, final=True))

    @property
    def _patience_s(self) -> float:
        return REINVITE_MOST_S if self._reinvited_at_s else 0.0

    def _reinvite(self) -> None:
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        moved = 0
        if self._moved:
            moved = pj.PJSUA_CALL_UPDATE_CONTACT | pj.PJSUA_CALL_UPDATE_VIA | pj.PJSUA_CALL_REINIT_MEDIA
        if self.hold_wanted:
            prm.options = moved & pj.PJSUA_CALL_UPDATE_CONTACT
            self.setHold(prm)
        else:
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD | moved
            self.reinvite(prm)
        self._moved = False
        self._hold_due, self._reinvited_at_s = False, time.monotonic()

    @property
    def up(self) -> bool:
        """Answered, and not over."""
        return self._confirmed and not self.ended

    def require_up(self) -> None:
        """Raises `NotNow`."""
        if not self.up:
            raise NotNow("it is not answered")


def _has_sdp(event: pj.SipEvent) -> bool:
    """Whether it is an answer with a session in it; the audio of that is told of only afterwards."""
    if event.type != pj.PJSIP_EVENT_TSX_STATE or event.body.tsxState.type != pj.PJSIP_EVENT_RX_MSG:
        return False
    return "\r\nm=audio " in event.body.tsxState.src.rdata.wholeMsg

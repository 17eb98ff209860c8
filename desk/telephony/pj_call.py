"""One leg in PJSIP. Callbacks arrive on the main thread from within the library; each makes a value and hands it to
`tell`, which keeps it until the library has returned."""

from collections.abc import Callable

import pjsua2 as pj

from desk.telephony.pj_guard import guarded
from desk.telephony.stack import Confirmed, Digit, Ended, Leg, MediaFlows, Progressed, Signal

_FLOWING = frozenset({pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD})


class PjCall(pj.Call):
    def __init__(
        self, account: pj.Account, leg: Leg, tell: Callable[[Signal], None], pj_id: int = pj.PJSUA_INVALID_ID
    ) -> None:
        super().__init__(account, pj_id)
        self.leg = leg
        self.by_us = False
        self.ended = False
        self.hold_wanted = False
        self.hold_due = False  # a re-INVITE is still to be sent
        self._tell = tell
        self._confirmed = False

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:  # noqa: ARG002 - PJSIP's signature
        info = self.getInfo()  # kept: the parts of a temporary are freed under their reader
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            self._tell(Progressed(self.leg, info.lastStatusCode, self._flowing_index(info) is not None))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and not self._confirmed:
            self._confirmed = True
            self._tell(Confirmed(self.leg))
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED and not self.ended:
            self.ended = True
            self._tell(Ended(self.leg, self._cause(info), info.lastReason, self.by_us))

    @guarded
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:  # noqa: ARG002 - PJSIP's signature
        if self._flowing_index(self.getInfo()) is not None:
            self._tell(MediaFlows(self.leg))

    @guarded
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self._tell(Digit(self.leg, prm.digit))

    def _cause(self, info: pj.CallInfo) -> int:
        """PJSIP keeps the code that `hangup` was given, whatever became of it: a BYE of ours is a normal end, a CANCEL
        of ours leaves 487."""
        if self.by_us and self._confirmed:
            return int(pj.PJSIP_SC_OK)
        if self.by_us and info.role == pj.PJSIP_ROLE_UAC:
            return int(pj.PJSIP_SC_REQUEST_TERMINATED)
        return int(info.lastStatusCode)

    @staticmethod
    def _flowing_index(info: pj.CallInfo) -> int | None:
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in _FLOWING:
                return int(media.index)
        return None

    def audio(self) -> pj.AudioMedia | None:
        """Its audio on the bridge, while it flows."""
        if self.ended:
            return None
        try:
            info = self.getInfo()
            index = self._flowing_index(info)
            return None if index is None else self.getAudioMedia(index)
        except pj.Error:  # gone between two events
            return None

    def renew_hold(self) -> None:
        """Send the re-INVITE that is due; stays due while another one is under way. Raises `pj.Error` if it cannot."""
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        if self.hold_wanted:
            self.setHold(prm)
        else:
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.reinvite(prm)
        self.hold_due = False

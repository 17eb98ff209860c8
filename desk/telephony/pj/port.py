"""The ports of ours on PJSIP's conference bridge: the headset's, and the ears of a conference. Their methods
are called by PJSIP's clock thread, one after the other every 20 ms, and hand over to `FrameClock`."""

import pjsua2 as pj

from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_BYTES, FRAME_MS, RATE_HZ
from desk.telephony.pj.frames import ReadFrame, WriteFrame
from desk.telephony.pj.guard import guarded
from desk.telephony.stack import Leg


class PjHeadsetPort(pj.AudioMediaPort):
    def __init__(self, clock: FrameClock, read: ReadFrame, write: WriteFrame) -> None:
        super().__init__()
        self._clock, self._read, self._write = clock, read, write

    def create(self) -> None:
        """Put the port on the bridge; after the library has started."""
        audio = pj.MediaFormatAudio()
        audio.init(pj.PJMEDIA_FORMAT_PCM, RATE_HZ, 1, FRAME_MS * 1000, 16)
        self.createPort("headset", audio)

    @guarded
    def onFrameRequested(self, frame: pj.MediaFrame) -> None:
        self._write(frame, self._clock.mouth())

    @guarded
    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        self._clock.ear(self._read(frame) if frame.size == FRAME_BYTES else b"")


class PjLegPort(pj.AudioMediaPort):
    """Hears one leg of a conference, for the recording. Created after the headset's, so that the bridge serves it after
    that in every tick."""

    def __init__(self, clock: FrameClock, read: ReadFrame) -> None:
        super().__init__()
        self._clock, self._read = clock, read
        self.leg: Leg | None = None

    def create(self, name: str) -> None:
        audio = pj.MediaFormatAudio()
        audio.init(pj.PJMEDIA_FORMAT_PCM, RATE_HZ, 1, FRAME_MS * 1000, 16)
        self.createPort(name, audio)

    @guarded
    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        if self.leg is not None and frame.size == FRAME_BYTES:
            self._clock.far(self.leg, self._read(frame))

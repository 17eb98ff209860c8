"""The headset's port on PJSIP's conference bridge. Its two methods are called by PJSIP's clock thread, one after the
other every 20 ms, and hand over to `FrameClock`."""

import pjsua2 as pj

from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_BYTES, FRAME_MS, RATE_HZ
from desk.telephony.pj_frames import ReadFrame, WriteFrame
from desk.telephony.pj_guard import guarded


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

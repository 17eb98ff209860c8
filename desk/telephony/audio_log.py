"""Logs what became of the frames of every call: the figures that the benchmark reads. Phone process, main thread."""

import logging

from desk.domain import events
from desk.domain.identity import CallId
from desk.telephony.companion import Companion, Workplace
from desk.telephony.headset.port import HeadsetCounts

_log = logging.getLogger("desk.telephony.audio")


class AudioLog(Companion):
    """Counts from the last answer on, and tells the headset that a call begins."""

    def __init__(self, workplace: Workplace) -> None:
        self._frames, self._headset = workplace.frames, workplace.headset
        self._counted = HeadsetCounts()

    def heard(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallAnswered):
            self._frames.forget()
            self._headset.begin_call()
            self._counted = self._headset.counts
        elif isinstance(event, events.CallEnded):
            self._write(event.call_id)

    def _write(self, call_id: CallId) -> None:
        before, now, ticks = self._counted, self._headset.counts, self._frames.counts
        _log.info(
            "call audio",
            extra={
                "call_id": call_id,
                "ticks": ticks.ticks,
                "longest_gap_ms": round(ticks.longest_gap_ms, 1),
                "microphone_lost": now.microphone.lost - before.microphone.lost,
                "microphone_repeated": now.microphone.repeated - before.microphone.repeated,
                "microphone_delay_ms": now.microphone.delay_ms,
                "earpiece_lost": now.earpiece.lost - before.earpiece.lost,
                "earpiece_repeated": now.earpiece.repeated - before.earpiece.repeated,
                "earpiece_delay_ms": now.earpiece.delay_ms,
            },
        )

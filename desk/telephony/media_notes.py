"""Every second of a call that is talked on, what came and went, as figures for the notes of the last minutes; and that
the process itself stood still, where it did. Costs a look at PJSIP's statistics per call and second (some 0.3 ms), and
nothing on the audio clock. Phone process, main thread."""

from collections.abc import Callable, Mapping
from typing import Any

from desk.domain import events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.telephony.companion import Companion, Workplace
from desk.telephony.stack import LegStatistics

EVERY_S = 1.0
STOOD_STILL_S = 3.0  # between two rounds of a loop that turns fifty times a second

NoteDown = Callable[[str, Mapping[str, Any]], None]  # kind, figures


class MediaNotes(Companion):
    def __init__(self, workplace: Workplace, note: NoteDown) -> None:
        self._at, self._note = workplace, note
        self._last: dict[CallId, LegStatistics] = {}
        self._looked_s = self._ticked_s = 0.0

    def heard(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallEnded | events.CallHeld):
            self._last.pop(event.call_id, None)

    def tick(self, now_s: float) -> None:
        if self._ticked_s and now_s - self._ticked_s > STOOD_STILL_S:
            self._note("slept", {"slept_s": round(now_s - self._ticked_s, 1)})
        self._ticked_s = now_s
        if now_s - self._looked_s < EVERY_S:
            return
        self._looked_s = now_s
        talked = [call for call in self._at.calls() if call.phase is Phase.UP]
        for call in talked:
            self._look(call)

    def _look(self, call: Call) -> None:
        leg = self._at.leg(call.call_id)
        now = self._at.stack.statistics(leg) if leg is not None else None
        if now is None:
            self._note("media", {"call_id": str(call.call_id), "codec": ""})
            return
        before = self._last.get(call.call_id)
        self._last[call.call_id] = now
        if before is None or now.received < before.received:  # a new stream counts anew
            return
        counts = self._at.headset.counts
        self._note(
            "media",
            {
                "call_id": str(call.call_id),
                "codec": now.codec,
                "received": now.received - before.received,
                "lost": max(now.lost - before.lost, 0),
                "late": max(now.discarded - before.discarded, 0),
                "sent": now.sent - before.sent,
                "sent_lost": now.sent_lost,
                "jitter_ms": round(now.jitter_ms, 1),
                "round_trip_ms": now.round_trip_ms and round(now.round_trip_ms, 1),
                "buffer_ms": round(now.buffer_ms, 1),
                "microphone_lost": counts.microphone.lost,
                "earpiece_lost": counts.earpiece.lost,
            },
        )

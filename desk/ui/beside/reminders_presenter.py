"""When a sound reminds the agent of a call: one on hold too long, one that rings too long, one whose recording was
paused and forgotten. No Qt, no clock. What the
agent is busy with right now makes no sound: a call on hold whose handler is being talked to, a call that answers by
itself. In the middle of a talk a reminder is quiet."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from desk.domain.calls import RUNNING, Call, Phase
from desk.domain.identity import CallId

RING_AGAIN_S = 6.0
LEAST_HOLD_AGAIN_S = 15.0
PAUSED_S, PAUSED_AGAIN_S = 60.0, 20.0  # a card number is read out in half a minute


class Reminder(Enum):
    HELD = "held"
    RINGS = "rings"
    PAUSED = "paused"  # the recording


@dataclass(frozen=True, slots=True)
class Due:
    """`quiet`: somebody is being talked to."""

    reminder: Reminder
    call_id: CallId
    quiet: bool


@dataclass
class Reminders:
    """`hold_too_long_s`, `ring_too_long_s`: 0 = never."""

    hold_too_long_s: float
    ring_too_long_s: float
    _told: dict[CallId, datetime] = field(default_factory=dict)
    _paused_since: dict[CallId, datetime] = field(default_factory=dict)

    def due(self, calls: Collection[Call], now: datetime) -> Due | None:
        """The most pressing that is due now; it is taken as told."""
        running = [call for call in calls if call.phase in RUNNING]
        self._told = {call.call_id: self._told[call.call_id] for call in running if call.call_id in self._told}
        paused = [call.call_id for call in running if call.recording_paused]
        self._paused_since = {call_id: self._paused_since.get(call_id, now) for call_id in paused}
        talking = any(call.phase is Phase.UP for call in running)
        worked_on = {call.consults for call in running if call.consults and call.phase is not Phase.HELD}
        for call in sorted(running, key=lambda one: (one.phase is not Phase.RINGING, one.offered_at)):
            wanted = self._wanted(call, worked_on)
            if wanted is None:
                self._told.pop(call.call_id, None)
                continue
            reminder, since, first_s, again_s = wanted
            told = self._told.get(call.call_id)
            waited_s = (now - (told or since)).total_seconds()
            if waited_s >= (again_s if told else first_s):
                self._told[call.call_id] = now
                return Due(reminder, call.call_id, talking)
        return None

    def _wanted(
        self, call: Call, worked_on: Collection[CallId | None]
    ) -> tuple[Reminder, datetime, float, float] | None:
        """What this call would remind of, since when it has stood so, after how long and how often."""
        if call.phase is Phase.RINGING and self.ring_too_long_s and call.answers_in_s is None:
            return Reminder.RINGS, call.offered_at, self.ring_too_long_s, RING_AGAIN_S
        is_waiting = call.phase is Phase.HELD and call.held_at is not None and call.call_id not in worked_on
        if is_waiting and call.held_at and self.hold_too_long_s and not call.in_conference:
            again_s = max(LEAST_HOLD_AGAIN_S, self.hold_too_long_s / 2)
            return Reminder.HELD, call.held_at, self.hold_too_long_s, again_s
        since = self._paused_since.get(call.call_id)
        return (Reminder.PAUSED, since, PAUSED_S, PAUSED_AGAIN_S) if since is not None else None

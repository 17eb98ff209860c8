"""The extension that was typed behind a number ("87654321转803") is sent as tones once the other side has answered: its
exchange must have begun to speak, or it does not listen. A companion of the phone process: main thread."""

import logging

from desk.domain import commands, events
from desk.domain.calls import Phase
from desk.domain.identity import CallId
from desk.telephony.companion import Companion, Refusal, Workplace

PAUSE_S = 2.0  # from the answer; as softphones and mobiles read a comma in a number
_log = logging.getLogger(__name__)


class PostDial(Companion):
    def __init__(self, place: Workplace) -> None:
        self._to = place
        self._digits: dict[CallId, str] = {}
        self._answered: set[CallId] = set()
        self._due_s: dict[CallId, float] = {}

    def heard(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallDialled) and event.post_dial:
            self._digits[event.call_id] = event.post_dial
        elif isinstance(event, events.CallAnswered) and event.call_id in self._digits:
            self._answered.add(event.call_id)
        elif isinstance(event, events.CallEnded):
            self._forget(event.call_id)

    def tick(self, now_s: float) -> None:
        for call_id in tuple(self._answered):
            if now_s >= self._due_s.setdefault(call_id, now_s + PAUSE_S) and self._is_up(call_id):
                self._send(call_id)

    def _is_up(self, call_id: CallId) -> bool:
        """One that is on hold waits."""
        return any(call.call_id == call_id and call.phase is Phase.UP for call in self._to.calls())

    def _send(self, call_id: CallId) -> None:
        digits = self._digits[call_id]
        self._forget(call_id)
        try:
            self._to.do(commands.SendDigits(call_id, digits))
        except Refusal as refusal:
            _log.warning("the extension was not sent: %s", refusal.reason, extra={"call_id": call_id})

    def _forget(self, call_id: CallId) -> None:
        self._digits.pop(call_id, None)
        self._due_s.pop(call_id, None)
        self._answered.discard(call_id)

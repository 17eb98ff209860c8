"""The calls that run, each with its leg, and what happens to them: every event goes through the state machine here, and
from here to whoever is to know. Phone process, main thread."""

from collections.abc import Callable
from datetime import datetime

from desk.domain import events
from desk.domain.calls import Call, Phase, advance, begin
from desk.domain.identity import CallId
from desk.telephony.companion import Refusal
from desk.telephony.stack import Leg
from desk.usecases.ports import Clock


class CallTable:
    """`publish` takes every call event, in order; `on_change` is called after each."""

    def __init__(
        self, clock: Clock, publish: Callable[[events.CallEvent], None], on_change: Callable[[], None]
    ) -> None:
        self.now: Callable[[], datetime] = clock
        self._publish, self._on_change = publish, on_change
        self._calls: dict[CallId, Call] = {}
        self._legs: dict[CallId, Leg] = {}
        self._ids: dict[Leg, CallId] = {}

    @property
    def calls(self) -> tuple[Call, ...]:
        """Oldest first."""
        return tuple(self._calls.values())

    def get(self, call_id: CallId | None) -> Call | None:
        return self._calls.get(call_id) if call_id is not None else None

    def find(self, call_id: CallId, *phases: Phase) -> Call:
        """Raises `Refusal` where there is no such call, or it is in none of these phases."""
        call = self._calls.get(call_id)
        if call is None:
            raise Refusal("no_such_call")
        if phases and call.phase not in phases:
            raise Refusal("not_now", call.phase.value)
        return call

    def up(self, *but: CallId) -> tuple[Call, ...]:
        """Those that are talked on, but these."""
        return tuple(call for call in self.calls if call.phase is Phase.UP and call.call_id not in but)

    def leg(self, call_id: CallId) -> Leg:
        return self._legs[call_id]

    def leg_or_none(self, call_id: CallId) -> Leg | None:
        return self._legs.get(call_id)

    def of_leg(self, leg: Leg) -> Call | None:
        return self.get(self._ids.get(leg))

    def begin(self, event: events.CallOffered | events.CallDialled, leg: Leg) -> Call:
        call = self._calls[event.call_id] = begin(event)
        self._legs[event.call_id], self._ids[leg] = leg, event.call_id
        self._publish(event)
        self._on_change()
        return call

    def happened(self, event: events.CallEvent) -> bool:
        """Whether it means something in the call's phase; the rest is repetition, and nobody is told."""
        call = self._calls.get(event.call_id)
        following = advance(call, event) if call is not None else None
        if following is None:
            return False
        self._calls[event.call_id] = following
        self._publish(event)
        self._on_change()
        return True

    def end(self, event: events.CallEnded) -> None:
        self._ids.pop(self._legs.pop(event.call_id), None)
        self._calls.pop(event.call_id)
        self._publish(event)
        self._on_change()

"""Whether a call runs at this seat, from what the phone says: what is slow and heavy goes gently then. Written by the
link's thread, read by any. While the phone is away the last it said stands: its calls may well still be running."""

from typing import Any

from desk.domain.events import CallDialled, CallEnded, CallOffered
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot


class RunningCalls:
    def __init__(self) -> None:
        self._calls: frozenset[CallId] = frozenset()

    @property
    def any(self) -> bool:
        return bool(self._calls)

    def hear(self, message: Any) -> None:
        """Any message of the phone's."""
        match message:
            case PhoneSnapshot(calls=calls):
                self._calls = frozenset(call.call_id for call in calls if call.ended_at is None)
            case CallOffered(call_id=call_id) | CallDialled(call_id=call_id):
                self._calls |= {call_id}
            case CallEnded(call_id=call_id):
                self._calls -= {call_id}
            case _:
                return

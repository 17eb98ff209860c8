"""Hold, resume, swap. Whatever takes the headset to another call holds the one that had it; a call that is put on hold
is cut off from the headset at once, whatever the far side answers to our re-INVITE; one that is taken off hold has it
again when its audio flows. Phone process, main thread."""

from desk.domain import events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.telephony.calls.call_table import CallTable
from desk.telephony.calls.talk import Talk
from desk.telephony.stack import NotNow, SipStack


class Holding:
    def __init__(self, table: CallTable, talk: Talk, stack: SipStack) -> None:
        self._table, self._talk, self._stack = table, talk, stack
        self._resuming: set[CallId] = set()

    def hold(self, call_id: CallId) -> None:
        """Raises `NotNow`."""
        self._resuming.discard(call_id)
        self._talk.take(call_id)
        self._stack.hold(self._table.leg(call_id), True)
        self._table.happened(events.CallHeld(call_id, self._table.now()))

    def hold_others(self, *but: CallId) -> None:
        for other in self._table.up(*but):
            try:
                self.hold(other.call_id)
            except NotNow:
                self._talk.take(other.call_id)  # it is ending

    def resume(self, call: Call, *beside: CallId) -> None:
        """The others that are talked on are held, but those that it is to be heard beside of. Raises `NotNow`."""
        if call.phase is not Phase.HELD:
            return
        self.hold_others(call.call_id, *beside)
        self._resuming.add(call.call_id)
        try:
            self._stack.hold(self._table.leg(call.call_id), False)
        except NotNow:
            self._resuming.discard(call.call_id)
            raise

    def flows(self, call: Call) -> None:
        """Its audio flows: it has the headset, where it was being taken off hold."""
        if call.phase is Phase.HELD and call.call_id in self._resuming:
            self._resuming.discard(call.call_id)
            self._talk.give(call.call_id)
            self._table.happened(events.CallResumed(call.call_id, self._table.now()))

    def resuming(self, call: Call) -> bool:
        """Whether it is being taken off hold."""
        return call.call_id in self._resuming

    def forget(self, call_id: CallId) -> None:
        self._resuming.discard(call_id)

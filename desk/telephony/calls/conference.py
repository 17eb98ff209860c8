"""The conference of three: the consulting call, the one it is about, and the agent, all of whom hear each other.

It is begun by taking off hold whichever of the two is held, and stands once both are talked on; it ends when one of
them is held or ends, and the other goes on with the agent. The recordings stay two, each with its own two channels:
left what that far side says, right what that far side is sent, which is the agent AND the other party: what was said
to it, whoever said it (`conference_mix`). Phone process, main thread."""

from desk.domain import events
from desk.domain.calls import TALKING, Call, Phase
from desk.domain.identity import CallId
from desk.telephony.calls.call_table import CallTable
from desk.telephony.calls.holding import Holding
from desk.telephony.calls.talk import Talk
from desk.telephony.companion import Refusal


def partner(table: CallTable, call: Call) -> Call | None:
    """The other half of the flow: the call that it consults about, the one that consults about it, or else the only
    other one that is talked on or held."""
    about = table.get(call.consults)
    if about is not None and about.phase in TALKING:
        return about
    consulting = [one for one in table.calls if one.consults == call.call_id]
    if consulting:
        return consulting[0]
    others = [one for one in table.calls if one.phase in TALKING and one.call_id != call.call_id]
    return others[0] if len(others) == 1 else None


class Conference:
    def __init__(self, table: CallTable, talk: Talk, holding: Holding) -> None:
        self._table, self._talk, self._holding = table, talk, holding
        self._pair: tuple[CallId, CallId] | None = None
        self._joined = False

    def confer(self, call: Call, on: bool) -> None:
        """Raises `Refusal`, `NotNow`."""
        other = partner(self._table, call)
        if other is None or other.phase not in TALKING:
            raise Refusal("not_now", "there is no second call")
        if not on:
            self._end(call, other)
            return
        if self._pair is not None:
            if call.call_id in self._pair:
                return
            raise Refusal("not_now", "there is a conference already")
        self._holding.hold_others(call.call_id, other.call_id)
        self._pair, self._joined = (other.call_id, call.call_id), False
        for one, beside in ((call, other), (other, call)):
            self._holding.resume(one, beside.call_id)
        self.settle()

    def _end(self, call: Call, other: Call) -> None:
        if other.phase is Phase.UP:
            self._holding.hold(other.call_id)
        self.settle()
        if call.phase is Phase.HELD:
            self._holding.resume(call)

    def members(self, call_id: CallId) -> tuple[CallId, ...]:
        """Those that are muted together with this one, itself among them."""
        return self._pair if self._joined and self._pair is not None and call_id in self._pair else (call_id,)

    def settle(self) -> None:
        """After everything that happened to a call: the conference begins or ends by the phases of its two."""
        if self._pair is None:
            return
        pair = [call for one in self._pair if (call := self._table.get(one)) is not None]
        whole = len(pair) == 2 and all(call.phase is Phase.UP for call in pair)
        if not self._joined and whole:
            self._joined = True
            self._talk.give(*self._pair)
            for call in pair:
                self._table.happened(events.ConferenceJoined(call.call_id, self._table.now()))
        elif self._joined and not whole:
            self._pair, self._joined = None, False
            for call in pair:
                self._table.happened(events.ConferenceLeft(call.call_id, self._table.now()))
        elif len(pair) < 2 or not all(call.phase is Phase.UP or self._holding.resuming(call) for call in pair):
            self._pair = None  # it never came about

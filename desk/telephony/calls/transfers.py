"""Sending a caller on: blind (REFER, RFC 3515) and after a consultation (REFER with Replaces, RFC 3891, as RFC 5589
tells). The promise: where it does not come about, for whatever reason, the caller is back with the agent, off hold; on
hold, where the agent talks to the next one meanwhile, whose words are not for the one before.

What SIP does not tell is decided here. A consulted telephone that still rings cannot be replaced (RFC 3891 section 3),
so the consulting call is cancelled and the caller is sent there blind. A far side that hangs up after it has accepted
the REFER has gone where it was sent: exchanges take the caller over with a BYE and no last word. One that accepts and
then says nothing is waited for `SILENT_S`, one that has said that it tries, `TRYING_S`: the agent may take the caller
back at any time. Phone process, main thread."""

import contextlib
from dataclasses import dataclass

from desk.domain import events
from desk.domain.calls import TALKING, Call, Phase
from desk.domain.identity import CallId
from desk.telephony.calls.call_table import CallTable
from desk.telephony.calls.conference import partner
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.holding import Holding
from desk.telephony.calls.talk import Talk
from desk.telephony.companion import Refusal
from desk.telephony.stack import NotNow, SipStack, TransferTold

SILENT_S = 30.0
TRYING_S = 120.0
LAST_WORD_S = 5.0  # the consulted side has hung up: it was replaced, or went away
TAKEN_BACK, NO_WORD = 487, 408


@dataclass
class _Transfer:
    target: str  # as people read it
    to: CallId | None = None  # the consulting call, where it is attended
    accepted: bool = False
    instead: str = ""  # the URI that the caller is sent to blind, once the consulting call is cancelled


class Transfers:
    def __init__(self, table: CallTable, talk: Talk, holding: Holding, stack: SipStack, deadlines: Deadlines) -> None:
        self._table, self._talk, self._holding = table, talk, holding
        self._stack, self._deadlines = stack, deadlines
        self._running: dict[CallId, _Transfer] = {}
        self._dialled: dict[CallId, str] = {}  # the URI of a call that we dialled

    # ---- commands

    def dialled(self, call_id: CallId, uri: str) -> None:
        """Kept for a transfer to a telephone that still rings. `uri` "": nobody can be sent there, because an extension
        is to be typed after the answer."""
        self._dialled[call_id] = uri

    def blind(self, call: Call, target: str, uri: str) -> None:
        """Raises `Refusal`, `NotNow`; the call is then as it was."""
        self._may(call)
        was_up = call.phase is Phase.UP
        if was_up:
            self._holding.hold(call.call_id)
        try:
            self._stack.transfer(self._table.leg(call.call_id), uri)
        except NotNow:
            if was_up:
                self._holding.resume(self._table.find(call.call_id))
            raise
        self._begin(call, _Transfer(target))

    def attended(self, consulting: Call) -> None:
        """Raises `Refusal`, `NotNow`."""
        about = partner(self._table, consulting)
        if about is not None and about.consults == consulting.call_id:
            consulting, about = about, consulting
        if about is None or about.phase not in TALKING:
            raise Refusal("not_now", "there is no call to be transferred")
        self._may(about)
        if consulting.phase in TALKING:
            self._stack.transfer_to(self._table.leg(about.call_id), self._table.leg(consulting.call_id))
            self._begin(about, _Transfer(consulting.party.number, to=consulting.call_id))
            return
        uri = self._dialled.get(consulting.call_id)
        if uri is None:
            raise Refusal("not_now", consulting.phase.value)
        if not uri:
            raise Refusal("bad_number", "extension")
        self._begin(about, _Transfer(consulting.party.number, to=consulting.call_id, instead=uri))
        self._stack.hang_up(self._table.leg(consulting.call_id))

    def cancel(self, call: Call) -> None:
        """The consulting call is hung up, or the transfer given up; the other one is back. Raises `Refusal`."""
        if self.take_back(call):
            return
        consulting = call
        about = self._table.get(call.consults)
        if about is None:
            found = [one for one in self._table.calls if one.consults == call.call_id]
            if not found:
                raise Refusal("not_now", "it consults about no call")
            consulting, about = found[0], call
        self._given_up(about.call_id, TAKEN_BACK, "taken back")
        self._talk.ring_back(consulting.call_id, on=False)
        self._talk.take(consulting.call_id)
        self._stack.hang_up(self._table.leg(consulting.call_id))
        self._back(about.call_id, consulting.call_id)

    def take_back(self, call: Call) -> bool:
        """Whether it was being transferred; it is no longer."""
        if self._given_up(call.call_id, TAKEN_BACK, "taken back") is None:
            return False
        self._back(call.call_id)
        return True

    # ---- signals

    def told(self, call: Call, signal: TransferTold) -> None:
        transfer = self._running.get(call.call_id)
        if transfer is None:
            return  # taken back already
        if 200 <= signal.code < 300 and signal.final:
            self._done(call, transfer)
        elif signal.final:
            self._fail(call.call_id, signal.code, signal.reason)
        else:
            transfer.accepted = True
            if signal.code < 200:
                self._wait(call.call_id, TRYING_S)
                self._table.happened(events.TransferProgressed(call.call_id, self._table.now(), signal.code))

    def ending(self, call: Call) -> None:
        """Before the table forgets it."""
        transfer = self._running.pop(call.call_id, None)
        self._deadlines.drop(("transfer", call.call_id))
        self._dialled.pop(call.call_id, None)
        if transfer is not None and transfer.accepted:
            self._transferred(call, transfer.target)
            self._release(transfer, call)
        for about_id, running in tuple(self._running.items()):
            if running.to == call.call_id and not running.instead:
                self._wait(about_id, LAST_WORD_S)
                if running.accepted:  # replaced, and quicker than the word of it
                    self._transferred(call, self._table.find(about_id).party.number)

    def ended(self, call: Call) -> None:
        """After the table has forgotten it: the caller that it was about is sent on, or is back with the agent."""
        for about_id, transfer in tuple(self._running.items()):
            if transfer.to == call.call_id and transfer.instead:
                uri, transfer.instead = transfer.instead, ""
                try:
                    self._stack.transfer(self._table.leg(about_id), uri)
                except NotNow as error:
                    self._fail(about_id, 500, str(error))
        about = self._table.get(call.consults)
        if about is not None and about.call_id not in self._running and not self._table.up(about.call_id):
            self._back(about.call_id)

    # ----

    def _may(self, call: Call) -> None:
        if call.call_id in self._running:
            raise Refusal("not_now", "it is being transferred")

    def _begin(self, call: Call, transfer: _Transfer) -> None:
        self._running[call.call_id] = transfer
        self._wait(call.call_id, SILENT_S)
        self._table.happened(events.TransferStarted(call.call_id, self._table.now(), transfer.target))

    def _wait(self, call_id: CallId, most_s: float) -> None:
        no_word = (call_id, NO_WORD, "no word of the transfer")
        self._deadlines.set(("transfer", call_id), most_s, lambda: self._fail(*no_word))

    def _done(self, call: Call, transfer: _Transfer) -> None:
        del self._running[call.call_id]
        self._deadlines.drop(("transfer", call.call_id))
        self._transferred(call, transfer.target)
        self._release(transfer, call)
        self._stack.hang_up(self._table.leg(call.call_id))

    def _release(self, transfer: _Transfer, call: Call) -> None:
        """The consulted side speaks to the caller now; both leave us."""
        consulting = self._table.get(transfer.to)
        if consulting is not None:
            self._transferred(consulting, call.party.number)
            self._stack.hang_up(self._table.leg(consulting.call_id))

    def _transferred(self, call: Call, target: str) -> None:
        self._table.happened(events.CallTransferred(call.call_id, self._table.now(), target))

    def _fail(self, call_id: CallId, code: int, reason: str) -> None:
        """By itself, at any moment: nobody is cut off in the middle of a talk for it."""
        transfer = self._given_up(call_id, code, reason)
        if transfer is not None and all(other.call_id == transfer.to for other in self._table.up(call_id)):
            self._back(call_id)

    def _given_up(self, call_id: CallId, code: int, reason: str) -> _Transfer | None:
        transfer = self._running.pop(call_id, None)
        if transfer is not None:
            self._deadlines.drop(("transfer", call_id))
            self._table.happened(events.TransferFailed(call_id, self._table.now(), code, reason))
        return transfer

    def _back(self, call_id: CallId, *leaving: CallId) -> None:
        call = self._table.get(call_id)
        if call is None:
            return
        with contextlib.suppress(NotNow):  # it is ending, and says so itself
            self._holding.resume(call, *leaving)

"""What becomes of a call that comes: it rings, is answered by itself, is busy, or goes elsewhere. Phone process, main
thread.

A call that is sent on or refused at once, by us or by the stack, is offered all the same, and ends in the same
instant: every call is in the call log. Nobody hears it ring."""

import contextlib
import logging
from collections.abc import Callable, Mapping

from desk.domain import events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.settings import LineSettings
from desk.telephony.calls.auto_answer import answers_in_s, beep
from desk.telephony.calls.availability import AvailabilityNow, Incoming, Verdict
from desk.telephony.calls.call_table import CallTable
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.talk import Audio
from desk.telephony.companion import Refusal
from desk.telephony.prompts.played_sound import PlayedSound
from desk.telephony.stack import NotNow, Offered, SipStack

BUSY = 486
_log = logging.getLogger(__name__)


class Reception:
    """`attended()`: an agent sits here, and is in no pause. `uri_of(typed, line)`: where that line sends it; raises
    `Refusal`. `answer(call)`: as the agent does; raises `NotNow`."""

    def __init__(
        self,
        table: CallTable,
        stack: SipStack,
        audio: Audio,
        lines: Mapping[str, LineSettings],
        availability: AvailabilityNow,
        deadlines: Deadlines,
        attended: Callable[[], bool],
        uri_of: Callable[[str, str], str],
        answer: Callable[[Call], None],
    ) -> None:
        self._table, self._stack, self._audio, self._lines = table, stack, audio, lines
        self._availability, self._deadlines = availability, deadlines
        self._attended, self._uri_of, self._answer = attended, uri_of, answer
        self._turned_away: set[CallId] = set()
        self._sent_on: dict[CallId, str] = {}

    def offered(self, call_id: CallId, signal: Offered) -> None:
        if signal.turned_away:
            self._turned_away.add(call_id)
            offered = events.CallOffered(call_id, self._table.now(), signal.line, signal.party, rings=False)
            self._table.begin(offered, signal.leg)
            return
        now, line, others = self._table.now(), self._lines[signal.line], self._table.calls
        incoming = Incoming(signal.party.number, signal.diversions, line.user, busy=bool(others))
        verdict = self._availability.judge(signal.line, incoming, now)
        uri = self._uri_or_none(verdict.target, signal.line)
        by_itself_s = None
        if uri or verdict.refused:
            self._turned_away.add(call_id)
        else:
            by_itself_s = answers_in_s(line, signal.answer_after_s, self._is_free())
        rings = call_id not in self._turned_away
        self._table.begin(events.CallOffered(call_id, now, signal.line, signal.party, by_itself_s, rings), signal.leg)
        if uri:
            self._redirect(call_id, uri)
        elif verdict.refused:
            self._stack.hang_up(signal.leg, BUSY)
        elif by_itself_s is not None:
            self._audio.play_to_agent(PlayedSound(beep()))
            self._deadlines.set(("answer", call_id), by_itself_s, lambda: self._answer_by_itself(call_id))
        else:
            self._forward_later(call_id, verdict, signal.line)

    def answered(self, call_id: CallId) -> None:
        """Nothing is to be done by itself any more."""
        for kind in ("answer", "no answer"):
            self._deadlines.drop((kind, call_id))

    def ended(self, call_id: CallId) -> str:
        """Where it was sent on, "" = nowhere."""
        self.answered(call_id)
        self._turned_away.discard(call_id)
        return self._sent_on.pop(call_id, "")

    def rings(self, call: Call) -> bool:
        """Whether it is to be heard."""
        return call.phase is Phase.RINGING and call.call_id not in self._turned_away

    def _uri_or_none(self, typed: str, line: str) -> str:
        try:
            return self._uri_of(typed, line) if typed else ""
        except Refusal as refusal:
            _log.warning("a call cannot be forwarded and rings: %s", refusal.detail or refusal.reason)
            return ""

    def _is_free(self) -> bool:
        """Whether there is somebody who could talk at once."""
        return self._attended() and all(call.phase is Phase.RINGING for call in self._table.calls)

    def _forward_later(self, call_id: CallId, verdict: Verdict, line: str) -> None:
        uri = self._uri_or_none(verdict.later_target, line)
        if uri:
            after_s = self._availability.no_answer_s
            self._deadlines.set(("no answer", call_id), after_s, lambda: self._redirect(call_id, uri))

    def _ringing(self, call_id: CallId) -> Call | None:
        call = self._table.get(call_id)
        return call if call is not None and call.phase is Phase.RINGING else None

    def _redirect(self, call_id: CallId, uri: str) -> None:
        if self._ringing(call_id) is not None:
            with contextlib.suppress(NotNow):  # it has just ended
                self._stack.redirect(self._table.leg(call_id), uri)
                self._sent_on[call_id] = uri.partition(":")[2].partition("@")[0] or uri

    def _answer_by_itself(self, call_id: CallId) -> None:
        """Not where something else has come between: it rings on."""
        call = self._ringing(call_id)
        if call is not None and self._is_free():
            with contextlib.suppress(NotNow):  # it has just ended
                self._answer(call)

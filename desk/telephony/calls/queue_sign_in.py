"""Whom the exchange's queue has signed in at this seat: its sign-in and sign-out codes. Phone process, main thread.

An exchange may not take a code, and one that was started anew has forgotten who was signed in. So a sign-in that is not
taken is dialled again, ever more seldom, and every sign-in is dialled anew once the line is back; but never a code that
does both by turns, whose repetition would sign the agent out. Who sat here before is signed out first, because some
codes mean the seat and not the person; a sign-out that is not taken holds nobody's sign-in up."""

from collections.abc import Callable

from desk.settings import PhoneSettings
from desk.telephony.calls.retry import Retry


class QueueSignIn:
    """`dial(code, told)`: `told(taken)` is called once it is known. `refused`: the exchange has not signed in who sits
    here."""

    def __init__(self, phone: PhoneSettings, dial: Callable[[str, Callable[[bool], None]], None]) -> None:
        self._in_code, self._out_code = phone.sign_in_code, phone.sign_out_code
        self._dial = dial
        self._wanted = ""  # work number, "" = nobody sits here
        self._there = ""  # whom the exchange may have signed in here
        self._sure = True
        self._under_way = 0
        self._retry = Retry()
        self.refused = False

    def seat(self, agent: str) -> None:
        self._wanted = agent
        self.refused = False
        self._retry.at_once()

    def line_was_away(self) -> None:
        if self._there and self._in_code != self._out_code:
            self._sure = False
            self._retry.at_once()

    def tell(self, now_s: float) -> None:
        """Asked again and again, while the line is there."""
        before, agent = self._there, self._wanted
        if self._under_way or not self._retry.due(now_s) or (self._sure and before == agent):
            return
        self._retry.tried(now_s)
        if before != agent:
            self._sign_out(before)
        if agent:
            self._there, self._sure = agent, False
            self._say(self._in_code, agent, lambda taken: self._signed_in(agent, taken))

    def leave(self) -> None:
        """Whoever sits here goes, and waits for nothing."""
        self.seat("")
        self._sign_out(self._there)

    def _sign_out(self, agent: str) -> None:
        if agent:
            self._say(self._out_code, agent, lambda taken: self._signed_out(agent, taken))

    def _say(self, code: str, agent: str, told: Callable[[bool], None]) -> None:
        if not code:
            told(True)
            return

        def dialled(taken: bool) -> None:
            self._under_way -= 1
            told(taken)

        self._under_way += 1
        self._dial(code.replace("{number}", agent), dialled)

    def _signed_in(self, agent: str, taken: bool) -> None:
        self._sure = taken
        self.refused = not taken and agent == self._wanted
        if taken:
            self._retry.at_once()

    def _signed_out(self, agent: str, taken: bool) -> None:
        if taken and self._there == agent:  # else somebody else is signed in by now
            self._there, self._sure = "", True
            self._retry.at_once()

"""Whether the exchange's queue sends calls to whoever sits here: its pause and resume codes. Phone process, main
thread.

The phone knows neither what the exchange was told before it started nor what a sign-in changed there, so it says it
anew after each, and where the line was away; but never a code that does both by turns. One that is not taken is dialled
again, ever more seldom, at once when the agent chooses anew."""

from collections.abc import Callable

from desk.settings import PhoneSettings
from desk.telephony.calls.retry import Retry


class QueuePause:
    """`dial(code, told)`: `told(taken)` is called once it is known."""

    def __init__(self, phone: PhoneSettings, dial: Callable[[str, Callable[[bool], None]], None]) -> None:
        self._codes = {True: phone.pause_code, False: phone.resume_code}
        self._dial = dial
        self._wanted: bool | None = None  # None: nobody sits here
        self._told: bool | None = None  # None: nobody knows
        self._under_way = False
        self._retry = Retry()

    @property
    def takes_calls(self) -> bool:
        """Whether somebody sits here, and is in no pause."""
        return self._wanted is False

    def seated(self, *, somebody: bool) -> None:
        """Another agent, or none: who comes begins ready."""
        self._told = None
        self.want(on=False if somebody else None)

    def forgotten(self) -> None:
        """The exchange may know nothing of it any more."""
        if self._codes[True] != self._codes[False]:
            self._told = None
            self._retry.at_once()

    def want(self, *, on: bool | None) -> None:
        self._wanted = on
        self._retry.at_once()

    def tell(self, now_s: float) -> None:
        """Asked again and again, while the line is there."""
        wanted = self._wanted
        if wanted is None or wanted == self._told or self._under_way or not self._retry.due(now_s):
            return
        if not self._codes[wanted]:
            self._told = wanted
            return
        self._under_way = True
        self._retry.tried(now_s)
        self._dial(self._codes[wanted], lambda taken: self._dialled(taken, wanted))

    def _dialled(self, taken: bool, paused: bool) -> None:
        self._under_way = False
        self._told = paused if taken else None
        if taken:
            self.want(on=self._wanted)

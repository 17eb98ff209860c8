"""What the exchange forwards by itself, told by its feature codes. Phone process, main thread.

The exchange remembers longer than the seat runs: what was dialled at night stands in the morning until it is taken
back. So what it may hold is kept in a file, before the first code of a change is dialled, and the seat is sure of it
only when every code was taken. Where it is not, it takes back and dials again, ever more seldom, at once when the agent
sets it anew; meanwhile the calls that come all the same are forwarded by the seat."""

from collections.abc import Callable, Mapping, Sequence

from desk.domain.availability import Forward
from desk.settings import PhoneSettings
from desk.telephony.calls.call_memory import CallMemory, Told
from desk.telephony.calls.retry import Retry

# dials these, one after the other, and tells of each whether it was taken
DialCodes = Callable[[Sequence[str], Callable[[bool], None]], None]


class ForwardCodes:
    """`refused`: the exchange has not taken what it was told last."""

    def __init__(self, phone: PhoneSettings, memory: CallMemory, dial: DialCodes) -> None:
        self._off, self._memory, self._dial = phone.forward_off_code, memory, dial
        by_code = phone.forward_by == "code"
        self.codes = {mode: code for mode, code in _codes(phone).items() if code and by_code}
        self._told = memory.told() or Told(sure=not by_code)
        self._under_way = 0
        self._all_taken = True
        self._retry = Retry()
        self.refused = False

    @property
    def taken(self) -> frozenset[Forward]:
        """The modes that the exchange sees to."""
        return frozenset(self._told.forwards) if self._told.sure else frozenset()

    def retry(self) -> None:
        """At once, when `tell` is asked again."""
        self._retry.at_once()

    def tell(self, wanted: Mapping[Forward, str], now_s: float) -> None:
        """Dial what has changed. `wanted`: what is to be forwarded at this moment, numbers as the plan sends them; only
        of modes that have a code. Asked again and again, because night begins by itself, while the line is there."""
        if self._under_way or not self._retry.due(now_s) or self._told == Told(wanted):
            return
        codes = self._changes(wanted)
        if not codes:
            self._is(Told(wanted))
            return
        self._is(Told({**self._told.forwards, **wanted}, sure=False))
        self._under_way, self._all_taken = len(codes), True
        self._retry.tried(now_s)
        self._dial(codes, lambda taken: self._dialled(taken, wanted))

    def _changes(self, wanted: Mapping[Forward, str]) -> list[str]:
        told = self._told
        anew = not told.sure or bool(told.forwards.keys() - wanted.keys())
        new = wanted.items() - (set() if anew else told.forwards.items())
        # the exchange knows one number for all calls: the night's, when both are on, is the one that is not needed
        ordered = sorted(new, key=lambda one: one[0] is not Forward.NIGHT)
        codes = [self.codes[mode].replace("{number}", number) for mode, number in ordered]
        return [self._off, *codes] if anew and self._off else codes

    def _dialled(self, taken: bool, wanted: Mapping[Forward, str]) -> None:
        self._all_taken = self._all_taken and taken
        self._under_way -= 1
        if self._under_way:
            return
        self.refused = not self._all_taken
        if self._all_taken:
            self._is(Told(wanted))
            self.retry()

    def _is(self, told: Told) -> None:
        if told != self._told:
            self._told = told
            self._memory.keep_told(told)


def _codes(phone: PhoneSettings) -> dict[Forward, str]:
    return {
        Forward.ALWAYS: phone.forward_always_code,
        Forward.NIGHT: phone.forward_always_code,
        Forward.BUSY: phone.forward_busy_code,
        Forward.NO_ANSWER: phone.forward_no_answer_code,
    }

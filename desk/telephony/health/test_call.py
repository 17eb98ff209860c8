"""A test call: the seat calls a number that answers by itself, or its own, and takes what comes back itself; some
seconds of audio run both ways through the exchange, and are judged by the E-model. A call of nobody's: it is not
recorded, does not ring and is in no log.

`TestCall` is fed with the stack's signals and given time by whoever owns the stack, on that thread."""

from dataclasses import dataclass

from desk.domain.quality import Quality
from desk.telephony.stack import Confirmed, Ended, Leg, LegStatistics, NotNow, Offered, Signal, SipStack
from desk.telephony.whole_call import quality_of
from desk.usecases.ports import Clock

RING_S = 10.0  # until it has been answered
TALK_S = 6.0  # of audio: a report of the far side (RTCP, every five seconds) is in it
BUSY_HERE = 486


@dataclass(frozen=True, slots=True)
class CallTested:
    """`code`: 200 where it was talked, else the SIP code of the refusal, 408 where nobody answered, 0 where a real call
    came in between. `own`: the seat called itself. `quality`: None where no audio came."""

    code: int
    reason: str = ""
    own: bool = False
    quality: Quality | None = None


class TestCall:
    """Dials at construction. What comes back here is known by `mark`, a word that goes along, or else by `own_number`,
    the user of the line that calls. Raises `NotNow` where it cannot be dialled. `tick` gives the result when it is
    over, both legs gone."""

    __test__ = False  # not one of pytest's

    def __init__(
        self, stack: SipStack, uri: str, line: str, own_number: str, mark: str, clock: Clock, now_s: float
    ) -> None:
        self._stack, self._own_number, self._mark, self._clock = stack, own_number, mark, clock
        self._answering: Leg | None = None
        self._statistics: LegStatistics | None = None
        self._talks_at_s: float | None = None
        self._ended: Ended | None = None
        self._begun_s = now_s
        self._own = False
        self._leg: Leg | None = stack.dial(uri, line, mark)

    def on_signal(self, signal: Signal) -> bool:
        """Whether it concerned the test call."""
        match signal:
            case Offered() if self._leg is not None and self._answering is None and self._is_ours(signal):
                self._answer(signal.leg)
                return True
            case Confirmed() if signal.leg == self._leg:
                self._talks_at_s = -1.0  # from the next tick on
                self._connect()
                return True
            case Ended() if signal.leg in (self._leg, self._answering):
                self._over(signal)
                return True
        leg = getattr(signal, "leg", None)
        return leg is not None and leg in (self._leg, self._answering)

    def tick(self, now_s: float) -> CallTested | None:
        """The result once, when both legs are gone."""
        if self._leg is None and self._answering is None:
            return self._result()
        if self._talks_at_s == -1.0:
            self._talks_at_s = now_s
        if self._leg is not None and self._talks_at_s is not None:
            self._statistics = self._stack.statistics(self._leg) or self._statistics
        talked = self._talks_at_s is not None and now_s - self._talks_at_s >= TALK_S
        if talked or (self._talks_at_s is None and now_s - self._begun_s >= RING_S):
            self.give_up()
        return None

    def give_up(self) -> None:
        """A real call wants the line, or it has lasted long enough: hung up at once."""
        for leg in (self._leg, self._answering):
            if leg is not None:
                self._stack.hang_up(leg)

    def _is_ours(self, offered: Offered) -> bool:
        return self._mark in offered.marks or offered.party.number == self._own_number

    def _answer(self, leg: Leg) -> None:
        try:
            self._stack.answer(leg)
        except NotNow:
            self._stack.hang_up(leg, BUSY_HERE)
        self._answering, self._own = leg, True

    def _connect(self) -> None:
        self._stack.connect(*[leg for leg in (self._leg, self._answering) if leg is not None])

    def _over(self, signal: Ended) -> None:
        if signal.leg == self._leg:
            self._leg, self._ended = None, signal
        else:
            self._answering = None
        self.give_up()

    def _result(self) -> CallTested:
        ended, told = self._ended, self._statistics
        if self._talks_at_s is None:
            given_up = ended is not None and ended.by_us
            code = 408 if ended is None or given_up else ended.code
            return CallTested(code, "" if ended is None else ended.reason, self._own)
        return CallTested(200, own=self._own, quality=quality_of(told, self._clock(), TALK_S))

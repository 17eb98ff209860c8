"""A test call: the seat calls a number that answers by itself, or its own, and takes what comes back itself; some
seconds of audio run both ways through the exchange, and are judged by the E-model. A call of nobody's: it is not
recorded, does not ring and is in no log.

`TestCall` is fed with the stack's signals and given time by whoever owns the stack, on that thread."""

from dataclasses import dataclass

from desk.domain import e_model
from desk.telephony.stack import Confirmed, Ended, Leg, LegStatistics, NotNow, Offered, Signal, SipStack

RING_S = 10.0  # until it has been answered
TALK_S = 6.0  # of audio: a report of the far side (RTCP, every five seconds) is in it
BUSY_HERE = 486


@dataclass(frozen=True, slots=True)
class CallTested:
    """`code`: 200 where it was talked, else the SIP code of the refusal, 408 where nobody answered, 0 where a real call
    came in between. `own`: the seat called itself. `mos` 1.0 to 4.5, None where no audio came; what it was made of
    stands with it where the call was made here: `loss` in per cent of both ways, the worse."""

    code: int
    reason: str = ""
    own: bool = False
    loss: float | None = None
    jitter_ms: float | None = None
    round_trip_ms: float | None = None
    codec: str = ""
    mos: float | None = None


class TestCall:
    """Dials at construction. `own_number`: the user of the line that calls, for whom it answers. Raises `NotNow` where
    it cannot be dialled. `result` is there when it is over, both legs gone."""

    __test__ = False  # not one of pytest's

    def __init__(self, stack: SipStack, uri: str, line: str, own_number: str, now_s: float) -> None:
        self._stack, self._own_number = stack, own_number
        self._answering: Leg | None = None
        self._statistics: LegStatistics | None = None
        self._talks_at_s: float | None = None
        self._ended: Ended | None = None
        self._begun_s = now_s
        self._own = False
        self._leg: Leg | None = stack.dial(uri, line)

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
        return offered.party.number == self._own_number

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
        if told is None or not told.received:
            return CallTested(200, own=self._own)
        return _judged(told, own=self._own)


def _judged(told: LegStatistics, *, own: bool) -> CallTested:
    whole = told.received + told.lost
    here = 100.0 * (told.lost + told.discarded) / whole if whole else 100.0
    there = 100.0 * told.sent_lost / told.sent if told.sent_lost is not None and told.sent else 0.0
    loss = min(max(here, there), 100.0)
    delay_ms = e_model.one_way_ms(told.round_trip_ms, told.buffer_ms)
    mos = e_model.mos(e_model.rating(e_model.codec_of(told.codec), loss, delay_ms))
    return CallTested(
        200,
        own=own,
        loss=round(loss, 2),
        jitter_ms=round(told.jitter_ms, 1),
        round_trip_ms=None if told.round_trip_ms is None else round(told.round_trip_ms, 1),
        codec=told.codec,
        mos=round(mos, 2),
    )

"""A SIP stack without a network: the far side is whoever calls the `far_...` methods. It behaves as PJSIP does where
the phone can tell (one contract suite holds it to that), and lets the program and its tests run without a port."""

import time
from collections import deque
from dataclasses import dataclass

from desk.domain.calls import TurnedAway
from desk.domain.party import Party
from desk.settings import LineSettings
from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_BYTES, FRAME_MS
from desk.telephony.stack import (
    MOST_LEGS,
    Confirmed,
    Digit,
    Ended,
    FarHold,
    Leg,
    LegStatistics,
    LineReport,
    MediaFlows,
    NotNow,
    Offered,
    OnSignal,
    Progressed,
    Signal,
    TransferTold,
)


@dataclass
class _FakeLeg:
    incoming: bool
    up: bool = False
    mark: str = ""
    held: bool = False
    digits: str = ""
    uri: str = ""
    sent_on: str = ""  # where the far side was told to call, or was redirected to
    to: Leg | None = None  # whose far side it was told to call instead of us


class FakeStack:
    """`sends`: what the far sides say, one frame a tick while there is some; `sent`: what they heard."""

    def __init__(self, clock: FrameClock, report: LineReport | None = None) -> None:
        self._clock = clock
        self._report = report or LineReport(ready=True, line=LineSettings.label)
        self._signals: deque[Signal] = deque()
        self._active: tuple[Leg, ...] = ()
        self._next_leg = 1
        self._next_tick_s = 0.0
        self.legs: dict[Leg, _FakeLeg] = {}
        self.sends: deque[bytes] = deque()
        self.sent: list[bytes] = []
        self.says: dict[Leg, deque[bytes]] = {}  # in a conference: what each far side says
        self.redirected: list[str] = []
        self.echoed: list[Leg] = []
        self.measured: dict[Leg, LegStatistics] = {}  # what `statistics` tells

    # ---- the far side

    def far_calls(
        self,
        party: Party,
        line: str = LineSettings.label,
        answer_after_s: float | None = None,
        diversions: tuple[str, ...] = (),
        marks: tuple[str, ...] = (),
    ) -> Leg | None:
        """An INVITE arrives; None where it is answered 486 because there are too many."""
        if len(self.legs) >= MOST_LEGS:
            self._turn_away(party, line)
            return None
        leg = self._new(_FakeLeg(incoming=True))
        self._signals.append(Offered(leg, party, line, answer_after_s, diversions, marks=marks))
        return leg

    def _turn_away(self, party: Party, line: str) -> None:
        leg = Leg(self._next_leg)
        self._next_leg += 1
        reason = TurnedAway.ALL_LINES.value
        self._signals += [Offered(leg, party, line, turned_away=True), Ended(leg, 486, reason, by_us=True)]

    def far_rings(self, leg: Leg) -> None:
        self._signals.append(Progressed(leg, 180, early_media=False))

    def far_answers(self, leg: Leg) -> None:
        self.legs[leg].up = True
        self._signals += [MediaFlows(leg), Confirmed(leg)]

    def far_presses(self, leg: Leg, digit: str) -> None:
        self._signals.append(Digit(leg, digit))

    def far_ends(self, leg: Leg, code: int = 0, reason: str = "") -> None:
        """BYE, CANCEL (487) or a refusal."""
        normal = 200 if self.legs[leg].up else 487
        self._end(leg, code or normal, reason, by_us=False)

    def far_holds(self, leg: Leg, on: bool) -> None:
        self._signals.append(FarHold(leg, on))

    def far_says_of_transfer(self, leg: Leg, code: int, reason: str = "", final: bool = False) -> None:
        """Its NOTIFY, or (final, 300 or more) its refusal of the REFER. Where it has come to an attended one, the other
        far side says goodbye as well, being spoken to already."""
        other = self.legs[leg].to
        if other is not None and final and code < 300 and other in self.legs:
            self._end(other, 200, "", by_us=False)
        self._signals.append(TransferTold(leg, code, reason, final))

    def far_replaces(self, leg: Leg, party: Party, line: str = LineSettings.label) -> Leg:
        """The far side of this leg hands us on to somebody else, who calls with Replaces."""
        following = self._new(_FakeLeg(incoming=True, up=True))
        self._signals += [Offered(following, party, line, replaces=leg), MediaFlows(following), Confirmed(following)]
        self._end(leg, 200, "", by_us=True)
        return following

    def far_line(self, report: LineReport) -> None:
        self._signals.append(report)

    # ---- SipStack

    def open(self, on_signal: OnSignal) -> None:
        self._on_signal = on_signal
        self._signals.append(self._report)

    def pump(self, timeout_s: float) -> None:
        if not self._signals:
            time.sleep(min(timeout_s, FRAME_MS / 1000))
        self._tick()
        while self._signals:
            self._on_signal(self._signals.popleft())

    def answer(self, leg: Leg) -> None:
        fake = self._leg(leg)
        if not fake.incoming or fake.up:
            raise NotNow("it is not ringing")
        fake.up = True
        self._signals += [MediaFlows(leg), Confirmed(leg)]

    def hang_up(self, leg: Leg, code: int = 0) -> None:
        fake = self.legs.get(leg)
        if fake is not None:
            self._end(leg, 200 if fake.up else (code or 603) if fake.incoming else 487, "", by_us=True)

    def dial(self, uri: str, line: str = "", mark: str = "") -> Leg:  # noqa: ARG002 - it has all lines
        if len(self.legs) >= MOST_LEGS:
            raise NotNow("too many calls")
        return self._new(_FakeLeg(incoming=False, mark=mark, uri=uri))

    def hold(self, leg: Leg, on: bool) -> None:
        fake = self._leg(leg)
        fake.held = on
        if not on:
            self._signals.append(MediaFlows(leg))

    def send_digits(self, leg: Leg, digits: str) -> None:
        fake = self._leg(leg)
        if not fake.up:
            raise NotNow("no media")
        fake.digits += digits

    def connect(self, *legs: Leg) -> None:
        self._active = legs

    def echo(self, leg: Leg) -> None:
        self.echoed.append(leg)

    def redirect(self, leg: Leg, uri: str) -> None:
        fake = self._leg(leg)
        if not fake.incoming or fake.up:
            raise NotNow("it is not ringing")
        self.redirected.append(uri)
        self._end(leg, 302, "Moved Temporarily", by_us=True)

    def transfer(self, leg: Leg, uri: str) -> None:
        fake = self._leg(leg)
        if not fake.up:
            raise NotNow("it is not up")
        fake.sent_on = uri

    def transfer_to(self, leg: Leg, other: Leg) -> None:
        if not self._leg(leg).up or not self._leg(other).up:
            raise NotNow("it is not up")
        self.legs[leg].to = other

    def statistics(self, leg: Leg) -> LegStatistics | None:
        return self.measured.get(leg) if leg in self.legs else None

    def close(self) -> None:
        for leg in tuple(self.legs):
            self.hang_up(leg)
        while self._signals:
            self._on_signal(self._signals.popleft())

    def _new(self, fake: _FakeLeg) -> Leg:
        leg = Leg(self._next_leg)
        self._next_leg += 1
        self.legs[leg] = fake
        return leg

    def _leg(self, leg: Leg) -> _FakeLeg:
        if leg not in self.legs:
            raise NotNow("the call has ended")
        return self.legs[leg]

    def _end(self, leg: Leg, code: int, reason: str, by_us: bool) -> None:
        if self.legs.pop(leg, None) is not None:
            self._active = tuple(one for one in self._active if one != leg)
            self._signals.append(Ended(leg, code, reason, by_us))

    def _tick(self) -> None:
        now_s = time.monotonic()
        if now_s < self._next_tick_s:
            return
        self._next_tick_s = now_s + FRAME_MS / 1000
        if self._active:
            self.sent.append(self._clock.mouth())
            self._clock.ear(self.sends.popleft().ljust(FRAME_BYTES, b"\0") if self.sends else b"")
            for leg in self._active if len(self._active) > 1 else ():
                says = self.says.get(leg)
                self._clock.far(leg, says.popleft() if says else b"")
        else:
            self._clock.ear(b"")
